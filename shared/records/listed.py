"""The lists of the portal: the records of some kinds that a seat may see, and its appointments."""

import functools
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Select, Uuid, bindparam, literal_column, or_, tuple_

from shared.access.models import Seat
from shared.extensions import db
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.records.visible import Sight, seen_by, sight, who

PAGE = 50
MOST_COMING = 100
WITH_APPOINTMENT = tuple(key for key, kind in KINDS.items() if "appointment_at" in kind.dates)
STILL_ON = timedelta(hours=1)  # since it began: one who is late finds the address
_IS_OVER = or_(Record.appointment_at < bindparam("over", type_=DateTime(timezone=True)), Record.is_open.is_(False))


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
    key = _key(after)
    return Records(*_page(_newest(sight(seat), kinds, key is not None, limit), seat, "created_at", key, limit))


def appointments(*, seat: Seat, moment: datetime, after: str = "", limit: int = PAGE) -> Appointments:
    """Those that are agreed or were; two queries."""
    key, over = _key(after), {"over": moment - STILL_ON}
    coming = db.session.scalars(_coming(sight(seat)), {**who(seat), **over})
    past = _page(_past(sight(seat), key is not None, limit), seat, "appointment_at", key, limit, over)
    return Appointments(list(coming), *past)


def upcoming(sight: Sight) -> Select[Record]:
    """Those after the parameter `moment`, the next one first."""
    moment = bindparam("moment", type_=DateTime(timezone=True))
    query = seen_by(sight, *WITH_APPOINTMENT).where(Record.appointment_at >= moment, Record.is_open)
    return query.order_by(Record.appointment_at, Record.id)


@functools.cache
def _newest(sight: Sight, kinds: tuple[str, ...], after: bool, limit: int) -> Select[Record]:
    return _from_key(seen_by(sight, *kinds), Record.created_at, after, limit)


@functools.cache
def _coming(sight: Sight) -> Select[Record]:
    query = seen_by(sight, *WITH_APPOINTMENT).where(Record.appointment_at.is_not(None), ~_IS_OVER)
    return query.order_by(Record.appointment_at, Record.id).limit(literal_column(str(MOST_COMING)))


@functools.cache
def _past(sight: Sight, after: bool, limit: int) -> Select[Record]:
    query = seen_by(sight, *WITH_APPOINTMENT).where(Record.appointment_at.is_not(None), _IS_OVER)
    return _from_key(query, Record.appointment_at, after, limit)


def _from_key(query: Select[Record], column: Any, after: bool, limit: int) -> Select[Record]:
    if after:
        key = (bindparam("after", type_=DateTime(timezone=True)), bindparam("after_id", type_=Uuid()))
        query = query.where(tuple_(column, Record.id) < tuple_(*key))
    # A limit that the planner does not know makes it plan for a tenth of all.
    return query.order_by(column.desc(), Record.id.desc()).limit(literal_column(str(limit + 1)))


def _page(
    query: Select[Record],
    seat: Seat,
    by: str,
    key: tuple[datetime, uuid.UUID] | None,
    limit: int,
    more: dict[str, Any] | None = None,
) -> tuple[list[Record], str | None]:
    known = {"after": key[0], "after_id": key[1]} if key else {}
    found = list(db.session.scalars(query, {**who(seat), **known, **(more or {})}))
    rows = found[:limit]
    last = rows[-1] if len(found) > limit else None
    return rows, f"{getattr(last, by).isoformat()}~{last.id}" if last else None


def _key(after: str) -> tuple[datetime, uuid.UUID] | None:
    moment, _, ident = after.partition("~")
    try:
        return datetime.fromisoformat(moment), uuid.UUID(ident)
    except ValueError:
        return None
