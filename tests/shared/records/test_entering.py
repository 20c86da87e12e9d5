"""A record is entered once, completed afterwards, and refused whole when one value is wrong."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from shared.clock import now, today
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Grant
from shared.people.scopes import Scope
from shared.records.changing import change
from shared.records.entering import enter
from shared.records.finding import counts, record_in, timeline
from shared.records.models import Record
from tests.factories import office, records
from tests.factories.clock import skipped_day

Db = scoped_session[Session]
BY = records.BY


@pytest.fixture(autouse=True)
def installation(db_session: Db) -> None:
    office.an_installation()


def names(record: Record) -> list[str]:
    return [event.name.split(".")[1] for event in reversed(timeline(record.id))]


def test_the_same_record_entered_three_times_is_one() -> None:
    party = office.customer()
    values = {"number": "F-2026-7", "external_id": "erp-7", "amount": "1200.00", "issued_on": "2026-11-02"}
    made = [enter(kind="invoice", party=party, by=BY, values=values, status="validated") for _ in range(3)]
    assert len({record.id for record in made}) == 1
    assert names(made[0]) == ["created", "validated"]
    assert made[0].amount == Decimal("1200.00") and made[0].number_folded == "f-2026-7"


def test_an_entry_completes_what_it_differs_in() -> None:
    party = office.customer()
    first = enter(kind="invoice", party=party, by=BY, values={"number": "F-8", "amount": "10"})
    again = enter(kind="invoice", party=party, by=BY, values={"number": "F-8", "due_on": "2026-12-31"})
    assert again.id == first.id and again.amount == Decimal("10") and str(again.due_on) == "2026-12-31"
    assert names(again) == ["created", "changed"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "12,50"}, "amount"),
        ({"amount": "12.505"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": 12.5}, "amount"),
        ({"due_on": "31/12/2026"}, "due_on"),
        ({"due_on": "2026-02-30"}, "due_on"),
        ({"issued_on": "2026-11-02", "due_on": "2026-11-01"}, "due_on"),
        ({"valid_until": "2026-12-31"}, "valid_until"),
        ({"appointment_at": "2026-12-31T10:00"}, "appointment_at"),
        ({"contact_id": "camille"}, "contact_id"),
        ({"colour": "red"}, "colour"),
        ({"number": "x" * 61}, "number"),
        ({"title": "a\x00b"}, "title"),
        ({"currency": "euro"}, "currency"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name_and_nothing_is_left(values: dict[str, object], field: str) -> None:
    party = office.customer()
    with pytest.raises(Refused) as refusal:
        enter(kind="invoice", party=party, by=BY, values={"number": "F-9"} | values)
    assert refusal.value.field == field
    assert db.session.scalar(select(func.count()).select_from(Record)) == 0


def test_a_time_that_the_clock_skips_is_refused() -> None:
    party, day = office.customer(), skipped_day()
    with pytest.raises(Refused) as refusal:
        enter(kind="intervention", party=party, by=BY, values={"appointment_at": f"{day}T02:30"})
    assert refusal.value.field == "appointment_at" and f"{day:%d/%m/%Y}" in refusal.value.sentence
    made = enter(kind="intervention", party=party, by=BY, values={"appointment_at": f"{day}T03:30"})
    assert made.appointment_at == datetime.combine(day, time(1, 30), UTC)


def test_an_appointment_of_the_past_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        records.an_intervention(appointment_at=now() - timedelta(days=1))
    assert refusal.value.field == "appointment_at"


def test_the_number_of_another_party_and_a_strange_family_are_refused() -> None:
    records.an_invoice(number="F-10")
    with pytest.raises(Refused) as refusal:
        records.an_invoice(number="F-10")
    assert refusal.value.field == "party"
    with pytest.raises(Refused) as refusal:
        enter(kind="expense_report", party=office.customer(), by=BY, values={})
    assert refusal.value.field == "party"
    with pytest.raises(Refused) as refusal:
        enter(kind="poem", party=office.customer(), by=BY, values={})
    assert refusal.value.field == "kind"


def test_lines_make_the_totals() -> None:
    lines = [{"label": "Module", "quantity": "3", "price": "33.33"}, {"label": "Pose", "price": "100", "rate": "10"}]
    quote = records.a_quote(lines=lines, amount=None, net_amount=None)
    assert (quote.net_amount, quote.amount) == (Decimal("199.99"), Decimal("229.99"))
    with pytest.raises(Refused) as refusal:
        records.a_quote(lines=[{"label": "", "price": "1"}])
    assert refusal.value.field == "lines"


def test_a_changed_memo_is_an_event_and_the_same_one_is_none() -> None:
    invoice = records.an_invoice(memo="Accès par la cour")
    assert change(record=invoice, by=BY, values={"memo": "Accès par la rue"}) == ["memo"]
    assert change(record=invoice, by=BY, values={"memo": "Accès par la rue"}) == []
    told = [event for event in timeline(invoice.id) if event.name == "invoice.memo_changed"]
    assert [(event.facts["before"], event.facts["after"]) for event in told] == [
        ("Accès par la cour", "Accès par la rue")
    ]


def test_appointments_are_made_moved_and_cancelled() -> None:
    record = records.an_intervention(appointment_at=None)
    begins = now().replace(microsecond=0) + timedelta(days=5)
    change(record=record, by=BY, values={"appointment_at": begins, "appointment_ends_at": begins + timedelta(hours=2)})
    change(record=record, by=BY, values={"appointment_at": begins + timedelta(days=1)})
    assert record.appointment_ends_at == begins + timedelta(days=1, hours=2) and record.appointment_revision == 2
    change(record=record, by=BY, values={"appointment_at": None})
    assert names(record) == ["created", "appointment_made", "appointment_moved", "appointment_cancelled"]


def test_a_state_code_is_entered_when_it_changes_and_is_known() -> None:
    records.a_code("103")
    record = records.an_intervention()
    change(record=record, by=BY, values={"state_code": "103"})
    change(record=record, by=BY, values={"state_code": "103"})
    assert names(record).count("state_entered") == 1
    with pytest.raises(Refused) as refusal:
        change(record=record, by=BY, values={"state_code": "999"})
    assert refusal.value.field == "state_code" and record.state_code == "103"


def test_who_saves_an_older_page_is_told() -> None:
    quote = records.a_quote()
    revision = quote.revision
    change(record=quote, by=BY, values={"title": "Autre"}, revision=revision)
    with pytest.raises(Stale):
        change(record=quote, by=BY, values={"title": "Encore"}, revision=revision)


def test_a_closed_invoice_keeps_its_figures() -> None:
    invoice = records.an_invoice()
    records.moved(invoice, "cancel")
    with pytest.raises(Refused) as refusal:
        change(record=invoice, by=BY, values={"amount": "1"})
    assert refusal.value.field == "amount"
    change(record=invoice, by=BY, values={"memo": "Annulée à la demande du client"})


@pytest.mark.row("L-12")
def test_typing_the_day_of_acceptance_is_the_acceptance_once() -> None:
    quote = records.a_quote()
    day = today() - timedelta(days=1)
    assert change(record=quote, by=BY, values={"accepted_on": day}) == ["accepted_on"]
    assert (quote.status, quote.accepted_on) == ("accepted", day)
    assert not records.moved(quote, "accept")
    change(record=quote, by=BY, values={"accepted_on": day})
    told = select(func.count()).select_from(Event).where(Event.name == "quote.accepted", Event.record_id == quote.id)
    assert db.session.scalar(told) == 1


def test_records_out_of_reach_do_not_exist() -> None:
    invoice, report = records.an_invoice(), records.a_record("expense_report")
    everywhere, customers = Scope((Grant(),)), Scope((Grant(family_id=office.family().id),))
    assert record_in(everywhere, report.id) is report and record_in(customers, invoice.id) is invoice
    assert record_in(customers, report.id) is None
    assert record_in(Scope((Grant(folder_id=office.folder().id),)), invoice.id) is None
    assert record_in(Scope(()), invoice.id) is None
    assert counts("expense_report", customers) == {} and counts("invoice", customers) == {"validated": 1}


def test_what_was_accepted_does_not_change_under_who_accepted_it() -> None:
    lines = [{"label": "Enseigne", "price": "1000"}]
    quote = records.a_quote(lines=lines, amount=None, net_amount=None)
    records.moved(quote, "accept")
    for values, wanted, field in (({"amount": "1"}, None, "amount"), ({}, [{"label": "Deux enseignes"}], "lines")):
        values = values or {"amount": quote.amount}
        with pytest.raises(Refused) as refusal, db.session.begin_nested():
            change(record=quote, by=BY, values=values, lines=wanted)
        assert refusal.value.field == field
    assert change(record=quote, by=BY, values={"amount": quote.amount, "memo": "Bien reçu"}, lines=lines) == ["memo"]
