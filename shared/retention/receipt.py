"""The receipt of an erasure, as PDF: what went, what stays, why and until when."""

from datetime import date

from shared.people.receipts import sender
from shared.people.rights_models import Erasure
from shared.sheets.amounts import long_date
from shared.sheets.attesting import Attestation, Table, make_attestation

NOUNS = {
    "documents": "documents sans obligation de conservation",
    "interlocuteurs": "personnes et leurs coordonnées",
    "comptes": "comptes d’accès au portail, avec leurs identifiants et leurs appareils",
    "adresses": "adresses électroniques de la fiche",
    "notes": "notes du cahier de liaison",
    "messages": "messages, dont l’adresse et le texte sont effacés",
}
OPEN_ENDED = "tant que la relation dure, puis le temps indiqué"


def until_words(until: str) -> str:
    """« 31 décembre 2036 » for an ISO day; the open end in words."""
    return long_date(date.fromisoformat(until)) if until else OPEN_ENDED


def erasure_receipt(erasure: Erasure) -> bytes:
    """The PDF; the same row, the same bytes."""
    party = erasure.party
    erased = [f"– {count} {NOUNS.get(what, what)}" for what, count in erasure.erased.items() if count]
    rows = [[kept["folder"], str(kept["count"]), kept["law"], until_words(kept["until"])] for kept in erasure.kept]
    paragraphs = ["Ont été effacés :", *(erased or ["– rien : il ne restait que ce que la loi fait garder."])]
    if rows:
        paragraphs.append(
            "Sont gardés, parce qu’une obligation l’impose (règlement (UE) 2016/679, article 17, paragraphe 3), et"
            " jusqu’à la date indiquée. Ils seront supprimés ensuite, avec un certificat :"
        )
    table = Table(("Répertoire", "Nombre", "Obligation", "Jusqu’au"), (3, 1, 5, 3), rows) if rows else None
    facts = [("Dossier", f"{party.name} ({party.code})"), ("Demande", erasure.reason)]
    return make_attestation(sender(), Attestation("Reçu d’effacement", erasure.at, facts, paragraphs, table))
