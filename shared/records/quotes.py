"""Every quote that was shared with a party, with or without a record: those that wait for an answer, then the rest."""

import functools
import uuid
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from shared.access.models import Seat
from shared.extensions import db
from shared.records.kinds import QUOTE
from shared.records.papers import STATED_ON, Paper, papers
from shared.records.together import apart, read, together
from shared.records.visible import Sight, sight, who

PAGE = 50
MOST_AWAITED = 100


@dataclass(frozen=True, slots=True)
class Quotes:
    """`awaited`: the soonest to end first; `others`: the newest first, `after` where the next ones begin."""

    awaited: list[Paper]
    others: list[Paper]
    after: str | None


def quotes(*, seat: Seat, day: date, after: str = "", limit: int = PAGE) -> Quotes:
    """What this seat may see, on that day; one query."""
    key = _key(after)
    known = {"after": key[0], "after_id": key[1]} if key else {}
    query = _pages(sight(seat), key is not None, limit)
    found = apart(db.session.execute(query, {**who(seat), "stated_on": day, **known}))
    rows = read(Paper, sorted(found["others"], key=attrgetter("rank")))
    others = rows[:limit]
    last = others[-1] if len(rows) > limit else None
    return Quotes(
        awaited=read(Paper, sorted(found["awaited"], key=attrgetter("rank"))),
        others=others,
        after=f"{last.day.isoformat()}~{last.id}" if last else None,
    )


def awaits(rows: CTE) -> ColumnElement[bool]:
    """A record that was not answered, within its validity; a document alone is answered by its signature."""
    in_time = or_(rows.c.due_on.is_(None), rows.c.due_on >= STATED_ON)
    return and_(rows.c.status.is_not_distinct_from("validated"), in_time)


@functools.cache
def _pages(sight: Sight, after: bool, limit: int) -> CompoundSelect[Any]:
    rows = papers(sight, QUOTE)
    soonest = (rows.c.due_on.asc().nulls_last(), rows.c.id)
    newest = (rows.c.day.desc(), rows.c.id.desc())
    awaited = select(rows, func.row_number(type_=Integer).over(order_by=soonest).label("rank")).where(awaits(rows))
    others = select(rows, func.row_number(type_=Integer).over(order_by=newest).label("rank")).where(~awaits(rows))
    if after:
        key = (bindparam("after", type_=Date()), bindparam("after_id", type_=Uuid()))
        others = others.where(tuple_(rows.c.day, rows.c.id) < tuple_(*key))
    return together(
        awaited=awaited.order_by(*soonest).limit(literal_column(str(MOST_AWAITED))),
        others=others.order_by(*newest).limit(literal_column(str(limit + 1))),
    )


def _key(after: str) -> tuple[Any, ...] | None:
    day, _, ident = after.partition("~")
    try:
        return date.fromisoformat(day), uuid.UUID(ident)
    except ValueError:
        return None
