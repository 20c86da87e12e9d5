"""Wall time, working days and public holidays: when a rule's message leaves."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.notifications.moments import due_at, fires_at, met_between
from shared.notifications.rule_models import Rule
from shared.working_days import is_working, last_working, next_working

PARIS = "Europe/Paris"


def a_rule(**values: object) -> Rule:
    plain = {"moment": "date", "delay": 0, "days": 0, "hour": 9, "working_days": False, "date_field": "due_on"}
    return Rule(**plain | values)


@pytest.mark.row("A-22")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-03-28T08:00+00:00", "2026-03-29T07:00+00:00"),  # 9:00 on Saturday, 9:00 on the Sunday that lacks an hour
        ("2026-10-24T07:00+00:00", "2026-10-25T08:00+00:00"),  # and on the Sunday that has one more
        ("2026-06-10T07:00+00:00", "2026-06-11T07:00+00:00"),
    ],
)
def test_a_delay_of_a_day_is_a_day_of_wall_time(before: str, after: str) -> None:
    rule = a_rule(moment="after", delay=24 * 60)
    assert due_at(rule, datetime.fromisoformat(before), PARIS) == datetime.fromisoformat(after)


@pytest.mark.row("A-22")
@pytest.mark.parametrize(
    ("appointment", "reminder"),
    [("2026-03-29T07:00+00:00", "2026-03-28T08:00+00:00"), ("2026-10-25T08:00+00:00", "2026-10-24T07:00+00:00")],
)
def test_a_reminder_the_day_before_leaves_a_day_of_wall_time(appointment: str, reminder: str) -> None:
    rule, at = a_rule(date_field="appointment_at", days=-1), datetime.fromisoformat(appointment)
    fires = fires_at(rule, at, PARIS)
    assert fires == datetime.fromisoformat(reminder)
    second = timedelta(seconds=1)
    (reach,) = met_between(rule, fires - second, fires, PARIS)
    assert reach.least < at <= reach.most
    (early,) = met_between(rule, fires - 2 * second, fires - second, PARIS)
    assert early.most < at


def test_the_public_holidays_of_france_are_no_working_days() -> None:
    told = "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"  # service-public.fr, for 2026
    assert not any(is_working(date.fromisoformat(f"2026-{day}")) for day in told.split())
    weekdays = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(not is_working(day) and day.weekday() < 5 for day in weekdays) == 9, "two of them are in a weekend"
    assert next_working(date(2026, 12, 25)) == date(2026, 12, 28), "Christmas is a Friday"
    assert last_working(date(2026, 4, 6)) == date(2026, 4, 3), "Easter Monday, and the weekend before it"


def test_a_working_day_is_the_next_one_after_a_date_and_the_last_one_before_it() -> None:
    dunning, validity = a_rule(days=7, working_days=True), a_rule(days=-7, working_days=True)
    assert fires_at(dunning, date(2026, 12, 18), PARIS) == datetime(2026, 12, 28, 8, tzinfo=UTC)
    assert fires_at(validity, date(2027, 1, 1), PARIS) == datetime(2026, 12, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize("working", [True, False])
@pytest.mark.parametrize("days", [7, -7, 0])
def test_every_date_of_a_year_fires_in_one_look_and_one_only(days: int, working: bool) -> None:
    rule = a_rule(days=days, working_days=working)
    looks = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=7 * n) for n in range(1200)]
    met: list[date] = []
    for since, until in itertools.pairwise(looks):
        for reach in met_between(rule, since, until, PARIS):
            found = [reach.least + timedelta(days=1 + n) for n in range((reach.most - reach.least).days)]
            assert all(since < fires_at(rule, day, PARIS) <= until for day in found)
            met += found
    assert met == [met[0] + timedelta(days=n) for n in range(len(met))] and len(met) > 340


def test_an_appointment_is_reminded_of_on_the_last_working_day_at_its_hour_and_never_after_it() -> None:
    veille = a_rule(date_field="appointment_at", days=-1, working_days=True)
    monday = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert fires_at(veille, monday, PARIS) == datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "Friday at the same hour"
    easter_tuesday = datetime(2026, 4, 7, 8, tzinfo=UTC)
    assert fires_at(veille, easter_tuesday, PARIS) == datetime(2026, 4, 3, 8, tzinfo=UTC)
    sunday = datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert fires_at(a_rule(date_field="appointment_at", working_days=True), sunday, PARIS) < sunday


@pytest.mark.parametrize("days", [-3, -1, 0, 2])
def test_every_appointment_of_a_year_fires_in_one_look_and_one_only(days: int) -> None:
    rule = a_rule(date_field="appointment_at", days=days, working_days=True)
    looks = [datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=17 * n) for n in range(460)]
    made = [datetime(2026, 3, 1, 6, 45, tzinfo=UTC) + timedelta(hours=5 * n) for n in range(1200)]
    met: list[datetime] = []
    for since, until in itertools.pairwise(looks):
        for reach in met_between(rule, since, until, PARIS):
            found = [at for at in made if reach.least < at <= reach.most]
            assert all(since < fires_at(rule, at, PARIS) <= until for at in found)
            met += found
    assert sorted(met) == made


def test_a_message_of_a_working_day_waits_for_it() -> None:
    rule = a_rule(moment="now", working_days=True, hour=8)
    assert due_at(rule, datetime(2026, 5, 8, 10, tzinfo=UTC), PARIS) == datetime(2026, 5, 11, 6, tzinfo=UTC)
    monday = datetime(2026, 5, 11, 10, tzinfo=UTC)
    assert due_at(rule, monday, PARIS) == monday
