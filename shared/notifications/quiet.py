"""Quiet hours of a family (« droit à la déconnexion », Code du travail, L2242-17): when its notices may leave.

Told by the clock of the company, summer time included. Security messages never wait for it.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SATURDAY = 5  # of `date.weekday`
LONGEST = 8  # silences that may follow each other: a week of nights and a weekend


class Quiet(Protocol):
    """A family, or a row that bears its quiet hours: none where both are empty."""

    @property
    def quiet_from(self) -> time | None: ...
    @property
    def quiet_until(self) -> time | None: ...
    @property
    def quiet_weekends(self) -> bool: ...


def next_allowed(hours: Quiet, moment: datetime, zone: str) -> datetime:
    """`moment` itself, or the end of the silence that holds then: with the weekend, Monday at the end of the night."""
    here = ZoneInfo(zone)
    local, found = moment.astimezone(here), moment
    for _silence in range(LONGEST):
        end = _end_of_silence(hours, local)
        if end is None:
            break
        found = end.astimezone(UTC)
        local = found.astimezone(here)
    return found


def _end_of_silence(hours: Quiet, local: datetime) -> datetime | None:
    """When the silence around this local time ends, None outside of any."""
    today, midnight = local.date(), time(tzinfo=local.tzinfo)
    if hours.quiet_weekends and today.weekday() >= SATURDAY:
        return datetime.combine(today + timedelta(days=1), midnight)
    begins, ends = hours.quiet_from, hours.quiet_until
    if begins is None or ends is None or begins == ends:
        return None
    at, overnight = local.time(), begins > ends
    until = ends.replace(tzinfo=local.tzinfo)
    if overnight and at >= begins:
        return datetime.combine(today + timedelta(days=1), until)
    silent = at < ends if overnight else begins <= at < ends
    return datetime.combine(today, until) if silent else None
