"""Filing the demo's documents, and the one that nobody can be given."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import click
from sqlalchemy import select

from shared.clock import at
from shared.demo import documents
from shared.demo.archive import Planned
from shared.demo.company import manager
from shared.demo.parties import DemoParty, siren, siret, vat
from shared.demo.pressing import Pressed, press
from shared.documents import filing
from shared.documents.models import Document, Folder, Version
from shared.extensions import db
from shared.intake.receiving import receive
from shared.people.models import Family, Party

BATCH = 200  # rows to a transaction
SAID_EVERY = 100
STRANGER = DemoParty(
    family="customers",
    code="",
    name="Mercerie du Vieux Port",
    street="12 quai de Rive-Neuve",
    postcode="13007",
    city="Marseille",
    phone="",
    cells={},
    contacts=(),
    siret=siret(siren(900)),
    vat=vat(siren(900)),
)


def file_all(planned: Sequence[Planned]) -> None:
    """File what is not there yet, each at its own time; a transaction for every 200."""
    shelves = _Shelves()
    missing = [one for one in planned if not shelves.holds(one)]
    done = len(planned) - len(missing)
    made = press((one.made, one.filename) for one in missing)
    for one, pressed in zip(missing, made, strict=True):
        _file(one, pressed, shelves)
        done += 1
        if done % BATCH == 0:
            db.session.commit()
        if done % SAID_EVERY == 0 or done == len(planned):
            click.echo(f"{done} / {len(planned)} documents")
    db.session.commit()


def hold_one(last: date) -> None:
    """An invoice whose buyer is nobody's customer: « À rattacher » keeps it for staff to decide."""
    day = last - timedelta(days=2)
    sale = documents.sale_facts("invoice", party=STRANGER, number="FA-2026-0900", issued_on=day)
    with at(datetime.combine(day, time(16, 40), UTC)):
        receive(data=documents.invoice_pdf(sale), filename="scan_0417.pdf", by=manager(), source="backoffice")


class _Shelves:
    """Folders and parties by name, read once; and what already stands in them."""

    def __init__(self) -> None:
        self.by = manager()
        self.folders = {folder.shipped_key: folder for folder in db.session.scalars(select(Folder))}
        rows = db.session.execute(select(Family.key, Party).join(Party, Party.family_id == Family.id))
        self.parties = {(key, party.code): party for key, party in rows}
        names = select(Document.party_id, Document.folder_id, Version.filename).join(Version)
        self.known = {(row[0], row[1], row[2]) for row in db.session.execute(names)}

    def holds(self, one: Planned) -> bool:
        party, folder = self.parties[one.family, one.code], self.folders[one.folder]
        return (party.id, folder.id, one.filename) in self.known


def _file(one: Planned, pressed: Pressed, shelves: _Shelves) -> None:
    data, inspection = pressed
    with at(one.moment):
        filing.keep(data=data, inspection=inspection)
        filing.file(
            inspection=inspection,
            filename=one.filename,
            party=shelves.parties[one.family, one.code],
            folder=shelves.folders[one.folder],
            facts=one.facts,
            by=shelves.by,
        )
