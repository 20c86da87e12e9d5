"""Imports of parties as staff read them: the last ones, one of them, its lines a page at a time."""

import uuid
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select

from shared.extensions import db
from shared.intake.models import ImportState, PartyImport, PartyImportRow, RowVerdict
from shared.people.models import Family
from shared.people.scopes import Scope

PAGE = 50
AT_ONCE = 500


class Lines(NamedTuple):
    """Some lines of an import, and the number after which the next ones come; None at the end."""

    rows: Sequence[PartyImportRow]
    after: int | None


def import_in(scope: Scope, import_id: uuid.UUID) -> tuple[PartyImport, Family] | None:
    """An import of a family in reach, or None as if it did not exist."""
    query = select(PartyImport, Family).join(Family, Family.id == PartyImport.family_id)
    row = db.session.execute(query.where(PartyImport.id == import_id)).one_or_none()
    return (row[0], row[1]) if row is not None and scope.reaches_family(row[1].id) else None


def last_imports(family: Family, limit: int = 10) -> Sequence[PartyImport]:
    """The newest imports of a family that were not given up."""
    query = select(PartyImport).where(PartyImport.family_id == family.id, PartyImport.state != ImportState.DROPPED)
    return db.session.scalars(query.order_by(PartyImport.id.desc()).limit(limit)).all()


def lines_of(found: PartyImport, verdict: RowVerdict, after: int = 0) -> Lines:
    """The lines of one verdict, in the order of the file."""
    query = select(PartyImportRow).where(
        PartyImportRow.import_id == found.id, PartyImportRow.verdict == verdict, PartyImportRow.line > after
    )
    rows = db.session.scalars(query.order_by(PartyImportRow.line).limit(PAGE + 1)).all()
    return Lines(rows[:PAGE], rows[PAGE - 1].line if len(rows) > PAGE else None)


def kept_lines(found: PartyImport) -> Sequence[PartyImportRow]:
    """The first lines that undoing left as they were, with the reason."""
    query = select(PartyImportRow).where(PartyImportRow.import_id == found.id, PartyImportRow.kept != "")
    return db.session.scalars(query.order_by(PartyImportRow.line).limit(PAGE)).all()


def every_line(found: PartyImport) -> Iterator[list[PartyImportRow]]:
    """All lines, in pages, for the file to correct."""
    last = 0
    while True:
        query = select(PartyImportRow).where(PartyImportRow.import_id == found.id, PartyImportRow.line > last)
        rows = list(db.session.scalars(query.order_by(PartyImportRow.line).limit(AT_ONCE)))
        if not rows:
            return
        last = rows[-1].line
        yield rows
