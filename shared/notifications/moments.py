"""When a rule's message leaves: wall time of the company's zone, working days, the dates that met their moment."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.notifications.rule_models import Rule
from shared.working_days import is_working, last_working, next_working

APPOINTMENT = "appointment_at"  # the one date that has an hour of its own
LONGEST_WAIT = 12  # days that a run of days off may last


class Range(NamedTuple):
    """Values of a record's date whose moment has come: `least` left out, `most` included; instants for an hour."""

    least: date | datetime
    most: date | datetime


def due_at(rule: Rule, moment: datetime, zone: str) -> datetime:
    """When the message of an event at `moment` leaves: at once, or after the rule's delay in minutes of wall time.

    On working days only, else at the rule's hour of the next one.
    """
    here = ZoneInfo(zone)
    local = moment.astimezone(here)
    if rule.moment == "after":
        local = (local.replace(tzinfo=None) + timedelta(minutes=rule.delay)).replace(tzinfo=here)
    if rule.moment in ("now", "after") and rule.working_days and not is_working(local.date()):
        local = datetime.combine(next_working(local.date()), time(rule.hour), here)
    return local.astimezone(UTC)


def met_between(rule: Rule, since: datetime, until: datetime, zone: str) -> Range | None:
    """The dates of records for which the rule's moment lies after `since` and not after `until`; None: there are none.

    A date fires `days` after itself (before when negative) at the rule's hour; where that is no working day, on the
    next one, or before a date on the last one. An appointment fires at its own wall time of that day, so that a
    reminder of 24 hours leaves 24 hours of wall time over a change of the clock.
    """
    here = ZoneInfo(zone)
    if rule.date_field == APPOINTMENT:
        return Range(_shifted(since, rule.days, here), _shifted(until, rule.days, here))
    first = since.astimezone(here).date() - timedelta(days=rule.days + LONGEST_WAIT)
    last = until.astimezone(here).date() - timedelta(days=rule.days - LONGEST_WAIT)
    met = [day for day in _days(first, last) if since < fires_at(rule, day, zone) <= until]
    return Range(met[0] - timedelta(days=1), met[-1]) if met else None


def fires_at(rule: Rule, day: date | datetime, zone: str) -> datetime:
    """When the rule's message about that date of a record leaves, in UTC."""
    here = ZoneInfo(zone)
    if isinstance(day, datetime):
        local = day.astimezone(here).replace(tzinfo=None) + timedelta(days=rule.days)
        return local.replace(tzinfo=here).astimezone(UTC)
    on = day + timedelta(days=rule.days)
    if rule.working_days and not is_working(on):
        on = next_working(on) if rule.days >= 0 else last_working(on)
    return datetime.combine(on, time(rule.hour), here).astimezone(UTC)


def _shifted(moment: datetime, days: int, here: ZoneInfo) -> datetime:
    """The appointment that fires then: the wall time of `moment`, as many days back as the rule goes forward."""
    wall = moment.astimezone(here).replace(tzinfo=None) - timedelta(days=days)
    return wall.replace(tzinfo=here).astimezone(UTC)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
