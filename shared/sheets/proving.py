"""The proof file of a signature request, for people: what `signatures.evidence` says, in French, with it attached."""

from datetime import datetime
from typing import Any

from shared.sheets.making import Attachment, make_sheet
from shared.signatures.chaining import FILE_NAME

LEVELS = {"simple": "signature électronique simple", "reinforced": "signature électronique renforcée par un code"}
STATES = {
    "completed": "Signé par tous",
    "refused": "Refusé",
    "cancelled": "Annulé par la société",
    "expired": "Échu sans signature",
    "open": "En cours de signature",
    "preparing": "En préparation",
    "failed": "En attente de préparation",
}
SIGNER_STATES = {
    "waiting": "pas encore sollicité",
    "asked": "sollicité, n’a pas signé",
    "accepted": "a signé, scellement en cours",
    "sealed": "a signé",
    "refused": "a refusé",
    "delegated": "a délégué",
}
MODES = {"drawn": "tracé à la main", "typed": "nom saisi", "image": "image importée"}
HOW = {
    "account": "Connexion à son compte du portail, par mot de passe personnel",
    "in_person": "En personne, devant un gestionnaire de la société",
    "staff": "Connexion au back-office, par mot de passe personnel et second facteur",
}
ONE_FACTOR = "Connexion au back-office, par mot de passe personnel seul"
STEPS = {
    "created": "Signature demandée",
    "prepared": "Document préparé et certifié par la société",
    "asked": "Signataire sollicité",
    "reminded": "Signataire relancé",
    "opened": "Document ouvert",
    "read": "Dernière page affichée",
    "question_asked": "Question posée",
    "question_answered": "Réponse donnée",
    "code_sent": "Code de confirmation envoyé",
    "code_used": "Code de confirmation tapé",
    "accepted": "Texte accepté, signature donnée",
    "sealed": "Signature scellée dans le fichier",
    "completed": "Toutes les signatures sont scellées",
    "not_moved": "Document signé laissé dans son répertoire",
    "refused": "Signature refusée",
    "refusal_undone": "Refus annulé",
    "delegated": "Signature déléguée",
    "delegation_undone": "Délégation annulée",
    "cancelled": "Demande annulée",
    "expired": "Échéance passée",
    "failed": "Incident technique",
    "retaken": "Reprise après un incident",
    "withdrawn": "Rétractation du consommateur",
}


def make_proof(proof: dict[str, Any], text: bytes, verification_url: str) -> bytes:
    """The PDF/A-3 of that proof, `text` (its JSON) attached as `preuve.json`."""
    company, document, request = proof["company"], proof["document"], proof["request"]
    names = {signer["id"]: signer["name"] for signer in proof["signers"]}
    data = {
        "company": {
            "name": company["name"],
            "colour": company["colour"],
            "lines": [],
            "legal": [line for line in (company["legal"], company["domain"]) if line],
        },
        "title": "Dossier de preuve",
        "subject": " ".join(filter(None, (document["title"], document["number"]))),
        "summary": _pairs(
            ("État", STATES[request["state"]]),
            ("Niveau", LEVELS[request["level"]]),
            ("Tiers", f"{document['party']['name']} ({document['party']['code']})"),
            ("Demandé", _by(request["asked_at"], request["asked_by"])),
            ("Terminé", _both(request["ended_at"])),
            ("Motif", request["ended_because"]),
            ("Référence", request["id"]),
        ),
        "files": [
            [label, str(version["number"]), f"{version['pages'] or ''}", version["sha256"]]
            for label, version in (
                ("Document déposé", document["source"]),
                ("Document présenté", document["prepared"]),
                ("Document final", document["final"]),
            )
            if version
        ],
        "signers": [_signer(signer, names) for signer in proof["signers"]],
        "steps": [_step(step, names, proof["actors"]) for step in proof["steps"]],
        "verification": verification_url,
        "kept_until": _day(proof["retention"]["until"]),
    }
    made_at = datetime.fromisoformat(proof["made_at"]["utc"])
    carried = Attachment(FILE_NAME, text.decode(), "application/json", "Les données de cette preuve", "data")
    return make_sheet("proof", data, attachments=[carried], made_at=made_at)


