"""Reminders: found when their day comes, told once, stopped by what happened meanwhile."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import func, select

from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.notifications import proposing
from shared.notifications.applying import LATER_STEP
from shared.notifications.holding import Then, hold, let_go
from shared.notifications.models import Reason, Status
from shared.notifications.rule_models import Reminder
from shared.notifications.sending import drain
from shared.people.models import EmailSlot
from shared.records import changing
from shared.records.models import Record
from shared.records.reminding import remind
from tests.engines import Machine
from tests.factories import records, told
from tests.sink import Sink

START = datetime(2026, 6, 1, 8, tzinfo=UTC)  # a Monday
DUE = date(2026, 6, 3)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(office: Machine) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def look(clock: time_machine.Traveller, moment: datetime) -> None:
    """The tick at that moment, then the sender once the messages have gathered."""
    clock.move_to(moment)
    db.session.commit()
    for _step in remind():
        db.session.commit()
    clock.move_to(moment + HOUR)
    drain("email")


def reminded(record: Record) -> int:
    query = select(func.count()).select_from(Event).where(Event.record_id == record.id)
    return db.session.scalar(query.where(Event.name == f"{record.kind}.reminded")) or 0


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, 30, tzinfo=UTC)  # 9:30 in Paris


@pytest.mark.row("A-13")
def test_an_unpaid_invoice_is_reminded_of_on_its_day_and_once(clock: time_machine.Traveller, sink: Sink) -> None:
    told.rule("invoice.reminded.7", since=now())
    invoice = records.an_invoice(told.a_party("dubois"), number="FA-1", due_on=DUE)
    look(clock, morning(DUE + timedelta(days=6)))
    assert not sink.received
    for minutes in (0, 2, 4):
        look(clock, morning(DUE + timedelta(days=7)) + timedelta(minutes=minutes))
    look(clock, morning(DUE + timedelta(days=8)))
    (message,) = sink.received
    assert message.recipients == ["relance@dubois.example"] and "FA-1" in message.text
    assert reminded(invoice) == 1


@pytest.mark.row("A-13")
def test_an_invoice_that_was_paid_the_day_before_is_not(clock: time_machine.Traveller, sink: Sink) -> None:
    told.rule("invoice.reminded.7", since=now())
    party = told.a_party("dubois")
    invoice = records.an_invoice(party, due_on=DUE, amount=Decimal("100"), net_amount=None)
    clock.move_to(morning(DUE + timedelta(days=6)))
    records.a_payment(party, "100.00")
    look(clock, morning(DUE + timedelta(days=7)))
    assert not sink.received and invoice.status == "paid"


@pytest.mark.parametrize("what", ["paid", "disputed", "moved", "off"])
def test_a_reminder_that_waits_stops_by_itself(clock: time_machine.Traveller, sink: Sink, what: str) -> None:
    rule = told.rule("invoice.reminded.7", since=now())
    invoice = records.an_invoice(told.a_party("dubois"), due_on=DUE)
    clock.move_to(morning(DUE + timedelta(days=7)))
    list(remind())
    (line,) = told.lines_of(invoice)
    assert (line.status, line.reason) == (Status.WAITING, Reason.PLANNED)
    if what == "paid":
        records.moved(invoice, "settle")
    elif what == "disputed":
        records.moved(invoice, "dispute")
    elif what == "moved":
        changing.change(record=invoice, by="command", values={"due_on": DUE + timedelta(days=30)})
    else:
        rule.enabled = False
    db.session.commit()
    clock.shift(HOUR)
    assert drain("email") == 0
    assert line.status is Status.CANCELLED and line.reply and not sink.received


def test_a_date_that_moves_is_reminded_of_again(clock: time_machine.Traveller, sink: Sink) -> None:
    told.rule("invoice.reminded.7", since=now())
    invoice = records.an_invoice(told.a_party("dubois"), due_on=DUE)
    look(clock, morning(DUE + timedelta(days=7)))
    changing.change(record=invoice, by="command", values={"due_on": DUE + timedelta(days=30)})
    look(clock, morning(DUE + timedelta(days=37)) + timedelta(days=2))  # 10 July is a Friday: on the day itself
    assert len(sink.received) == 2 and reminded(invoice) == 2


def test_several_overdue_invoices_of_one_party_share_a_message(clock: time_machine.Traveller, sink: Sink) -> None:
    told.rule("invoice.reminded.7", since=now())
    party, other = told.a_party("dubois"), told.a_party("martin")
    late = [records.an_invoice(party, number=f"FA-{n}", due_on=DUE, amount=Decimal(100 + n)) for n in range(3)]
    records.an_invoice(other, number="FA-9", due_on=DUE)
    clock.move_to(morning(DUE + timedelta(days=7)))
    list(remind())
    records.moved(late[2], "settle")
    db.session.commit()
    clock.shift(HOUR)
    assert drain("email") == 2
    (message,) = sink.to("relance@dubois.example")
    listed = [line for line in message.text.splitlines() if line.startswith("- ")]
    assert len(listed) == 2, "the one that was paid meanwhile is left out"
    assert "FA-0" in listed[0] and "100,00" in listed[0] and "3 juin 2026" in listed[0]
    assert "FA-9" not in message.text


def test_amounts_of_two_currencies_are_never_added(clock: time_machine.Traveller, sink: Sink) -> None:
    told.rule("invoice.reminded.30", days=7, since=now())  # whose text says the sum
    party = told.a_party("dubois")
    for amount, currency in (("100.00", "EUR"), ("40.00", "EUR"), ("70.00", "USD")):
        given = {"amount": Decimal(amount), "net_amount": None, "currency": currency}
        records.an_invoice(party, due_on=DUE, **given)
    look(clock, morning(DUE + timedelta(days=7)))
    (message,) = sink.received
    text = message.text.replace("\xa0", " ").replace("\u202f", " ")
    assert "140,00 € + 70,00 $US" in text.replace("$ US", "$US") and "210,00" not in text


def test_a_step_that_still_waits_gives_way_to_the_next_one(clock: time_machine.Traveller, sink: Sink) -> None:
    for key in ("invoice.reminded.7", "invoice.reminded.15"):
        told.rule(key, since=now())
    told.rule("invoice.reminded.30", since=now(), audience="record_staff", days=16, working_days=False)
    invoice = records.an_invoice(told.a_party("dubois"), due_on=DUE)
    hold(family=invoice.party.family, by="command")
    for days in (7, 15, 16):
        look(clock, morning(DUE + timedelta(days=days)))
    assert not sink.received
    let_go(family=invoice.party.family, then=Then.SEND, by="command")
    db.session.commit()
    drain("email")
    assert len(sink.to("relance@dubois.example")) == 1
    first, second = [line for line in told.lines_of(invoice) if line.slot is EmailSlot.REMINDER]
    assert (first.status, first.reply, second.status) == (Status.CANCELLED, LATER_STEP, Status.SENT)


def test_a_reminder_that_somebody_edited_stops_like_any_other(clock: time_machine.Traveller, sink: Sink) -> None:
    told.rule("invoice.reminded.7", since=now(), automatic=False)
    invoice = records.an_invoice(told.a_party("dubois"), due_on=DUE)
    clock.move_to(morning(DUE + timedelta(days=7)))
    list(remind())
    (line,) = told.lines_of(invoice)
    proposing.confirm(notification=line, by="command", subject="Votre facture", body="Merci de la régler.")
    records.moved(invoice, "settle")
    db.session.commit()
    assert drain("email") == 0
    (line,) = told.lines_of(invoice)
    assert line.status is Status.CANCELLED and not sink.received


def test_a_record_that_the_conditions_leave_out_is_not_said_to_have_been_reminded_of(
    clock: time_machine.Traveller, sink: Sink
) -> None:
    told.rule("invoice.reminded.7", since=now(), conditions={"amount_from": "500"})
    small = records.an_invoice(told.a_party("dubois"), due_on=DUE, amount=Decimal("499.99"), net_amount=None)
    great = records.an_invoice(told.a_party("martin"), due_on=DUE, amount=Decimal("500.00"), net_amount=None)
    look(clock, morning(DUE + timedelta(days=7)))
    assert [reminded(small), reminded(great)] == [0, 1]


@pytest.mark.row("A-19")
@pytest.mark.parametrize("answer", ["", "accept", "refuse"])
def test_the_end_of_a_quote_is_told_of_unless_it_was_answered(
    clock: time_machine.Traveller, sink: Sink, answer: str
) -> None:
    told.rule("quote.reminded", since=now())
    quote = records.a_quote(told.a_party("dubois"), number="DE-1", valid_until=date(2026, 6, 30))
    db.session.commit()
    drain("email")
    sink.clear()
    if answer:
        records.moved(quote, answer, reason="Trop tard")
        db.session.commit()
        drain("email")
        sink.clear()
    look(clock, morning(date(2026, 6, 22)))
    assert not sink.received
    look(clock, morning(date(2026, 6, 23)))
    assert len(sink.to("devis@dubois.example")) == (0 if answer else 1)


def test_only_the_rule_that_met_its_day_is_obeyed(clock: time_machine.Traveller, sink: Sink) -> None:
    for key in ("invoice.reminded.7", "invoice.reminded.15", "invoice.reminded.30"):
        told.rule(key, since=now())
    invoice = records.an_invoice(told.a_party("dubois"), due_on=DUE)
    look(clock, morning(DUE + timedelta(days=7)))
    assert len(sink.received) == 1
    look(clock, morning(DUE + timedelta(days=15)))
    assert len(sink.received) == 2 and reminded(invoice) == 2


def test_what_was_due_before_the_rule_was_enabled_is_not_caught_up(clock: time_machine.Traveller, sink: Sink) -> None:
    old = records.an_invoice(told.a_party("dubois"), issued_on=date(2026, 3, 1), due_on=date(2026, 5, 20))
    told.rule("invoice.reminded.7", since=now())
    look(clock, START + HOUR)
    assert reminded(old) == 0
    look(clock, morning(date(2026, 6, 10)))
    late = records.an_invoice(told.a_party("martin"), issued_on=date(2026, 5, 1), due_on=date(2026, 6, 2))
    look(clock, morning(date(2026, 6, 11)))
    assert reminded(late) == 1, "entered a little after its day, it is still reminded of"


def test_a_look_writes_each_reminder_once_in_batches(clock: time_machine.Traveller) -> None:
    told.rule("invoice.reminded.7", since=now())
    party = told.a_party("dubois")
    for number in range(205):
        record = Record(kind="invoice", number=f"FA-{number}", party_id=party.id, status="validated", created_by="x")
        record.is_open, record.due_on, record.amount = True, DUE, Decimal(10)
        db.session.add(record)
    clock.move_to(morning(DUE + timedelta(days=7)))
    assert [count for count in remind() if count] == [200, 5]
    assert sum(remind()) == 0
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == 205
