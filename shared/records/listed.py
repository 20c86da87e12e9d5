"""The lists of the portal: the records of some kinds that a seat may see, and its appointments."""

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Select, bindparam, literal_column, or_

from shared.access.models import Seat
from shared.extensions import db
from shared.paging import known, newest, spelled
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.records.visible import Sight, seen_by, sight, who

PAGE = 50
MOST_COMING = 100
WITH_APPOINTMENT = tuple(key for key, kind in KINDS.items() if "appointment_at" in kind.dates)
STILL_ON = timedelta(hours=1)  # since it began: one who is late finds the address
INSTANT = DateTime(timezone=True)
_IS_OVER = or_(Record.appointment_at < bindparam("over", type_=INSTANT), Record.is_open.is_(False))


@dataclass(frozen=True, slots=True)
class Records:
    """The newest first; `after` is where the next ones begin, None at the end."""

    rows: list[Record]
    after: str | None


@dataclass(frozen=True, slots=True)
class Appointments:
    """`coming`: the next one first, `is_cut` where there are more than a list holds; `past`: the last one first."""

    coming: list[Record]
    is_cut: bool
    past: list[Record]
    after: str | None


def records(*, seat: Seat, kinds: tuple[str, ...], after: str = "", limit: int = PAGE) -> Records:
    """What this seat may see of these kinds, by the time it was entered; one query."""
    key = known(after, datetime.fromisoformat)
    return Records(*_page(_newest(sight(seat), kinds, bool(key), limit), seat, "created_at", limit, key))


def appointments(*, seat: Seat, moment: datetime, after: str = "", limit: int = PAGE) -> Appointments:
    """Those that are agreed or were; two queries."""
    key, over = known(after, datetime.fromisoformat), {"over": moment - STILL_ON}
    coming = list(db.session.scalars(_coming(sight(seat)), {**who(seat), **over}))
    past = _page(_past(sight(seat), bool(key), limit), seat, "appointment_at", limit, key | over)
    return Appointments(coming[:MOST_COMING], len(coming) > MOST_COMING, *past)


def upcoming(sight: Sight) -> Select[Record]:
    """Those after the parameter `moment`, the next one first."""
    moment = bindparam("moment", type_=INSTANT)
    query = seen_by(sight, *WITH_APPOINTMENT).where(Record.appointment_at >= moment, Record.is_open)
    return query.order_by(Record.appointment_at, Record.id)


@functools.cache
def _newest(sight: Sight, kinds: tuple[str, ...], after: bool, limit: int) -> Select[Record]:
    return newest(seen_by(sight, *kinds), Record.created_at, Record.id, INSTANT, after=after, limit=limit)


@functools.cache
def _coming(sight: Sight) -> Select[Record]:
    query = seen_by(sight, *WITH_APPOINTMENT).where(Record.appointment_at.is_not(None), ~_IS_OVER)
    return query.order_by(Record.appointment_at, Record.id).limit(literal_column(str(MOST_COMING + 1)))


@functools.cache
def _past(sight: Sight, after: bool, limit: int) -> Select[Record]:
    query = seen_by(sight, *WITH_APPOINTMENT).where(Record.appointment_at.is_not(None), _IS_OVER)
    return newest(query, Record.appointment_at, Record.id, INSTANT, after=after, limit=limit)


def _page(
    query: Select[Record],
    seat: Seat,
    by: str,
    limit: int,
    values: dict[str, Any],
) -> tuple[list[Record], str | None]:
    found = list(db.session.scalars(query, who(seat) | values))
    rows = found[:limit]
    last = rows[-1] if len(found) > limit else None
    return rows, spelled(getattr(last, by), last.id) if last else None
