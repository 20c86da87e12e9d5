"""Every quote that was shared with a party, with or without a record: those that wait for an answer, then the rest."""

import functools
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
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)

from shared.access.models import Seat
from shared.asking import columns_of
from shared.paging import follows, known, spelled
from shared.records.kinds import QUOTE
from shared.records.papers import STATED_ON, Paper, papers
from shared.records.together import apart, read, together
from shared.records.visible import Sight, sight, who

PAGE = 50
MOST_AWAITED = 100


@dataclass(frozen=True, slots=True)
class Quotes:
    """`awaited`: the soonest to end first; `others`: the newest first, `after` where the next ones begin.

    Of very many that are awaited, the last to end stand among the others.
    """

    awaited: list[Paper]
    others: list[Paper]
    after: str | None


def quotes(*, seat: Seat, day: date, after: str = "", limit: int = PAGE) -> Quotes:
    """What this seat may see, on that day; one query."""
    key = known(after)
    query = _pages(sight(seat), bool(key), limit)
    found = apart(columns_of(query, {**who(seat), "stated_on": day, **key}))
    rows = read(Paper, sorted(found["others"], key=attrgetter("rank")))
    others = rows[:limit]
    last = others[-1] if len(rows) > limit else None
    return Quotes(
        awaited=read(Paper, sorted(found["awaited"], key=attrgetter("rank"))),
        others=others,
        after=spelled(last.day, last.id) if last else None,
    )


def awaits(rows: CTE) -> ColumnElement[bool]:
    """A record that was not answered, within its validity; a document alone is answered by its signature."""
    in_time = or_(rows.c.due_on.is_(None), rows.c.due_on >= STATED_ON)
    return and_(rows.c.status.is_not_distinct_from("validated"), in_time)


@functools.cache
def _pages(sight: Sight, after: bool, limit: int) -> CompoundSelect[Any]:
    every = papers(sight, QUOTE)
    soonest = (every.c.due_on.asc().nulls_last(), every.c.id)
    turn = func.row_number(type_=Integer).over(partition_by=awaits(every), order_by=soonest)
    rows = select(every, case((awaits(every), turn)).label("turn")).cte("quote")
    newest = (rows.c.day.desc(), rows.c.id.desc())
    rank = func.row_number(type_=Integer).over(order_by=newest).label("rank")
    others = select(rows, rank).where(or_(rows.c.turn.is_(None), rows.c.turn > MOST_AWAITED))
    if after:
        others = others.where(follows(rows.c.day, rows.c.id, Date()))
    return together(
        awaited=select(rows, rows.c.turn.label("rank")).where(rows.c.turn <= MOST_AWAITED),
        others=others.order_by(*newest).limit(literal_column(str(limit + 1))),
    )
