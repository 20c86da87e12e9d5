"""What comes in by itself: an import of parties, previewed, with a line of each verdict."""

from shared.extensions import db
from shared.intake.models import PartyImport, RowVerdict
from shared.intake.party_importing import start_import
from shared.intake.party_previewing import preview
from tests.factories import office

LINES = (
    "Code;Nom;Email fiche;SIRET;Truc\r\nNEUF-1;Été;a@neuf.example;;x\r\nNEUF-2;Faux;pas une adresse;123;x\r\n4;;;;\r\n"
)


def an_import() -> list[tuple[PartyImport, str]]:
    """One import and the verdicts under which its page is looked at."""
    family = office.family()
    found = start_import(
        family=family, data=LINES.encode("cp1252"), filename="clients.csv", empties_clear=False, by=office.BY
    )
    preview(found, family)
    db.session.flush()
    return [(found, verdict.value) for verdict in RowVerdict]
