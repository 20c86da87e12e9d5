"""The « Cahier de liaison »: everything that passed between the company and one party, on one line of time.

One UNION ALL of the journal, the outbox and the notes, each narrowed to the party and cut to the page's size
before they meet: a party with ten years behind it costs what a new one costs.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, literal, null, or_, select, tuple_, union_all
from sqlalchemy.types import DateTime, Integer, Uuid

from shared.documents.models import Document, Folder
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.people.logbook_kinds import EVENTS, NOTES, NOTICES
from shared.people.party_models import Note
from shared.people.scopes import Scope

# What a message goes through; of two steps at one moment the later one stands above.
OF_EVENT, PREPARED, SENT, ENDED, OF_NOTE = 1, 2, 3, 4, 5
ENDINGS = (Status.DELIVERED, Status.BOUNCED, Status.FAILED, Status.CANCELLED, Status.UNKNOWN)


@dataclass(frozen=True)
class Entry:
    """One line. `source`: event, notice or note; `what`: the event's name, the message's step, the note's kind."""

    source: str
    id: uuid.UUID
    at: datetime
    what: str
    by: str
    text: str
    detail: str
    facts: dict[str, Any]
    document_id: uuid.UUID | None


@dataclass(frozen=True)
class Pages:
    """The latest entries first; `after`: the cursor of the older ones, None at the end."""

    entries: list[Entry]
    after: str | None


def entries(
    party_id: uuid.UUID, *, seen: Scope, notices: bool, kind: str = "", after: str = "", size: int = 50
) -> Pages:
    """A page of the line of time; one query.

    `seen` is the scope in which whoever asks sees documents: what is told of the others names none.
    `notices`: whether they may see the history of messages.
    """
    cursor = _read(after)
    parts = []
    if kind in ("", NOTICES) and notices:
        parts += [_prepared(party_id), _sent(party_id), _ended(party_id)]
    if kind in ("", NOTES):
        parts.append(_notes(party_id))
    names = [name for each, group in EVENTS.items() if kind in ("", each) for name in group]
    if names:
        parts.append(_events(party_id, names, seen))
    if not parts:
        return Pages([], None)
    whole = union_all(*[_cut(part, cursor, size) for part in parts]).subquery()
    rows = db.session.execute(
        select(whole).order_by(whole.c.at.desc(), whole.c.step.desc(), whole.c.id.desc()).limit(size + 1)
    ).all()
    shown = rows[:size]
    found = [_entry(row) for row in shown]
    return Pages(found, _write(shown[-1]) if len(rows) > size else None)


def _entry(row: Any) -> Entry:
    """The facts of an event travel as text: the branches of the union have the same columns."""
    is_event = row.source == "event"
    facts = json.loads(row.detail) if is_event and row.detail else {}
    detail = "" if is_event else row.detail or ""
    return Entry(row.source, row.id, row.at, row.what, row.by, row.text or "", detail, facts, row.document_id)


def _line(
    source: str,
    step: int,
    ident: Any,
    at: Any,
    what: Any,
    by: Any,
    text: Any,
    detail: Any,
    document_id: Any,
) -> Select[*tuple[Any, ...]]:
    return select(
        literal(source, Text).label("source"),
        literal(step, Integer).label("step"),
        ident.label("id"),
        at.label("at"),
        cast(what, Text).label("what"),
        cast(by, Text).label("by"),
        cast(text, Text).label("text"),
        cast(detail, Text).label("detail"),
        cast(document_id, Uuid).label("document_id"),
    )


def _events(party_id: uuid.UUID, names: Sequence[str], seen: Scope) -> Select[*tuple[Any, ...]]:
    in_reach = or_(Event.document_id.is_(None), Folder.id.is_not(None))
    line = _line(
        "event", OF_EVENT, Event.id, Event.at, Event.name, Event.actor, Document.title, Event.facts, Event.document_id
    )
    return (
        line.outerjoin(Document, Document.id == Event.document_id)
        .outerjoin(Folder, and_(Folder.id == Document.folder_id, seen.documents()))
        .where(Event.party_id == party_id, Event.name.in_(names), in_reach)
    )


def _prepared(party_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    return _notice(party_id, PREPARED, Notification.created_at, literal("prepared"), Notification.reason)


def _sent(party_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    at = Notification.sent_at
    return _notice(party_id, SENT, at, literal("sent"), Notification.address).where(at.is_not(None))


def _ended(party_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    at = Notification.ended_at
    line = _notice(party_id, ENDED, at, Notification.status, Notification.reply)
    return line.where(at.is_not(None), Notification.status.in_(ENDINGS))


def _notice(party_id: uuid.UUID, step: int, at: Any, what: Any, detail: Any) -> Select[*tuple[Any, ...]]:
    text = Notification.subject
    line = _line("notice", step, Notification.id, at, what, Notification.event, text, detail, null())
    return line.where(Notification.party_id == party_id)


def _notes(party_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    line = _line("note", OF_NOTE, Note.id, Note.at, Note.kind, Note.by, Note.text, literal(""), null())
    return line.where(Note.party_id == party_id)


def _cut(part: Select[*tuple[Any, ...]], cursor: tuple[datetime, int, uuid.UUID] | None, size: int) -> Any:
    """No branch gives more than a page: what the others hold is never sorted whole."""
    columns = part.selected_columns
    key: tuple[ColumnElement[Any], ...] = (columns["at"], columns["step"], columns["id"])
    if cursor is not None:
        here = (literal(cursor[0], DateTime(timezone=True)), literal(cursor[1], Integer), literal(cursor[2], Uuid))
        part = part.where(tuple_(*key) < tuple_(*here), columns["at"] <= here[0])
    return part.order_by(*[each.desc() for each in key]).limit(size + 1).subquery().select()


def _write(row: Any) -> str:
    text = json.dumps([row.at.isoformat(), row.step, str(row.id)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int, uuid.UUID] | None:
    try:
        at, step, ident = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at)
        return (moment, int(step), uuid.UUID(ident)) if moment.tzinfo else None
    except (ValueError, TypeError, AttributeError):
        return None
