"""An import of 5,000 parties: its preview, from the CSV of French Excel and from XLSX, beside 5,000 that are there.

A third of the lines are new, a third change something, a third change nothing; each line has its four cells.
"""

import io
import time

import openpyxl
from flask import Flask
from sqlalchemy import select

from benchmarks import people
from benchmarks.figures import Figure, ceiling, report
from benchmarks.installation import installation
from shared.extensions import db
from shared.intake.models import ImportState, PartyImport
from shared.intake.party_importing import advance_import, ask_apply, start_import
from shared.people.models import Family
from shared.transactions import transaction

PARTIES, LIMIT, APPLY_LIMIT = 5_000, 10.0, 120.0  # lines, seconds, seconds
HEADS = ["Code", "Raison sociale", "Adresse", "Code postal", "Ville", "Pays", "Téléphone", "Email fiche", "Email devis",
         "Email facturation", "Email relance", "Interlocuteur"]  # fmt: skip


def main() -> None:
    """Measure, print, keep."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            people.customers(PARTIES)
        with made.app.app_context(), db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
        figures: list[Figure] = []
        for name, data in (("clients.csv", as_csv()), ("clients.xlsx", as_workbook())):
            seconds, _import = previewed(made.app, data, name)
            figures.append(ceiling(f"preview of {PARTIES:,} parties, {name.rpartition('.')[2]}", seconds, LIMIT, "s"))
        figures.append(ceiling(f"import of {PARTIES:,} parties, written", applied(made.app), APPLY_LIMIT, "s"))
        report("imports", figures)


def previewed(app: Flask, data: bytes, name: str) -> tuple[float, PartyImport]:
    """Seconds from the file to the preview that the page shows."""
    began = time.perf_counter()
    with app.app_context():
        with transaction():
            family = db.session.scalars(select(Family).where(Family.key == "customers")).one()
            found = start_import(family=family, data=data, filename=name, empties_clear=False, by="command")
            import_id = found.id
        advance_import(import_id=import_id)
        seconds = time.perf_counter() - began
        again = db.session.get_one(PartyImport, import_id, populate_existing=True)
        third = PARTIES // 3
        if again.state is not ImportState.READY or again.counts.get("new") != third or again.counts.get("wrong"):
            raise RuntimeError(f"{name}: {again.state} {again.counts} {again.reason}")
        return seconds, again


def applied(app: Flask) -> float:
    """Seconds to write the last preview, as one transaction."""
    with app.app_context():
        with transaction():
            found = db.session.scalars(select(PartyImport).order_by(PartyImport.id.desc()).limit(1)).one()
            ask_apply(found=found, by="command")
            import_id = found.id
        began = time.perf_counter()
        advance_import(import_id=import_id)
        seconds = time.perf_counter() - began
        again = db.session.get_one(PartyImport, import_id, populate_existing=True)
        if again.state is not ImportState.APPLIED:
            raise RuntimeError(f"{again.state}: {again.reason}")
        return seconds


def lines() -> list[list[str]]:
    """New, changed and unchanged in turn; `people.customers` made CL1 to CL5000."""
    made = []
    for at in range(1, PARTIES + 1):
        address = f"compta{at}@client{at}.example"
        kind = at % 3
        code = f"NEUF{at}" if kind == 0 else f"CL{at}"
        place = ["12 rue de l’Été", "44000", "Nantes", "France", "02 40 00 00 00"] if kind != 2 else [""] * 5
        person = f"Camille Martin{at}" if kind == 0 else ""
        made.append([code, f"Établissements Numéro {at}", *place, *[address] * 4, person])
    return made


def as_csv() -> bytes:
    """As Excel writes it in France."""
    return "\r\n".join(";".join(line) for line in [HEADS, *lines()]).encode("cp1252")


def as_workbook() -> bytes:
    """The same as XLSX."""
    book, held = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for line in [HEADS, *lines()]:
        sheet.append(line)
    book.save(held)
    return held.getvalue()


if __name__ == "__main__":
    main()
