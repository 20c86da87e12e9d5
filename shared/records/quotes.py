"""Every quote that was shared with a party, with or without a record: those that wait for an answer, then the rest."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, or_, select, tuple_

from shared.access.models import Seat
from shared.extensions import db
from shared.records.kinds import QUOTE
from shared.records.papers import Paper, papers

PAGE = 50
MOST_AWAITED = 100


@dataclass(frozen=True, slots=True)
class Quotes:
    """`awaited`: the soonest to end first; `others`: the newest first, `after` where the next ones begin."""

    awaited: list[Paper]
    others: list[Paper]
    after: str | None


def quotes(*, seat: Seat, day: date, after: str = "", limit: int = PAGE) -> Quotes:
    """What this seat may see, on that day; two queries."""
    rows = papers(seat, QUOTE)
    soonest = select(rows).where(awaits(rows, day)).order_by(rows.c.due_on.asc().nulls_last(), rows.c.id)
    rest = select(rows).where(~awaits(rows, day)).order_by(rows.c.day.desc(), rows.c.id.desc())
    if (key := _key(after)) is not None:
        rest = rest.where(tuple_(rows.c.day, rows.c.id) < key)
    found = [Paper._make(row) for row in db.session.execute(rest.limit(limit + 1))]
    others = found[:limit]
    last = others[-1] if len(found) > limit else None
    return Quotes(
        awaited=[Paper._make(row) for row in db.session.execute(soonest.limit(MOST_AWAITED))],
        others=others,
        after=f"{last.day.isoformat()}~{last.id}" if last else None,
    )


def awaits(rows: CTE, day: date) -> ColumnElement[bool]:
    """A record that was not answered, within its validity; a document alone is answered by its signature."""
    return and_(rows.c.status.is_not_distinct_from("validated"), or_(rows.c.due_on.is_(None), rows.c.due_on >= day))


def _key(after: str) -> tuple[Any, ...] | None:
    day, _, ident = after.partition("~")
    try:
        return date.fromisoformat(day), uuid.UUID(ident)
    except ValueError:
        return None
