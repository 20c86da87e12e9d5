"""The papers that an employee may ask for: the notice of the electronic payslip, the receipt of an objection."""

from shared.clock import day_of
from shared.people.models import Consent, Party
from shared.people.objecting import effective_on
from shared.people.rights_models import PayslipNotice
from shared.settings.reading import company
from shared.sheets.amounts import long_date
from shared.sheets.attesting import Attestation, make_attestation
from shared.sheets.writing import Sender

DISPOSAL = (
    "Vous pouvez vous opposer à tout moment, avant ou après la première émission, à la remise du bulletin en version"
    " électronique : en un clic dans votre espace documents, à la rubrique « Mes données », ou auprès du service du"
    " personnel. Vos bulletins vous sont alors remis sur papier, au plus tard trois mois après votre demande."
    " Vous pouvez revenir sur ce choix quand vous le voulez.",
    "Vos bulletins électroniques restent disponibles cinquante ans ou jusqu’à vos 75 ans. Vous pouvez tous les"
    " télécharger à tout moment, en une fois, même après votre départ.",
    "Code du travail, articles L3243-2, D3243-7 et D3243-8.",
)


def sender() -> Sender:
    """The company, as the head and foot of its papers say it."""
    ours = company()
    return Sender(ours.name, ours.legal, ours.domain, ours.colour)


def objection_receipt(party: Party, objection: Consent) -> bytes:
    """The dated receipt of an objection, as PDF."""
    day = effective_on(objection)
    stopped = f"À partir du {long_date(day)}, vos nouveaux bulletins de paie vous sont remis sur papier."
    paragraphs = [
        f"{company().name} a enregistré votre opposition à la remise du bulletin de paie en version électronique.",
        f"{stopped} Ceux qui sont déjà dans votre espace documents y restent.",
        "Vous pouvez revenir sur ce choix à tout moment, dans « Mes données » ou auprès du service du personnel.",
        "Code du travail, articles L3243-2 et D3243-7.",
    ]
    facts = [("Salarié", party.name), ("Matricule", party.code), ("Prise d’effet", long_date(day))]
    if objection.superseded_at is not None:
        withdrawn = day_of(objection.superseded_at)
        facts.append(("Retirée le", long_date(withdrawn)))
    title = "Reçu d’opposition au bulletin électronique"
    return make_attestation(sender(), Attestation(title, objection.at, facts, paragraphs))


def notice_letter(party: Party, notice: PayslipNotice) -> bytes:
    """The notice of the right to object, as PDF: the letter of whoever has no e-mail."""
    first = (
        f"À partir du {long_date(notice.first_issue_on)}, {company().name} vous remettra votre bulletin de paie"
        " en version électronique, dans votre espace documents sur son portail."
    )
    facts = [("Salarié", party.name), ("Matricule", party.code), ("Informé le", long_date(notice.given_on))]
    title = "Votre bulletin de paie en version électronique"
    return make_attestation(sender(), Attestation(title, notice.at, facts, [first, *DISPOSAL]))
