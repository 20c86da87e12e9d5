"""The one place that tells the time, so that a test may freeze it and the demo may remember the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

COMPANY_ZONE = ZoneInfo("Europe/Paris")  # in which the days of a right or of a term are counted

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _pretended.get() or datetime.now(UTC)


def today() -> date:
    """The day it is where the company is."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day it was then where the company is; late in the evening it is the next one already, seen from London."""
    return moment.astimezone(COMPANY_ZONE).date()


def midnight(day: date, zone: str) -> datetime:
    """When that day begins in that zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last one: 31 January and one month is 28 February."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, it is `moment` (aware): what is written bears that time. Only for data that tells of the past."""
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone is nobody's time")
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
