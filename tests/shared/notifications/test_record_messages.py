"""What happens to a record reaches the right people, once, with what it says now; the others hear nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import func, select

from shared.clock import now, today
from shared.events.models import Event
from shared.extensions import db
from shared.notifications import rules
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.resending import resend
from shared.notifications.rule_switching import switch
from shared.notifications.sending import drain
from shared.people.addressing import change_cell
from shared.people.models import Contact, EmailSlot, Grant, Party, Person, Role, Staff
from shared.records import changing
from shared.records.answering import answer_exchange
from shared.records.models import Record
from shared.records.noting import note
from shared.todos.models import Todo, TodoKind
from tests.engines import Machine
from tests.factories import records, told
from tests.factories.office import customer, family
from tests.sink import Sink


def sent() -> int:
    db.session.commit()
    return drain("email")


def recipients(sink: Sink) -> list[str]:
    return sorted(address for each in sink.received for address in each.recipients)


@pytest.mark.row("L-08")
def test_a_quote_and_an_invoice_that_are_validated_are_told_once_each_with_number_and_link(
    office: Machine, sink: Sink
) -> None:
    party = told.a_party("dubois")
    told.rule("invoice.validated")
    quote, invoice = records.a_quote(party, number="DE-1"), records.an_invoice(party, number="FA-1")
    assert sent() == 2
    (offered,) = sink.to("devis@dubois.example")
    (billed,) = sink.to("facturation@dubois.example")
    assert "DE-1" in offered.subject and "FA-1" in billed.subject
    assert "/l/" in offered.text and "/l/" in billed.text
    assert [len(told.lines_of(each)) for each in (quote, invoice)] == [1, 1]


@pytest.mark.row("L-09")
def test_validation_and_confirmation_of_an_invoice_are_two_events(office: Machine, sink: Sink) -> None:
    told.rule("invoice.confirmed")
    invoice = records.an_invoice(told.a_party("dubois"), number="FA-1")
    assert sent() == 0, "its validation is another rule, which is off"
    records.moved(invoice, "confirm")
    records.moved(invoice, "confirm")
    assert sent() == 1 and "confirmée" in sink.received[0].subject


@pytest.mark.row("L-10")
def test_a_payment_is_told_once_with_the_new_balance(office: Machine, sink: Sink) -> None:
    told.rule("payment.confirmed")
    party = told.a_party("dubois")
    records.an_invoice(party, amount=Decimal("100.00"), net_amount=None)
    for _time in range(2):
        records.a_payment(party, "40.00", external_id="ERP-1", source="csv")
    assert sent() == 1
    (message,) = sink.to("facturation@dubois.example")
    assert "40,00" in message.subject and "Solde de votre compte" in message.text and "60,00" in message.text


@pytest.mark.row("L-11")
def test_an_expense_report_is_told_to_its_employee_at_each_step(office: Machine, sink: Sink) -> None:
    employee = told.a_party("camille", "employees")
    report = records.a_record("expense_report", employee)
    for move in ("validate", "validate", "confirm", "confirm"):
        records.moved(report, move)
    assert sent() == 2
    assert recipients(sink) == ["fiche@camille.example"] * 2


@pytest.mark.row("L-13")
@pytest.mark.row("L-14")
def test_an_internal_exchange_is_told_to_every_party_once_at_each_step(office: Machine, sink: Sink) -> None:
    party, others = told.a_party("un"), [told.a_party("deux", "suppliers"), told.a_party("trois", "employees")]
    everybody = [f"fiche@{name}.example" for name in ("deux", "trois", "un")]
    exchange = records.an_exchange(party, parties=others)
    records.moved(exchange, "submit")
    assert sent() == 3 and recipients(sink) == everybody
    for move in ("validate", "confirm"):
        sink.clear()
        records.moved(exchange, move)
        assert sent() == 3 and recipients(sink) == everybody


@pytest.mark.row("L-13")
def test_the_answer_of_a_party_reaches_the_others(office: Machine, sink: Sink) -> None:
    party, other = told.a_party("un"), told.a_party("deux", "suppliers")
    exchange = records.an_exchange(party, parties=[other])
    told.rule("exchange_voucher.answered")
    sent()
    sink.clear()
    answer_exchange(record=exchange, party=other, answer="accepted", by="command")
    assert sent() == 1 and recipients(sink) == ["fiche@un.example"]


@pytest.mark.row("L-15")
def test_an_internal_payment_is_told_to_the_companys_own_people_only(office: Machine, sink: Sink) -> None:
    inside, also = told.a_party("camille", "employees"), told.a_party("sam", "employees")
    outside = told.a_party("dubois")
    payment = records.a_record("internal_payment", inside, parties=[also, outside])
    records.moved(payment, "confirm")
    assert sent() == 2
    assert recipients(sink) == ["fiche@camille.example", "fiche@sam.example"]


@pytest.mark.row("L-16")
@pytest.mark.parametrize("kind", ["invoice", "quote", "expense_report", "exchange_voucher"])
def test_a_memo_that_changes_is_told_and_one_that_does_not_is_not(office: Machine, sink: Sink, kind: str) -> None:
    family = "employees" if kind == "expense_report" else "customers"
    record = records.a_record(kind, told.a_party("dubois", family), memo="Par la cour.")
    sent()
    sink.clear()
    changing.change(record=record, by="command", values={"memo": "Par l’arrière, avant midi."})
    changing.change(record=record, by="command", values={"memo": "Par l’arrière, avant midi."})
    assert sent() == 1
    assert "Par l’arrière, avant midi." in sink.received[0].text and "Par la cour." in sink.received[0].text


@pytest.mark.row("A-12")
def test_an_invoice_that_is_sent_leaves_one_line_with_its_final_text(office: Machine, sink: Sink) -> None:
    invoice = records.an_invoice(told.a_party("dubois"), number="FA-1", amount=Decimal("671.15"), net_amount=None)
    records.moved(invoice, "send")
    records.moved(invoice, "send")
    assert sent() == 1
    (line,) = told.lines_of(invoice)
    assert line.status is Status.SENT and line.subject == sink.received[0].subject
    assert line.body and "FA-1" in line.body and "671,15" in line.body and "/l/" not in line.body


@pytest.mark.row("A-25")
def test_the_code_that_a_technician_enters_is_told_once(office: Machine, sink: Sink) -> None:
    told.rule("intervention.state_entered", conditions={"state_codes": ["103"]})
    for code in ("102", "103"):
        records.a_code(code, f"État {code}")
    record = records.an_intervention(told.a_party("dubois"), appointment_at=None, state_code="102")
    assert sent() == 0, "102 is not asked for"
    for _time in range(2):
        changing.change(record=record, by="command", values={"state_code": "103"})
    assert sent() == 1
    assert "103 · État 103" in sink.received[0].text


@pytest.mark.row("A-04")
def test_the_person_tied_to_an_invoice_is_written_to_else_the_cell(office: Machine, sink: Sink) -> None:
    party = told.a_party("dubois")
    tied = Contact(party=party, person=Person(family_name="Martin"), email="martin@ailleurs.example")
    db.session.add(tied)
    db.session.flush()
    with_one = records.an_invoice(party, contact_id=tied.id)
    without = records.an_invoice(party)
    for each in (with_one, without):
        records.moved(each, "send")
    assert sent() == 2
    assert recipients(sink) == ["facturation@dubois.example", "martin@ailleurs.example"]


@pytest.mark.row("A-04")
def test_a_run_sends_to_those_who_have_an_address_and_leaves_the_others_waiting(office: Machine, sink: Sink) -> None:
    invoices = []
    for number in range(100):
        cells = {} if number % 40 == 7 else dict.fromkeys(EmailSlot, f"p{number}@exemple.fr")
        party = customer(name=f"Tiers {number}", addresses=cells)
        invoices.append(laid(party, number))
    for each in invoices:
        records.moved(each, "send")
    assert sent() == 97
    waiting = [line for number in (7, 47, 87) for line in told.lines_of(invoices[number])]
    assert [(line.status, line.reason) for line in waiting] == [(Status.WAITING, Reason.NO_ADDRESS)] * 3
    to_do = db.session.scalars(select(Todo).where(Todo.kind == TodoKind.NO_ADDRESS)).all()
    assert {each.party_id for each in to_do} == {line.party_id for line in waiting} and len(to_do) == 3
    party = db.session.get_one(Party, waiting[0].party_id)
    change_cell(party=party, slot=EmailSlot.BILLING, address="enfin@exemple.fr", seen="", by="command")
    assert sent() == 1 and sink.to("enfin@exemple.fr"), "what waited for an address leaves once there is one"
    assert db.session.scalar(select(func.count()).select_from(Todo).where(Todo.closed_at.is_(None))) == 2


def test_contacts_who_share_an_address_receive_one_message(office: Machine, sink: Sink) -> None:
    party = told.a_party("dubois")
    told.rule("order.ready", audience="record_contacts")
    for name, address in (("Un", "compta@dubois.example"), ("Deux", "Compta@dubois.example"), ("Trois", "t@d.example")):
        db.session.add(Contact(party=party, person=Person(family_name=name), email=address))
    db.session.flush()
    records.moved(records.an_order(party), "make_ready")
    assert sent() == 2 and recipients(sink) == ["compta@dubois.example", "t@d.example"]


def test_a_condition_on_the_family_holds_for_what_staff_are_told(office: Machine, sink: Sink) -> None:
    party = told.a_party("dubois")
    handler("ventes@societe.example")
    for key, expected in (("customers", 1), ("suppliers", 0)):
        told.rule("quote.asked", conditions={"family_ids": [str(family(key).id)]})
        quote = records.a_quote(party)
        sent()
        sink.clear()
        note(record=quote, event="asked", by="account:x", facts={"text": "Et en rouge ?"})
        sent()
        assert len(sink.to("ventes@societe.example")) == expected, key


def test_whoever_entered_a_record_and_handles_that_family_no_more_is_not_told(office: Machine, sink: Sink) -> None:
    party, former = told.a_party("dubois"), handler("parti@societe.example", "suppliers")
    handler("ventes@societe.example", "customers")
    quote = records.a_quote(party)
    quote.created_by = f"staff:{former.id}"
    sent()
    sink.clear()
    note(record=quote, event="asked", by="account:x", facts={"text": "Et en rouge ?"})
    sent()
    assert recipients(sink) == ["ventes@societe.example"]


def handler(address: str, key: str = "") -> Staff:
    role = Role(key=f"role-{address}", label="Suivi", permissions=["backoffice:records:edit"])
    grant = Grant(role=role, family_id=family(key).id if key else None)
    made = Staff(email=address, name="Suivi", password_hash="!", grants=[grant])
    db.session.add(made)
    db.session.flush()
    return made


def test_what_staff_are_told_of_two_parties_is_never_in_one_message(office: Machine, sink: Sink) -> None:
    handler("ventes@societe.example")
    told.rule("quote.asked", groups=True)
    for name in ("un", "deux"):
        note(record=records.a_quote(told.a_party(name)), event="asked", by="account:x", facts={"text": "?"})
    lines = db.session.scalars(select(Notification).where(Notification.event == "quote.asked")).all()
    assert len(lines) == len({line.party_id for line in lines}) == 2


def test_a_message_planned_for_later_does_not_leave_once_its_rule_is_off(office: Machine, sink: Sink) -> None:
    rule = told.rule("order.ready", moment="after", delay=60)
    order = records.an_order(told.a_party("dubois"))
    records.moved(order, "make_ready")
    switch(rule=rule, on=False, by="command")
    with time_machine.travel(now() + timedelta(hours=2)):
        assert sent() == 0
    (line,) = told.lines_of(order)
    assert line.status is Status.CANCELLED and "désactivée" in line.reply


def laid(party: Party, number: int) -> Record:
    record = Record(kind="invoice", number=f"FA-{number}", number_folded=f"fa-{number}", party=party, created_by="x")
    record.status, record.is_open, record.amount, record.due_on = "validated", True, Decimal(100), today()
    db.session.add(record)
    db.session.flush()
    return record


def test_conditions_look_at_the_amount_and_the_family(office: Machine, sink: Sink) -> None:
    told.rule("order.ready", conditions={"amount_from": "500", "amount_to": "1500.50"})
    party = told.a_party("dubois")
    for amount in ("499.99", "500.00", "1500.50", "1500.51"):
        records.moved(records.an_order(party, lines=(), amount=Decimal(amount)), "make_ready")
    assert sent() == 2
    told.rule("order.ready", conditions={"family_ids": [str(family("suppliers").id)]})
    records.moved(records.an_order(party), "make_ready")
    assert sent() == 0


def test_contacts_by_function_and_blind_copies_of_a_rule(office: Machine, sink: Sink) -> None:
    party = told.a_party("dubois")
    for role, address in (("Comptabilité", "compta@x.example"), ("Gérant", "gerant@x.example")):
        db.session.add(Contact(party=party, person=Person(family_name=role), email=address, role=role))
    told.rule("order.ready", audience="record_contacts", role="comptabilite", blind_copies="archive@x.example")
    records.moved(records.an_order(party, number="BC-7"), "make_ready")
    assert sent() == 2, "the copy follows the message"
    assert recipients(sink) == ["archive@x.example", "compta@x.example"]
    (copy,) = sink.to("archive@x.example")
    assert "BC-7" in copy.text and "/l/" not in copy.text


def test_a_message_that_waits_is_dropped_when_the_record_was_answered(office: Machine, sink: Sink) -> None:
    told.rule("quote.validated", moment="after", delay=60)
    quote = records.a_quote(told.a_party("dubois"))
    records.moved(quote, "accept")
    (line,) = [each for each in told.lines_of(quote) if each.event == "quote.validated"]
    line.due_at -= timedelta(hours=1)
    assert sent() == 0
    assert line.status is Status.CANCELLED and "Accepté" in line.reply


@pytest.mark.row("A-16")
def test_an_order_that_is_sent_again_carries_the_version_of_today(office: Machine, sink: Sink) -> None:
    order = records.an_order(told.a_party("dubois"), number="BC-1")
    records.moved(order, "send")
    sent()
    changing.change(record=order, by="command", values={"amount": Decimal("150.00")})
    (first,) = told.lines_of(order)
    resend(notification_id=first.id, by="command")
    assert sent() == 1
    before, after = told.lines_of(order)
    assert after.resend_of_id == before.id
    assert "150,00" in (after.body or "") and "150,00" not in (before.body or ""), "history keeps both texts"
    assert "150,00" in sink.received[1].text


def test_nothing_of_a_record_is_told_twice_when_the_rules_are_asked_again(office: Machine) -> None:
    quote = records.a_quote(told.a_party("dubois"))
    event = db.session.scalars(select(Event).where(Event.name == "quote.validated")).one()
    rules.apply(event)
    assert db.session.scalar(select(func.count()).select_from(Notification)) == len(told.lines_of(quote)) == 1
