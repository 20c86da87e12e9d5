"""The days on which France works: Monday to Friday, outside of its public holidays (Code du travail, L3133-1)."""

import functools
from datetime import date, timedelta

from dateutil.easter import easter

SATURDAY = 5  # of `date.weekday`
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))  # month, day


def is_working(day: date) -> bool:
    """Monday to Friday, outside of the public holidays of France (Code du travail, L3133-1)."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def next_working(day: date) -> date:
    """That day, or the first working day after it."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def last_working(day: date) -> date:
    """That day, or the last working day before it."""
    while not is_working(day):
        day -= timedelta(days=1)
    return day


@functools.lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    """The eleven « fêtes légales » of the code du travail, article L3133-1."""
    sunday = easter(year)
    moving = [sunday + timedelta(days=days) for days in (1, 39, 50)]  # Easter Monday, Ascension, Whit Monday
    return frozenset([date(year, *fixed) for fixed in FIXED] + moving)
