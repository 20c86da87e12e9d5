"""Quiet hours: what is published at night tells its reader in the morning, by the clock of the company."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from shared.clock import now
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.quiet import next_allowed
from shared.notifications.releasing import synchronise_lines
from shared.notifications.sending import drain
from shared.people.models import EmailSlot, Family
from shared.people.shipping import ship_families
from tests.engines import Machine
from tests.factories import counter, post
from tests.factories import office as offices
from tests.sink import Sink

PARIS = ZoneInfo("Europe/Paris")
EMPLOYEE, CUSTOMER = "camille@maison.example", "compta@boutique.example"


@dataclass
class Hours:
    quiet_from: time | None = time(20)
    quiet_until: time | None = time(8)
    quiet_weekends: bool = True


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[arg-type, misc]


@pytest.mark.row("P-89")
@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        (paris(2026, 11, 24, 23), paris(2026, 11, 25, 8)),
        (paris(2026, 11, 25, 7, 59), paris(2026, 11, 25, 8)),
        (paris(2026, 11, 25, 8), paris(2026, 11, 25, 8)),
        (paris(2026, 11, 27, 20), paris(2026, 11, 30, 8)),  # Friday evening: Monday morning
        (paris(2026, 11, 29, 15), paris(2026, 11, 30, 8)),  # Sunday afternoon
        (paris(2026, 3, 28, 23), paris(2026, 3, 30, 8)),  # the clocks go forward on the 29th
        (paris(2026, 10, 25, 12), paris(2026, 10, 26, 8)),  # and back on the 25th of October
        (paris(2026, 7, 15, 23), paris(2026, 7, 16, 8)),
    ],
)
def test_the_next_hour_at_which_a_notice_may_leave(at: datetime, leaves: datetime) -> None:
    assert next_allowed(Hours(), at.astimezone(UTC), "Europe/Paris") == leaves


def test_summer_and_winter_differ_by_an_hour_of_the_world() -> None:
    nights = Hours(quiet_weekends=False)
    assert next_allowed(nights, paris(2026, 3, 28, 23), "Europe/Paris").astimezone(UTC).hour == 6
    assert next_allowed(nights, paris(2026, 10, 24, 23), "Europe/Paris").astimezone(UTC).hour == 7


def test_hours_of_the_day_and_none_at_all() -> None:
    lunch = Hours(time(12), time(14), False)
    assert next_allowed(lunch, paris(2026, 11, 25, 13), "Europe/Paris") == paris(2026, 11, 25, 14)
    assert next_allowed(Hours(None, None, False), paris(2026, 11, 29, 3), "Europe/Paris") == paris(2026, 11, 29, 3)


def quiet() -> None:
    family = offices.family("employees")
    family.quiet_from, family.quiet_until, family.quiet_weekends = time(20), time(8), True
    db.session.flush()


def a_payslip() -> None:
    employee = offices.customer(key="employees", addresses={EmailSlot.CARD: EMPLOYEE})
    counter.a_seat(employee)
    post.announced(employee, offices.folder("e.payslips"), "2026-11")


@pytest.mark.row("P-89")
@pytest.mark.row("FR-21")
def test_a_payslip_published_at_eleven_at_night_is_announced_at_eight(office: Machine, sink: Sink) -> None:
    with time_machine.travel(paris(2026, 11, 24, 23), tick=False):
        quiet()
        a_payslip()
        post.announced(post.a_customer(), post.invoices())
        db.session.commit()
        drain("email")
        assert sink.to(CUSTOMER) and not sink.to(EMPLOYEE), "customers have no quiet hours"
        [line] = [each for each in post.lines() if each.status is Status.WAITING]
        assert (line.reason, line.due_at) == (Reason.QUIET_HOURS, paris(2026, 11, 25, 8))
        synchronise_lines()
        db.session.commit()
        drain("email")
        assert not sink.to(EMPLOYEE), "« Synchroniser » wakes nobody"
    with time_machine.travel(paris(2026, 11, 25, 8, 1), tick=False):
        drain("email")
        assert len(sink.to(EMPLOYEE)) == 1


@pytest.mark.row("FR-21")
def test_a_retry_that_falls_in_the_night_waits_and_a_security_message_leaves(office: Machine, sink: Sink) -> None:
    with time_machine.travel(paris(2026, 11, 24, 19), tick=False):
        quiet()
        a_payslip()
        db.session.commit()
        [line] = post.lines()
        assert line.reason is Reason.NONE
    with time_machine.travel(paris(2026, 11, 24, 20, 5), tick=False):
        seat = counter.a_seat(offices.customer(key="employees"))
        seat.account.email, seat.account.email_verified_at = "paul@maison.example", now()
        record("account.reset_requested", by="anonymous", party_id=seat.party_id, account_id=seat.account_id)
        db.session.commit()
        drain("email")
        assert sink.to("paul@maison.example") and not sink.to(EMPLOYEE)
        db.session.expire_all()
        found = db.session.get_one(Notification, line.id)
        assert (found.reason, found.due_at) == (Reason.QUIET_HOURS, paris(2026, 11, 25, 8))


def test_an_upgrade_gives_employees_their_nights_once(office: Machine) -> None:
    family = offices.family("employees")
    family.shipped_version = 0
    ship_families()
    assert (family.quiet_from, family.quiet_until, family.quiet_weekends) == (time(20), time(8), True)
    family.quiet_from, family.quiet_until = None, None
    ship_families()
    assert family.quiet_from is None, "what was decided stands"
    assert db.session.get_one(Family, offices.family().id).quiet_from is None
