"""Which column of a file of parties is which of our fields, guessed from French headers."""

import re

from shared.intake import columns
from shared.intake.columns import Column
from shared.people.models import Family

MAIL = re.compile(r"\b(?:e mail|adresse mail|adresse email|adresse e mail|courriel|mel|mail)\b")


# The order is that of the exported file.
COLUMNS: tuple[Column, ...] = (
    Column("code", "Code", ("code client", "code tiers", "code fournisseur", "code salarie", "matricule", "n client",
                            "numero client", "n tiers", "no client", "compte client", "reference client")),
    Column("name", "Nom", ("raison sociale", "nom ou raison sociale", "denomination", "denomination sociale",
                           "intitule", "societe", "nom client", "nom complet", "nom du client", "client")),
    Column("is_business", "Entreprise", ("professionnel", "est une entreprise", "c est une entreprise", "pro")),
    Column("siret", "SIRET", ("n siret", "numero siret", "numero de siret", "no siret")),
    Column("vat_number", "Numéro de TVA", ("tva", "n tva", "numero tva", "tva intracommunautaire", "tva intra",
                                           "n tva intracommunautaire", "numero de tva intracommunautaire")),
    Column("street", "Adresse", ("rue", "voie", "adresse 1", "adresse ligne 1", "adresse postale")),
    Column("postcode", "Code postal", ("cp", "code post", "codepostal")),
    Column("city", "Ville", ("commune", "localite")),
    Column("country", "Pays", ("code pays",)),
    Column("phone", "Téléphone", ("tel", "telephone fixe", "n telephone", "numero de telephone", "tel fixe")),
    Column("locale", "Langue", ("langue des messages",)),
    Column("email_card", "Email fiche", ("email", "email principal", "email client", "email contact")),
    Column("email_quote", "Email devis", ("email des devis",)),
    Column("email_billing", "Email facturation", ("email facture", "email factures", "email compta",
                                                  "email comptabilite", "email de facturation", "email des factures")),
    Column("email_reminder", "Email relance", ("email relances", "email de relance", "email des relances")),
    Column("contact", "Interlocuteur", ("contact", "nom du contact", "nom contact", "personne a contacter")),
)  # fmt: skip
LABELS = {column.field: column.label for column in COLUMNS}


def fields_for(family: Family) -> tuple[Column, ...]:
    """The fields that parties of this family have: the cells are the family's own."""
    return tuple(
        column
        for column in COLUMNS
        if not column.field.startswith("email_") or column.field.removeprefix("email_") in family.slots
    )


def guess(heads: list[str], family: Family) -> list[str]:
    """For each header the field it names, "" for none; a field is named once, by its first header."""
    known = {
        words: column.field
        for column in fields_for(family)
        for words in (_plain(column.label), *(_plain(each) for each in column.also))
    }
    return columns.named_by([_plain(head) for head in heads], known)


def checked_columns(chosen: list[str], heads: list[str], family: Family) -> list[str]:
    """What staff chose, as long as the file: unknown and repeated fields are none."""
    return columns.chosen_of(chosen, heads, {column.field for column in fields_for(family)})


def _plain(head: str) -> str:
    return " ".join(MAIL.sub("email", columns.plain(head)).split())
