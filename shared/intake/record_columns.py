"""Which column of a file of records is which of our fields, guessed from French headers."""

from shared.intake import columns
from shared.intake.columns import Column, plain
from shared.records.checking import has
from shared.records.declaring import Kind

# The order is that of the exported file.
COLUMNS: tuple[Column, ...] = (
    Column("number", "Numéro", ("n", "no", "num", "piece", "n piece", "numero piece", "numero de piece", "reference",
                                "n facture", "numero facture", "numero de facture", "n devis", "numero devis",
                                "n commande", "numero commande", "document")),
    Column("external_id", "Identifiant ERP", ("identifiant", "id", "id erp", "cle", "identifiant externe")),
    Column("party", "Code tiers", ("code", "code client", "client", "tiers", "compte client", "code salarie",
                                   "matricule", "code fournisseur", "n client", "numero client")),
    Column("status", "État", ("statut", "etat de la piece", "situation")),
    Column("title", "Objet", ("libelle", "intitule", "titre", "designation")),
    Column("memo", "Mémo", ("note", "notes", "commentaire", "commentaires", "remarque")),
    Column("issued_on", "Date", ("date piece", "date de piece", "date facture", "date de facture", "date du devis",
                                 "date d emission", "date commande", "date de reglement", "date reglement")),
    Column("due_on", "Échéance", ("date echeance", "date d echeance", "a payer le", "date limite")),
    Column("valid_until", "Valable jusqu’au", ("validite", "fin de validite", "date de validite")),
    Column("accepted_on", "Date d’acceptation", ("acceptation", "accepte le", "date acceptation")),
    Column("appointment_at", "Rendez-vous", ("date rendez vous", "rdv", "date rdv", "date du rendez vous")),
    Column("appointment_ends_at", "Fin du rendez-vous", ("fin rdv", "fin rendez vous")),
    Column("appointment_place", "Lieu", ("lieu du rendez vous", "adresse", "adresse d intervention")),
    Column("amount", "Montant TTC", ("ttc", "montant", "total ttc", "total", "net a payer", "montant regle")),
    Column("net_amount", "Montant HT", ("ht", "total ht", "montant hors taxes", "hors taxes")),
    Column("currency", "Monnaie", ("devise",)),
    Column("state_code", "Code d’état", ("code etat", "code d etat", "etat code")),
    Column("platform", "Plateforme agréée", ("plateforme", "pa", "pdp", "transmise par")),
    Column("transmitted_at", "Transmise le", ("date de transmission", "date transmission")),
    Column("platform_status", "État à la plateforme", ("statut plateforme", "statut de la plateforme",
                                                       "etat plateforme")),
    Column("invoice", "Facture payée", ("facture", "n facture", "numero de facture", "facture reglee")),
)  # fmt: skip
LABELS = {column.field: column.label for column in COLUMNS}
PAYMENTS = ("payment", "internal_payment")


def fields_for(kind: Kind) -> tuple[Column, ...]:
    """The fields that records of this kind have."""
    return tuple(column for column in COLUMNS if _is_of(kind, column.field))


def guess(heads: list[str], kind: Kind) -> list[str]:
    """For each header the field it names, "" for none; a field is named once, by its first header."""
    known: dict[str, str] = {}
    for column in reversed(fields_for(kind)):
        known |= dict.fromkeys((plain(column.label), *column.also), column.field)
    if kind.key in PAYMENTS:
        known |= dict.fromkeys(("n facture", "numero de facture", "facture"), "invoice")
    return columns.named_by([plain(head) for head in heads], known)


def checked_columns(chosen: list[str], heads: list[str], kind: Kind) -> list[str]:
    """What staff chose, as long as the file: unknown and repeated fields are none."""
    return columns.chosen_of(chosen, heads, {column.field for column in fields_for(kind)})


def _is_of(kind: Kind, field: str) -> bool:
    if field == "invoice":
        return kind.key in PAYMENTS
    return field in ("party", "status") or has(kind, field)
