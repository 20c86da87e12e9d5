"""When a rule's message leaves: wall time of the company's zone, working days, the dates that met their moment."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from shared.notifications.rule_models import Rule
from shared.working_days import is_working, last_working, next_working

APPOINTMENT = "appointment_at"  # the one date that has an hour of its own
LONGEST_WAIT = 12  # days that a run of days off may last
EDGE = timedelta(microseconds=1)  # the least that PostgreSQL tells apart


class Range(NamedTuple):
    """Values of a record's date whose moment has come: `least` left out, `most` included; instants for an hour."""

    least: Any  # both dates, or both instants
    most: Any


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


def met_between(rule: Rule, since: datetime, until: datetime, zone: str) -> list[Range]:
    """The dates of records for which the rule's moment lies after `since` and not after `until`, in their order.

    A date fires `days` after itself (before when negative) at the rule's hour; where that is no working day, on the
    next one, or before a date on the last one. An appointment fires at its own wall time of that day, so that a
    reminder of 24 hours leaves 24 hours of wall time over a change of the clock.
    """
    here = ZoneInfo(zone)
    if rule.date_field == APPOINTMENT and not rule.working_days:
        return [Range(_shifted(since, rule.days, here), _shifted(until, rule.days, here))]
    first = since.astimezone(here).date() - timedelta(days=rule.days + LONGEST_WAIT)
    last = until.astimezone(here).date() - timedelta(days=rule.days - LONGEST_WAIT)
    if rule.date_field == APPOINTMENT:
        return _hours_met(rule, _days(first, last), since.astimezone(here), until.astimezone(here))
    met = [day for day in _days(first, last) if since < fires_at(rule, day, zone) <= until]
    return [Range(met[0] - timedelta(days=1), met[-1])] if met else []


def fires_at(rule: Rule, day: date | datetime, zone: str) -> datetime:
    """When the rule's message about that date of a record leaves, in UTC."""
    here = ZoneInfo(zone)
    if isinstance(day, datetime):
        local = day.astimezone(here)
        return _wall(_day_of(rule, local.date()), local.time(), local)
    return datetime.combine(_day_of(rule, day), time(rule.hour), here).astimezone(UTC)


def _day_of(rule: Rule, day: date) -> date:
    """The day on which that date of a record fires; what is said of an appointment is never said after it."""
    on = day + timedelta(days=rule.days)
    if not rule.working_days or is_working(on):
        return on
    waits = rule.days > 0 if rule.date_field == APPOINTMENT else rule.days >= 0
    return next_working(on) if waits else last_working(on)


def _hours_met(rule: Rule, days: Sequence[date], since: datetime, until: datetime) -> list[Range]:
    """Day by day, since appointments of several days fire on one working day, each at its own hour."""
    found: list[Range] = []
    for day in days:
        on = _day_of(rule, day)
        if not since.date() <= on <= until.date():
            continue
        begins, ends = _wall(day, time(), since) - EDGE, _wall(day + timedelta(days=1), time(), since) - EDGE
        least = _wall(day, since.time(), since) if on == since.date() else begins
        most = _wall(day, until.time(), since) if on == until.date() else ends
        if found and found[-1].most == least:
            least = found.pop().least
        if least < most:
            found.append(Range(least, most))
    return found


def _wall(day: date, at: time, local: datetime) -> datetime:
    """That hour of that day where `local` is told, in UTC."""
    return datetime.combine(day, at.replace(fold=0), local.tzinfo).astimezone(UTC)


def _shifted(moment: datetime, days: int, here: ZoneInfo) -> datetime:
    """The appointment that fires then: the wall time of `moment`, as many days back as the rule goes forward."""
    wall = moment.astimezone(here).replace(tzinfo=None) - timedelta(days=days)
    return wall.replace(tzinfo=here).astimezone(UTC)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
