"""Moments of the calendar that are always still to come."""

from datetime import date, timedelta

from shared.clock import today


def skipped_day() -> date:
    """The next last Sunday of March: in Paris 02:30 does not exist on it (directive 2000/84/EC, article 2)."""
    return next(day for year in (today().year, today().year + 1) if (day := _last_sunday(year)) > today())


def _last_sunday(year: int) -> date:
    end = date(year, 3, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)
