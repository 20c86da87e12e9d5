"""The table of merge fields; `fields` reads it. A new field is one more line here."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from shared.folding import fold
from shared.notifications.values import Item, Link, Value
from shared.words import N_

DOCUMENT, ACCESS, SECURITY, RECORD = "document", "access", "security", "record"
REQUEST, MANUAL = "request", "manual"
CODE = "code"  # a one-time code, and what it is for
BUSINESS = "business"  # a record: quote, invoice, order, appointment…
ALL = frozenset({DOCUMENT, ACCESS, SECURITY, RECORD, REQUEST, MANUAL, CODE, BUSINESS})
ABOUT_PAPERS = frozenset({DOCUMENT, RECORD, REQUEST, MANUAL})
ABOUT_AMOUNTS = ABOUT_PAPERS | {BUSINESS}
ABOUT_RECORDS = frozenset({BUSINESS})
ABOUT_LOGIN = frozenset({ACCESS, SECURITY})
EMPLOYEES = frozenset({"employees"})


@dataclass(frozen=True, slots=True)
class Field:
    """One `#champ#`.

    `kinds`: the messages that offer it. `not_for`, `only_for`: family keys. `secret`: never by
    e-mail unless a setting says so, and hidden in the history. `hidden`: hidden in the history only.
    `many`: a list. `optional`: may be empty without leaving a hole that matters.
    """

    name: str
    meaning: str
    sample: Value
    kinds: frozenset[str] = ALL
    not_for: frozenset[str] = frozenset()
    only_for: frozenset[str] = frozenset()  # family keys that have it to themselves; empty: all
    secret: bool = False
    hidden: bool = False
    many: bool = False
    optional: bool = False
    key: str = field(init=False)  # the folded name, by which it is looked up: `societe` for « société »

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", key_of(self.name))


def key_of(name: str) -> str:
    """« Société » and « societe » are one field; so are « mot de passe » and « mot_de_passe »."""
    return fold(name).replace(" ", "_").replace("-", "_").replace("'", "_")


FIELDS = (
    Field(
        "document",
        N_("les documents : leur nom et leur référence ; en liste quand le champ est seul sur sa ligne"),
        (
            Item("Facture de juin", "FA-2026-0612", "https://portail.exemple.fr/documents/1"),
            Item("Devis", "DE-2026-0077"),
        ),
        ABOUT_PAPERS | {CODE},
        many=True,
    ),
    Field(
        "lien",
        N_("l’adresse à ouvrir ; seul sur sa ligne, ou après « Ouvrir mes devis : », il devient un bouton"),
        Link("https://portail.exemple.fr/documents"),
        hidden=True,
    ),
    Field("société", N_("le nom de votre société"), "Lumière & Fils SAS"),
    Field("domaine", N_("le domaine internet de votre société"), "exemple.fr"),
    Field("portail", N_("l’adresse du portail"), "https://portail.exemple.fr"),
    Field("nom", N_("le nom du tiers"), "Ateliers Dubois SARL"),
    Field("code", N_("le code du tiers"), "C00412"),
    Field("matricule", N_("le matricule du salarié"), "E0412", only_for=EMPLOYEES),
    Field("identifiant", N_("l’identifiant de connexion"), "C00412", ABOUT_LOGIN | {MANUAL}),
    Field("civilité", N_("la civilité de la personne"), "Madame", optional=True),
    Field("prénom", N_("le prénom de la personne"), "Camille", optional=True),
    Field("nom_personne", N_("le nom de famille de la personne"), "Martin", optional=True),
    Field("montant", N_("le montant TTC du document"), Decimal("671.15"), ABOUT_AMOUNTS, EMPLOYEES),
    Field("échéance", N_("la date d’échéance du document"), date(2026, 7, 12), ABOUT_AMOUNTS, EMPLOYEES),
    Field("numéro", N_("le numéro du document ou de la pièce"), "FA-2026-0612", ABOUT_AMOUNTS),
    Field("date", N_("la date du document ou de l’événement"), date(2026, 6, 12)),
    Field("période", N_("la période du document, comme « juin 2026 »"), "juin 2026", ABOUT_PAPERS, optional=True),
    Field("pièce", N_("ce qui est demandé ou déposé"), "Attestation de vigilance", frozenset({REQUEST})),
    Field("répertoire", N_("le répertoire concerné"), "Attestations", frozenset({REQUEST})),
    Field(
        "avant_le", N_("le dernier jour pour fournir la pièce"), date(2026, 7, 31), frozenset({REQUEST}), optional=True
    ),
    Field("commentaire", N_("le texte saisi avec l’événement"), "Merci de votre retour.", ABOUT_AMOUNTS, optional=True),
    Field(
        "signataire",
        N_("la personne qui signe, refuse ou demande"),
        "Camille Martin",
        frozenset({REQUEST}),
        optional=True,
    ),
    Field(
        "question", N_("la question posée avant de signer"), "Quel est le délai ?", frozenset({REQUEST}), optional=True
    ),
    Field("mot_de_passe", N_("le mot de passe initial"), "Kp7-vRm-3Tq-xZ9", frozenset({ACCESS}), secret=True),
    Field("code_de_vérification", N_("le code à usage unique"), "418 205", frozenset({SECURITY, CODE}), hidden=True),
    Field(
        "expiration",
        N_("le moment où le lien ou le code cesse de marcher"),
        datetime(2026, 6, 19, 16, 30, tzinfo=UTC),
    ),
    Field("date_d_effet", N_("le jour où ce qui est annoncé prend effet"), date(2026, 7, 1), frozenset({RECORD})),
    Field("appareil", N_("l’appareil ou le navigateur concerné"), "Firefox sur Windows", ABOUT_LOGIN, optional=True),
    Field(
        "liste",
        N_("les pièces concernées : numéro, montant, échéance ; en liste quand le champ est seul sur sa ligne"),
        (
            Item("Facture FA-2026-0612 — 671,15 € — échéance le 12 juillet 2026"),
            Item("Facture FA-2026-0640 — 120,00 €"),
        ),
        ABOUT_RECORDS,
        many=True,
    ),
    Field("type", N_("le genre de la pièce : devis, facture, bon de commande…"), "Facture", ABOUT_RECORDS),
    Field("titre", N_("l’objet de la pièce"), "Entretien de la chaudière", ABOUT_RECORDS, optional=True),
    Field("statut", N_("où en est la pièce"), "En attente de réponse", ABOUT_RECORDS),
    Field(
        "solde",
        N_("ce qui reste à payer de la pièce ; après un paiement, de tout le compte"),
        Decimal("471.15"),
        ABOUT_RECORDS,
    ),
    Field("acompte", N_("l’acompte reçu"), Decimal("200.00"), ABOUT_RECORDS, optional=True),
    Field("validité", N_("le dernier jour pour répondre au devis"), date(2026, 7, 31), ABOUT_RECORDS),
    Field("jours", N_("les jours qui restent, ou ceux de retard"), 7, ABOUT_RECORDS),
    Field("date_d_acceptation", N_("le jour de l’acceptation"), date(2026, 6, 30), ABOUT_RECORDS),
    Field(
        "rendez_vous", N_("le jour et l’heure du rendez-vous"), datetime(2026, 6, 22, 7, 0, tzinfo=UTC), ABOUT_RECORDS
    ),
    Field(
        "rendez_vous_avant",
        N_("le jour et l’heure du rendez-vous avant son déplacement"),
        datetime(2026, 6, 19, 7, 0, tzinfo=UTC),
        ABOUT_RECORDS,
    ),
    Field("lieu", N_("le lieu du rendez-vous"), "3 rue des Lilas, Nantes", ABOUT_RECORDS, optional=True),
    Field("code_d_état", N_("le code d’état et son nom"), "103 · Intervention planifiée", ABOUT_RECORDS),
    Field("mémo", N_("le mémo de la pièce"), "Livraison par l’arrière.", ABOUT_RECORDS, optional=True),
    Field("avant", N_("le mémo avant sa modification"), "Livraison par la cour.", ABOUT_RECORDS, optional=True),
    Field("après", N_("le mémo après sa modification"), "Livraison par l’arrière.", ABOUT_RECORDS, optional=True),
    Field("motif", N_("le motif donné : refus, annulation"), "Délai trop long", ABOUT_RECORDS, optional=True),
    Field("réponse", N_("ce que le tiers a répondu"), "confirmé", ABOUT_RECORDS, optional=True),
    Field("interlocuteur", N_("la personne liée à la pièce"), "Camille Martin", ABOUT_RECORDS, optional=True),
    Field(
        "désinscription",
        N_("l’adresse qui met fin aux informations ; le cadre la place lui-même"),
        Link("https://portail.exemple.fr/u/exemple"),
        frozenset(),
        hidden=True,
    ),
    Field("expéditeur", N_("le nom de l’expéditeur"), "Service facturation"),
    Field(
        "signature",
        N_("la signature de votre société ; ajoutée à la fin quand le texte ne la place pas"),
        "Lumière & Fils SAS",
    ),
)
BY_KEY = {each.key: each for each in FIELDS}
