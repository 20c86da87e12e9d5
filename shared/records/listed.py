"""The lists of the portal: the records of some kinds that a seat may see, and its appointments."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, tuple_

from shared.access.models import Seat
from shared.extensions import db
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.records.visible import seen_by

PAGE = 50
MOST_COMING = 100
WITH_APPOINTMENT = tuple(key for key, kind in KINDS.items() if "appointment_at" in kind.dates)
STILL_ON = timedelta(hours=1)  # since it began: one who is late finds the address


@dataclass(frozen=True, slots=True)
class Records:
    """The newest first; `after` is where the next ones begin, None at the end."""

    rows: list[Record]
    after: str | None


@dataclass(frozen=True, slots=True)
class Appointments:
    """`coming`: the next one first; `past`: the last one first."""

    coming: list[Record]
    past: list[Record]
    after: str | None


def records(*, seat: Seat, kinds: tuple[str, ...], after: str = "", limit: int = PAGE) -> Records:
    """What this seat may see of these kinds, by the time it was entered; one query."""
    return Records(*_page(seen_by(seat, *kinds), Record.created_at, after, limit))


def appointments(*, seat: Seat, moment: datetime, after: str = "", limit: int = PAGE) -> Appointments:
    """Those that are agreed or were; two queries."""
    query = seen_by(seat, *WITH_APPOINTMENT).where(Record.appointment_at.is_not(None))
    is_over = (Record.appointment_at < moment - STILL_ON) | Record.is_open.is_(False)
    coming = query.where(~is_over).order_by(Record.appointment_at, Record.id).limit(MOST_COMING)
    past, more = _page(query.where(is_over), Record.appointment_at, after, limit)
    return Appointments(list(db.session.scalars(coming)), past, more)


def upcoming(seat: Seat, moment: datetime) -> Select[Record]:
    """Those to come, the next one first."""
    query = seen_by(seat, *WITH_APPOINTMENT).where(Record.appointment_at >= moment, Record.is_open)
    return query.order_by(Record.appointment_at, Record.id)


def _page(query: Select[Record], column: Any, after: str, limit: int) -> tuple[list[Record], str | None]:
    if (key := _key(after)) is not None:
        query = query.where(tuple_(column, Record.id) < key)
    found = list(db.session.scalars(query.order_by(column.desc(), Record.id.desc()).limit(limit + 1)))
    rows = found[:limit]
    last = rows[-1] if len(found) > limit else None
    return rows, f"{getattr(last, column.key).isoformat()}~{last.id}" if last else None


def _key(after: str) -> tuple[datetime, uuid.UUID] | None:
    moment, _, ident = after.partition("~")
    try:
        return datetime.fromisoformat(moment), uuid.UUID(ident)
    except ValueError:
        return None
