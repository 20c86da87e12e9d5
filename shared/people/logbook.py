"""The « Cahier de liaison »: everything that passed between the company and one party, on one line of time.

One UNION ALL of the journal, the outbox and the notes, each narrowed to the party and cut to the page's size
before they meet: a party with ten years behind it costs what a new one costs.
"""

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, tuple_, union_all
from sqlalchemy.types import DateTime, Integer, Uuid

from shared.extensions import db
from shared.people.logbook_branches import ended, events, notes, prepared, sent
from shared.people.logbook_kinds import EVENTS, NOTES, NOTICES
from shared.people.scopes import Scope


@dataclass(frozen=True)
class Entry:
    """One line. `source`: event, notice or note; `what`: the event's name, the message's step, the note's kind.

    `said`: the words of a message between the party and staff, or the person with whom a note was about.
    """

    source: str
    id: uuid.UUID
    at: datetime
    what: str
    by: str
    text: str
    detail: str
    facts: dict[str, Any]
    document_id: uuid.UUID | None
    record_id: uuid.UUID | None = None
    said: str = ""


@dataclass(frozen=True)
class Pages:
    """The latest entries first; `after`: the cursor of the older ones, None at the end."""

    entries: list[Entry]
    after: str | None


def entries(
    party_id: uuid.UUID, *, seen: Scope, records: Scope, notices: bool, kind: str = "", after: str = "", size: int = 50
) -> Pages:
    """A page of the line of time; one query.

    `seen` and `records` are the scopes in which whoever asks sees documents and records: of the others nothing is told.
    `notices`: whether they may see the history of messages.
    """
    cursor = _read(after)
    parts = []
    if kind in ("", NOTICES) and notices:
        parts += [prepared(party_id), sent(party_id), ended(party_id)]
    if kind in ("", NOTES):
        parts.append(notes(party_id))
    names = [name for each, group in EVENTS.items() if kind in ("", each) for name in group]
    if names:
        parts.append(events(party_id, names, documents=seen, records=records))
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
    told = json.loads(row.detail) if row.source == "event" and row.detail else {}
    detail, said = row.detail or "", ""
    if row.source == "event":
        detail, said = "", told.get("said") or ""
    elif row.source == "note":
        detail, said = "", detail
    about = (row.document_id, row.record_id)
    return Entry(
        row.source, row.id, row.at, row.what, row.by, row.text or "", detail, told.get("facts") or {}, *about, said
    )


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
