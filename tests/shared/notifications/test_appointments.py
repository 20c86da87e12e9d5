"""Appointments: a calendar entry that follows them, a reminder that leaves by itself, an answer that is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar

from shared.clock import now
from shared.extensions import db
from shared.notifications.applying import PAST
from shared.notifications.models import Status
from shared.notifications.sending import drain
from shared.people.models import Grant, Role, Staff
from shared.records import changing
from shared.records.answering import answer_appointment
from shared.records.models import Record
from shared.records.reminding import remind
from tests.engines import Machine
from tests.factories import records, told
from tests.sink import Received, Sink

START = datetime(2026, 3, 20, 9, tzinfo=UTC)
SUMMER = datetime(2026, 3, 30, 7, 30, tzinfo=UTC)  # 9:30 in Paris, the day after the clock changed
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def clock(office: Machine) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as clock:
        told.rule("intervention.reminded", since=now())
        yield clock


def sent() -> int:
    db.session.commit()
    return drain("email")


def entry(message: Received) -> tuple[str, Any, Any]:
    """(METHOD, the event, the whole calendar) of the .ics of a message."""
    (part,) = [each for each in message.message.iter_attachments() if each.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == calendar["METHOD"] and part.get_filename() == "rendez-vous.ics"
    (event,) = calendar.events
    return calendar["METHOD"], event, calendar


def an_appointment(at: datetime = SUMMER) -> Record:
    place = {"appointment_place": "3 rue des Lilas, Nantes", "title": "Entretien; chaudière, brûleur"}
    return records.an_intervention(told.a_party("dubois"), number="DI-1", appointment_at=at, **place)


@pytest.mark.row("A-20")
def test_an_appointment_holds_a_calendar_entry_at_the_right_time_and_zone(
    clock: time_machine.Traveller, sink: Sink
) -> None:
    record = an_appointment()
    assert sent() == 1
    (message,) = sink.received
    assert "30 mars 2026 à 09:30" in message.subject
    method, event, calendar = entry(message)
    assert method == "PUBLISH" and event["SEQUENCE"] == 0 and str(record.id) in event["UID"]
    assert event.start == datetime(2026, 3, 30, 9, 30, tzinfo=PARIS) == SUMMER
    assert event["DTSTART"].params["TZID"] == "Europe/Paris" and event.end - event.start == timedelta(hours=1)
    assert event["LOCATION"] == "3 rue des Lilas, Nantes" and "chaudière, brûleur" in event["SUMMARY"]
    assert event["ORGANIZER"].startswith("mailto:") and "ATTENDEE" not in event
    assert offsets(calendar) == {
        ("DAYLIGHT", datetime.fromisoformat("2026-03-29T02:00"), timedelta(hours=1), timedelta(hours=2)),
        ("STANDARD", datetime.fromisoformat("2026-10-25T03:00"), timedelta(hours=2), timedelta(hours=1)),
    }


def offsets(calendar: Any) -> set[tuple[str, datetime, timedelta, timedelta]]:
    """The changes of the clock of that year, each told by the clock that stood before it."""
    (zone,) = calendar.timezones
    assert zone["TZID"] == "Europe/Paris"
    changes = zone.subcomponents
    told_by = {(each.name, each["DTSTART"].dt, each["TZOFFSETFROM"].td, each["TZOFFSETTO"].td) for each in changes}
    return {each for each in told_by if each[1].year == 2026}


@pytest.mark.row("A-20")
def test_the_entry_follows_an_appointment_that_moves_and_goes_with_one_that_is_off(
    clock: time_machine.Traveller, sink: Sink
) -> None:
    record = an_appointment()
    sent()
    later = SUMMER + timedelta(days=1)
    changing.change(record=record, by="command", values={"appointment_at": later})
    sent()
    changing.change(record=record, by="command", values={"appointment_at": None})
    sent()
    made, moved, off = (entry(each) for each in sink.received)
    assert len({str(event["UID"]) for _method, event, _calendar in (made, moved, off)}) == 1
    assert [event["SEQUENCE"] for _method, event, _calendar in (made, moved, off)] == [0, 1, 2]
    assert [method for method, _event, _calendar in (made, moved, off)] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert moved[1].start == later and off[1].start == later and off[1]["STATUS"] == "CANCELLED"
    assert "31 mars 2026" in sink.received[2].subject


def look(clock: time_machine.Traveller, moment: datetime) -> int:
    clock.move_to(moment)
    db.session.commit()
    list(remind())
    return sent()


@pytest.mark.row("A-21")
@pytest.mark.row("A-22")
def test_the_reminder_leaves_by_itself_at_that_hour_of_the_day_before(
    clock: time_machine.Traveller, sink: Sink
) -> None:
    an_appointment(datetime(2026, 3, 29, 7, 30, tzinfo=UTC))  # 9:30 on the day that lacks an hour
    sent()
    sink.clear()
    assert look(clock, datetime(2026, 3, 28, 8, 29, tzinfo=UTC)) == 0, "9:29 the day before"
    assert look(clock, datetime(2026, 3, 28, 8, 31, tzinfo=UTC)) == 1
    assert look(clock, datetime(2026, 3, 28, 8, 35, tzinfo=UTC)) == 0
    assert entry(sink.received[0])[1]["SEQUENCE"] == 0


@pytest.mark.row("A-21")
def test_on_working_days_the_reminder_of_a_monday_leaves_on_friday(clock: time_machine.Traveller, sink: Sink) -> None:
    told.rule("intervention.reminded", since=now(), working_days=True)
    an_appointment()  # a Monday at 9:30
    sent()
    sink.clear()
    assert look(clock, datetime(2026, 3, 27, 8, 29, tzinfo=UTC)) == 0
    assert look(clock, datetime(2026, 3, 27, 8, 31, tzinfo=UTC)) == 1
    assert [look(clock, datetime(2026, 3, day, 8, tzinfo=UTC)) for day in (28, 29, 30)] == [0, 0, 0]


def test_what_was_to_be_said_before_an_appointment_is_not_said_after_it(
    clock: time_machine.Traveller, sink: Sink
) -> None:
    record = an_appointment()
    sent()
    sink.clear()
    assert look(clock, SUMMER + timedelta(hours=1)) == 0, "the tick had stopped for two days"
    stopped = [line for line in told.lines_of(record) if line.event == "intervention.reminded"]
    assert [(line.status, line.reply) for line in stopped] == [(Status.CANCELLED, PAST)]


@pytest.mark.row("A-21")
@pytest.mark.parametrize("moved_to", [SUMMER + timedelta(days=3), None])
def test_an_appointment_that_moved_or_is_off_is_not_reminded_of(
    clock: time_machine.Traveller, sink: Sink, moved_to: datetime | None
) -> None:
    record = an_appointment()
    sent()
    clock.move_to(SUMMER - timedelta(days=1) + timedelta(minutes=1))
    list(remind())  # the line is written, and the appointment changes before it leaves
    changing.change(record=record, by="command", values={"appointment_at": moved_to})
    sink.clear()
    sent()
    (message,) = sink.received
    assert ("déplacé" if moved_to else "annulé") in message.subject
    stopped = [line for line in told.lines_of(record) if line.event == "intervention.reminded"]
    assert [line.status for line in stopped] == [Status.CANCELLED]
    assert stopped[0].reply


@pytest.mark.row("A-21")
def test_the_answer_of_the_customer_stands_on_the_file_and_is_told_to_staff(
    clock: time_machine.Traveller, sink: Sink
) -> None:
    record = an_appointment()
    role = Role(key="planning", label="Planning", permissions=["backoffice:records:edit"])
    staff = Staff(email="planning@societe.example", name="Planning", password_hash="!", grants=[Grant(role=role)])
    db.session.add(staff)
    sent()
    sink.clear()
    answer_appointment(record=record, answer="move_asked", by="account:x", text="Plutôt jeudi.")
    assert sent() == 1
    (message,) = sink.to("planning@societe.example")
    assert "à déplacer" in message.text and "Plutôt jeudi." in message.text
    assert f"/backoffice/record/{record.id}" in message.text
    assert (record.appointment_answer, record.appointment_note) == ("move_asked", "Plutôt jeudi.")
    assert now() == START
