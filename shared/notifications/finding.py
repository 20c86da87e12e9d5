"""The history: every line since the installation, the same everywhere it is shown, in two queries."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
)

from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.keyset import one_of
from shared.notifications.describing import described
from shared.notifications.models import Notification, NotificationDocument, TemplateVersion
from shared.notifications.narrowing import Filter, Found, conditions, gather
from shared.people.models import Family, Party
from shared.people.scopes import Scope

PAGE = 50
Key = tuple[datetime, uuid.UUID]


@dataclass(frozen=True)
class Page:
    """One page of lines, newest first; the keys of the next and previous pages, None at an end."""

    lines: Sequence[Row[Any]]
    titles: dict[uuid.UUID, list[str]]
    after: Key | None
    before: Key | None


def history(
    scope: Scope, chosen: Filter, *, after: Key | None = None, before: Key | None = None, size: int = PAGE
) -> Page:
    """Fifty lines that `scope` may see; a line waiting shows the address that it would go to now."""
    place = tuple_(Notification.created_at, Notification.id)
    sorted_by: list[Any] = [Notification.created_at, Notification.id]
    query = _chosen(scope, chosen, gather(chosen.text) if chosen.text else None)
    if before is not None:
        query = query.where(place > before)
    else:
        query = query.where(place < after) if after is not None else query
        sorted_by = [each.desc() for each in sorted_by]
    # First which ones, by index, then all that their lines show. The limit is written out: PostgreSQL then knows
    # how few lines are wanted.
    page = query.order_by(*sorted_by).limit(literal_column(str(size + 1)))
    found = list(
        db.session.execute(described().where(Notification.id == one_of(page.correlate(None))).order_by(*sorted_by))
    )
    more, rows = len(found) > size, found[:size]
    if before is not None:
        rows.reverse()
    has_next, has_former = (True, more) if before is not None else (more, after is not None)
    return Page(
        rows,
        titles_of([row.id for row in rows]),
        _key(rows[-1]) if rows and has_next else None,
        _key(rows[0]) if rows and has_former else None,
    )


def whole_history(scope: Scope, chosen: Filter, *, size: int = 500) -> Iterator[Page]:
    """The whole filter in the order of the screen, some lines at a time, for the export."""
    after: Key | None = None
    while True:
        found = history(scope, chosen, after=after, size=size)
        yield found
        if found.after is None:
            return
        after = found.after


def some(scope: Scope, ids: Sequence[uuid.UUID]) -> Sequence[Row[Any]]:
    """These lines, for those in reach, newest first."""
    found = described().where(Notification.id.in_(ids), in_reach(scope))
    return db.session.execute(found.order_by(Notification.created_at.desc(), Notification.id.desc())).all()


def line(scope: Scope, notification_id: uuid.UUID) -> Row[Any] | None:
    """One line with all that it kept; None when it is out of reach."""
    query = described().add_columns(
        Notification.body, Notification.message_id, Notification.attempts, TemplateVersion.locale
    )
    return db.session.execute(query.where(Notification.id == notification_id, in_reach(scope))).one_or_none()


def resends_of(scope: Scope, notification_id: uuid.UUID) -> Sequence[Row[Any]]:
    """The lines that sent this one again, the newest first, ten at most: id, when it was written."""
    query = select(Notification.id, Notification.created_at).outerjoin(Party, Party.id == Notification.party_id)
    query = query.where(Notification.resend_of_id == notification_id, in_reach(scope))
    found = query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(10)
    return [*db.session.execute(found)]


def titles_of(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Line id → the documents that it announces."""
    titles: dict[uuid.UUID, list[str]] = {}
    if ids:
        query = (
            select(NotificationDocument.notification_id, Document.title, Document.number)
            .join(Document, Document.id == NotificationDocument.document_id)
            .where(NotificationDocument.notification_id.in_(ids))
            .order_by(NotificationDocument.position, Document.id)
        )
        for notification_id, title, number in db.session.execute(query):
            named = title if not number or number in title else f"{title} {number}"
            titles.setdefault(notification_id, []).append(named)
    return titles


def documents_of(ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The documents that these lines announced, each once."""
    query = select(NotificationDocument.document_id).where(NotificationDocument.notification_id.in_(ids)).distinct()
    return list(db.session.scalars(query))


def _chosen(scope: Scope, chosen: Filter, found: Found) -> Select[uuid.UUID]:
    """The ids alone, with what the conditions look at."""
    query = select(Notification.id).outerjoin(Party, Party.id == Notification.party_id)
    query = query.outerjoin(Family, Family.id == Party.family_id)
    return query.where(in_reach(scope), *conditions(chosen, found))


def in_reach(scope: Scope) -> ColumnElement[bool]:
    """The party in reach, and no document of a folder out of reach: a payslip's notice is not everybody's.

    Whose grants stop at a folder sees the messages that hold one of its documents, and no other of the party's.
    """
    wide = scope.wide()
    theirs = or_(Notification.party_id.is_(None), wide.parties()) if wide.grants else wide.parties()
    if scope.is_by_folder():
        theirs = or_(theirs, and_(scope.parties(), _holds(scope.folders())))
    return and_(theirs, ~_holds(~scope.folders()))


def _holds(folder: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        NotificationDocument.notification_id == Notification.id,
        Document.id == NotificationDocument.document_id,
        Folder.id == Document.folder_id,
        folder,
    )


def _key(row: Row[Any]) -> Key:
    return row.created_at, row.id
