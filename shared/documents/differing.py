"""What a comparison found, as each member of staff may see it: three lists, by key."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from shared.documents.comparison_models import Comparison, Difference, Finding
from shared.documents.finding import joined
from shared.documents.models import Document, Folder
from shared.documents.standing import Standing, standing
from shared.extensions import db
from shared.people.models import Party
from shared.people.scopes import Scope

PAGE = 50


class Differing(NamedTuple):
    """One document of a list; `now` is where it stands today, which a repair has changed."""

    id: uuid.UUID
    title: str
    number: str
    folder_label: str
    party_id: uuid.UUID
    party_code: str
    party_name: str
    now: Standing
    settled_at: datetime | None
    outcome: str


class Tally(NamedTuple):
    """How many documents a list holds, and how many are still to be repaired."""

    found: int
    left: int


class Page(NamedTuple):
    """Some rows, and the key after which the next ones come; None at the end."""

    rows: Sequence[Differing]
    after: str | None


def differing(*, scope: Scope, comparison: Comparison, difference: Difference, after: str = "") -> Page:
    """The documents of one list that are in reach."""
    columns = (Document.id, Document.title, Document.number, Folder.label, Party.id, Party.code, Party.name)
    query = joined(*columns, standing(), Finding.settled_at, Finding.outcome)
    query = query.join(Finding, Finding.document_id == Document.id).where(
        Finding.comparison_id == comparison.id, Finding.difference == difference, scope.documents()
    )
    key = _key(after)
    if key is not None:
        query = query.where(Finding.document_id > key)
    found = db.session.execute(query.order_by(Finding.document_id).limit(PAGE + 1)).all()
    rows = [Differing._make([*row[:7], Standing(row[7]), *row[8:]]) for row in found[:PAGE]]
    return Page(rows, str(rows[-1].id) if len(found) > PAGE else None)


def tallies(*, scope: Scope, comparison: Comparison) -> dict[Difference, Tally]:
    """How long each list is; one query."""
    query = (
        select(Finding.difference, func.count(), func.count().filter(Finding.settled_at.is_(None)))
        .join(Document, Document.id == Finding.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .where(Finding.comparison_id == comparison.id, scope.documents())
        .group_by(Finding.difference)
    )
    counted = {row[0]: Tally(row[1], row[2]) for row in db.session.execute(query)}
    return {each: counted.get(each, Tally(0, 0)) for each in Difference}


def _key(after: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(after)
    except ValueError:
        return None
