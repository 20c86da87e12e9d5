"""The receipt of an erasure, as PDF: what went, what stays, why and until when."""

from datetime import date

from flask_babel import force_locale, ngettext

from shared.people.receipts import sender
from shared.people.rights_models import Erasure
from shared.sheets.amounts import long_date
from shared.sheets.attesting import Attestation, Table, make_attestation

ERASED = ("documents", "interlocuteurs", "comptes", "adresses", "notes", "pieces", "remarques", "messages")
ACCOUNTS = (
    "Des pièces restent le numéro, les dates et les montants : la comptabilité repose sur eux"
    " (Code de commerce, article L123-22)."
)
OPEN_ENDED = "tant que la relation dure, puis le temps indiqué"


def erased_words(erased: dict[str, int]) -> list[str]:
    """« 3 documents sans obligation de conservation », for each thing of which there was one."""
    documents, people, accounts, addresses, notes, records, remarks, messages = (erased.get(what, 0) for what in ERASED)
    told = [
        ngettext(
            "%(num)s document sans obligation de conservation",
            "%(num)s documents sans obligation de conservation",
            documents,
        ),
        ngettext("%(num)s personne et ses coordonnées", "%(num)s personnes et leurs coordonnées", people),
        ngettext(
            "%(num)s compte d’accès au portail, avec ses identifiants et ses appareils",
            "%(num)s comptes d’accès au portail, avec leurs identifiants et leurs appareils",
            accounts,
        ),
        ngettext("%(num)s adresse électronique de la fiche", "%(num)s adresses électroniques de la fiche", addresses),
        ngettext("%(num)s note du cahier de liaison", "%(num)s notes du cahier de liaison", notes),
        ngettext(
            "%(num)s pièce, dont les textes libres sont effacés",
            "%(num)s pièces, dont les textes libres sont effacés",
            records,
        ),
        ngettext(
            "%(num)s remarque ou message échangé à propos d’un document ou d’une pièce",
            "%(num)s remarques et messages échangés à propos de documents ou de pièces",
            remarks,
        ),
        ngettext(
            "%(num)s message, dont l’adresse et le texte sont effacés",
            "%(num)s messages, dont l’adresse et le texte sont effacés",
            messages,
        ),
    ]
    return [sentence for what, sentence in zip(ERASED, told, strict=True) if erased.get(what)]


def until_words(until: str) -> str:
    """« 31 décembre 2036 » for an ISO day; the open end in words."""
    return long_date(date.fromisoformat(until)) if until else OPEN_ENDED


def erasure_receipt(erasure: Erasure) -> bytes:
    """The PDF; the same row, the same bytes."""
    party = erasure.party
    with force_locale("fr"):
        erased = [f"– {words}" for words in erased_words(erasure.erased)]
    rows = [[kept["folder"], str(kept["count"]), kept["law"], until_words(kept["until"])] for kept in erasure.kept]
    paragraphs = ["Ont été effacés :", *(erased or ["– rien : il ne restait que ce que la loi fait garder."])]
    if rows:
        paragraphs.append(
            "Sont gardés, parce qu’une obligation l’impose (règlement (UE) 2016/679, article 17, paragraphe 3),"
            " jusqu’à la date indiquée, avec le nom de qui les a signés. Ils seront supprimés ensuite, avec un"
            " certificat :"
        )
    if erasure.erased.get("pieces"):
        paragraphs.append(ACCOUNTS)
    table = Table(("Répertoire", "Nombre", "Obligation", "Jusqu’au"), (3, 1, 5, 3), rows) if rows else None
    facts = [("Dossier", f"{party.name} ({party.code})"), ("Demande", erasure.reason)]
    return make_attestation(sender(), Attestation("Reçu d’effacement", erasure.at, facts, paragraphs, table))