def _signer(signer: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    made = signer["signature"]
    told = [
        ("Adresse", signer["email"]),
        ("Rang", str(signer["rank"])),
        ("Sollicité", _both(signer["asked_at"])),
        ("A ouvert", _both(signer["opened_at"])),
        ("A tout lu", _both(signer["read_at"])),
        ("Motif", signer["reason"]),
        ("Signe à sa place", names.get(signer["delegated_to"] or "", "")),
    ]
    if made:
        told += _made(made)
    told += [("Code de confirmation", _code(code)) for code in signer["codes"]]
    return {
        "name": signer["name"],
        "state": _state(signer),
        "pairs": _pairs(*told),
        "consent": made["consent_text"] if made else "",
        "consent_hash": made["consent_sha256"] if made else "",
    }


def _state(signer: dict[str, Any]) -> str:
    taken_back = signer["state"] == "delegated" and not signer["delegated_to"]
    words = "ne signe plus : délégation annulée" if taken_back else SIGNER_STATES[signer["state"]]
    return words + (", pour la société" if signer["role"] == "company" else "")


def _made(made: dict[str, Any]) -> list[tuple[str, str]]:
    identity = made["identity"]
    return [
        ("A signé", _both(made["accepted_at"])),
        ("Identité établie par", _how(identity)),
        ("Témoin", " : ".join(filter(None, (identity.get("witness"), identity.get("established_by"))))),
        ("Compte ouvert", _utc(identity.get("account_created_at"))),
        ("Compte activé", _utc(identity.get("account_activated_at"))),
        ("Adresse vérifiée", _utc(identity.get("email_verified_at"))),
        ("Forme", MODES[made["mode"]]),
        ("Adresse IP", made["ip"]),
        ("Appareil", made["device"]),
        ("Fuseau horaire", made["time_zone"]),
        ("Empreinte présentée", made["shown_sha256"]),
        ("Empreinte avant", made["before_sha256"] or ""),
        ("Empreinte après", made["after_sha256"] or ""),
        ("Certificat n°", made["certificate_serial"] or ""),
        ("Scellé", _both(made["sealed_at"])),
    ]


def _how(identity: dict[str, Any]) -> str:
    if identity.get("how") == "staff" and not identity.get("second_factor_at"):
        return ONE_FACTOR
    return HOW.get(identity.get("how", ""), "")


def _code(code: dict[str, Any]) -> str:
    by = {"email": "par e-mail", "sms": "par SMS"}.get(code["channel"], code["channel"])
    confirmed = "confirmée par son titulaire" if code["verified"] else "jamais confirmée par son titulaire"
    used = f"utilisé le {_utc(code['used_at'])}" if code["used_at"] else "non utilisé"
    return (
        f"{by} à {code['target']} ({confirmed}), envoyé le {_utc(code['issued_at'])}, {used}, essais : {code['tries']}"
    )


def _step(step: dict[str, Any], names: dict[str, str], actors: dict[str, str]) -> list[str]:
    who = names.get(step["signer"] or "") or actors.get(step["by"], step["by"])
    return [str(step["number"]), _utc(step["at"]), STEPS[step["kind"]], who, step["hash"][:16]]


def _pairs(*pairs: tuple[str, str]) -> list[list[str]]:
    return [[label, value] for label, value in pairs if value]


def _by(at: dict[str, str] | None, who: str) -> str:
    return f"{_both(at)}, par {who}" if who else _both(at)


def _both(at: dict[str, str] | None) -> str:
    """« 22/11/2026 à 10:15:02 UTC (11:15:02 heure de Paris) »."""
    if not at:
        return ""
    return f"{_utc(at['utc'])} ({datetime.fromisoformat(at['paris']):%d/%m/%Y à %H:%M:%S} heure de Paris)"


def _utc(written: str | None) -> str:
    return f"{datetime.fromisoformat(written):%d/%m/%Y à %H:%M:%S} UTC" if written else ""


def _day(written: str) -> str:
    return f"{datetime.fromisoformat(written):%d/%m/%Y}"
