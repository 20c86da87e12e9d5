"""« À rattacher », as each member of staff may see it, and what became of the files of one drop."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true, tuple_
from sqlalchemy.orm import joinedload

from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.intake.models import Arrival, Verdict
from shared.people.models import Grant, Party
from shared.people.scopes import Scope

PAGE = 50
OUTCOMES = 500


class Page(NamedTuple):
    """Some files of the tray, and the key after which the next ones come; None at the end."""

    arrivals: Sequence[Arrival]
    after: str | None


class Outcome(NamedTuple):
    """What became of one file; the rest is None unless it was filed or already there."""

    arrival: Arrival
    document: Document | None
    folder: Folder | None
    party: Party | None


def tray(*, scope: Scope, by: str, after: str = "", limit: int = PAGE) -> Page:
    """The files to attach in reach of this person, the oldest first, those they handed in themselves included."""
    query = _waiting(scope, by)
    key = _key(after)
    if key is not None:
        query = query.where(tuple_(Arrival.at, Arrival.id) > key)
    rows = db.session.scalars(query.order_by(Arrival.at, Arrival.id).limit(limit + 1)).all()
    found = rows[:limit]
    return Page(found, f"{found[-1].at.isoformat()}~{found[-1].id}" if len(rows) > limit else None)


def waiting(*, scope: Scope, by: str, arrival_id: uuid.UUID) -> Arrival | None:
    """One file of the tray in reach."""
    return db.session.scalars(_waiting(scope, by).where(Arrival.id == arrival_id)).one_or_none()


def outcomes(*, first: uuid.UUID, last: uuid.UUID, by: str) -> list[Outcome]:
    """What became of the files that this person handed in between these two, both included; in their order."""
    query = (
        select(Arrival, Document, Folder, Party)
        .outerjoin(Document, Document.id == Arrival.document_id)
        .outerjoin(Folder, Folder.id == Arrival.folder_id)
        .outerjoin(Party, Party.id == Document.party_id)
        # A family is joined inwards by default, which would lose the files that nobody has yet.
        .options(joinedload(Folder.family, innerjoin=False), joinedload(Party.family, innerjoin=False))
        .where(Arrival.id.between(first, last), Arrival.by == by)
        .order_by(Arrival.id)
        .limit(OUTCOMES)
    )
    return [Outcome._make(row) for row in db.session.execute(query)]


def _waiting(scope: Scope, by: str) -> Select[Arrival]:
    query = select(Arrival).outerjoin(Folder, Folder.id == Arrival.folder_id)
    return query.where(Arrival.verdict == Verdict.TO_ATTACH, or_(Arrival.by == by, _reach(scope)))


def _reach(scope: Scope) -> ColumnElement[bool]:
    """A file whose folder is known is reached like the folder; else by a grant on its family, or on everything."""
    known = and_(Arrival.folder_id.is_not(None), scope.folders())
    return or_(known, *(and_(Arrival.folder_id.is_(None), _covers(grant)) for grant in scope.grants))


def _covers(grant: Grant) -> ColumnElement[bool]:
    if grant.folder_id is not None:
        return false()
    if grant.family_id is not None:
        return Arrival.family_id == grant.family_id
    return true()


def _key(after: str) -> tuple[datetime, uuid.UUID] | None:
    moment, _, arrival_id = after.partition("~")
    try:
        return datetime.fromisoformat(moment), uuid.UUID(arrival_id)
    except ValueError:
        return None
