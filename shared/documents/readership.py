"""What was published and read, week by week: counted from what happened, which no later purge takes away."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, and_, case, cast, exists, false, func, literal_column, select, union_all
from sqlalchemy.orm import aliased

from shared.clock import midnight, now
from shared.documents.models import Document, Folder
from shared.events.models import Event
from shared.extensions import db
from shared.people.scopes import Scope

PUBLISHED, OPENED, DOWNLOADED = "document.published", "document.opened", "document.downloaded"
SOON = timedelta(days=7)
LOOKED_AT = 20_000  # events of each sort, the latest first


class Week(NamedTuple):
    """A week that begins on `monday`. `ripe`: published for seven days at least; `soon`: read within them."""

    monday: date
    published: int = 0
    opened: int = 0
    downloaded: int = 0
    ripe: int = 0
    soon: int = 0


def weeks(scope: Scope, mondays: Sequence[date], zone: str) -> tuple[list[Week], bool]:
    """The weeks that begin on these days where the company is; False when more happened than was looked at."""
    since = midnight(mondays[0], zone)
    each = union_all(*(_latest(scope, name, since) for name in (PUBLISHED, OPENED, DOWNLOADED))).subquery()
    monday = cast(func.date_trunc("week", func.timezone(zone, each.c.at)), Date)
    query = select(
        each.c.name, monday, func.count(), func.count().filter(each.c.ripe), func.count().filter(each.c.soon)
    )
    found = {(name, on): numbers for name, on, *numbers in db.session.execute(query.group_by(each.c.name, monday))}
    told = [_week(on, found) for on in mondays]
    most = max(sum(getattr(week, part) for week in told) for part in ("published", "opened", "downloaded"))
    return told, most < LOOKED_AT


def _week(on: date, found: dict[tuple[str, date], list[int]]) -> Week:
    published, ripe, soon = found.get((PUBLISHED, on), (0, 0, 0))
    return Week(on, published, found.get((OPENED, on), [0])[0], found.get((DOWNLOADED, on), [0])[0], ripe, soon)


def _latest(scope: Scope, name: str, since: datetime) -> Select[*tuple[Any, ...]]:
    """The last events of one sort about documents in reach, by the index of names and times."""
    read = aliased(Event)
    ripe = Event.at <= now() - SOON if name == PUBLISHED else false()
    soon = exists().where(
        read.document_id == Event.document_id,
        read.at >= Event.at,
        read.at < Event.at + SOON,
        read.name.in_((OPENED, DOWNLOADED)),
    )
    query = select(
        Event.name, Event.at, ripe.label("ripe"), case((and_(ripe), soon), else_=false()).label("soon")
    ).join(Document, Document.id == Event.document_id)
    query = query.join(Folder, Folder.id == Document.folder_id)
    query = query.where(Event.name == name, Event.at >= since, scope.documents())
    latest: Select[*tuple[Any, ...]] = select(
        query.order_by(Event.at.desc()).limit(literal_column(str(LOOKED_AT))).subquery()
    )
    return latest
