"""Payments, goods and closing: each once, balanced, and never more than there is."""

from decimal import Decimal

import facturx as reference
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from shared.documents.models import Document, Version
from shared.documents.storage import original_key, read, storage
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification
from shared.notifications.shipping import ship_messages
from shared.people.models import Activity, EmailSlot
from shared.records import allocating, closing, paying
from shared.records.changing import change
from shared.records.finding import shares_of
from shared.records.money_models import AccountingEntry
from shared.records.sharing import owed
from tests.factories import office, records

Db = scoped_session[Session]


@pytest.fixture(autouse=True)
def installation(db_session: Db) -> None:
    office.an_installation()
    ours = Activity(name="Atelier Lumen", legal="Atelier Lumen, SARL – 4 quai de la Fosse – 44000 Nantes")
    ours.siret, ours.vat_number = "73282932000074", "FR44732829320"
    db.session.add(ours)
    db.session.flush()


def told(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name).order_by(Event.id)))


@pytest.mark.row("L-10")
def test_a_payment_of_the_erp_is_once_and_tells_the_new_balance() -> None:
    party = office.customer()
    first, second = records.an_invoice(party, amount="100", net_amount="80"), records.an_invoice(party)
    for _ in range(3):
        payment = records.a_payment(party, "150.00", external_id="pay-1", source="csv")
    event, *more = told("payment.confirmed")
    assert more == [] and event.facts["balance"] == "1150.00"
    assert (first.status, first.balance) == ("paid", 0) and (second.status, second.paid) == ("validated", 50)
    assert [(invoice.number, share.amount) for invoice, share in shares_of(payment)] == [
        (first.number, Decimal("100.00")),
        (second.number, Decimal("50.00")),
    ]
    assert owed(party.id) == Decimal("1150.00") and len(told("invoice.paid")) == 1


def test_what_a_payment_leaves_over_counts_for_its_party() -> None:
    party = office.customer()
    invoice = records.an_invoice(party, amount="100", net_amount="80")
    payment = records.a_payment(party, "130", invoice=invoice)
    assert payment.balance == Decimal("30") and owed(party.id) == Decimal("-30.00")
    assert records.moved(payment, "cancel")
    assert (invoice.status, invoice.balance, owed(party.id)) == ("confirmed", Decimal("100"), Decimal("100.00"))


def test_shares_beyond_the_payment_or_the_invoice_are_refused() -> None:
    party, stranger = office.customer(), office.customer()
    invoice, theirs = records.an_invoice(party, amount="100", net_amount="80"), records.an_invoice(stranger)
    for shares in ({invoice.id: Decimal("60")}, {theirs.id: Decimal("10")}, {invoice.id: Decimal("-5")}):
        with pytest.raises(Refused) as refusal, db.session.begin_nested():
            paying.pay(party=party, amount=Decimal("50"), by=records.BY, shares=shares)
        assert refusal.value.field == "invoices"
    with pytest.raises(Refused) as refusal:
        records.a_payment(party, "0")
    assert refusal.value.field == "amount" and invoice.paid == 0


def test_a_paid_invoice_is_not_cancelled_before_its_payment() -> None:
    party = office.customer()
    invoice = records.an_invoice(party)
    records.a_payment(party, "10")
    with pytest.raises(Refused):
        records.moved(invoice, "cancel")
    assert invoice.status == "validated"


def test_an_amount_that_is_corrected_settles_the_invoice() -> None:
    party = office.customer()
    invoice = records.an_invoice(party, amount="100", net_amount="80")
    records.a_payment(party, "90")
    change(record=invoice, by=records.BY, values={"amount": "90", "net_amount": "75"})
    assert invoice.status == "paid"
    change(record=invoice, by=records.BY, values={"amount": "95", "net_amount": "75"})
    assert invoice.status == "confirmed" and invoice.balance == 5


@pytest.mark.row("L-15")
def test_an_internal_payment_is_no_customers_and_pays_no_invoice() -> None:
    party = office.customer()
    invoice = records.an_invoice(party)
    records.a_payment(party, "10", internal=True)
    assert len(told("internal_payment.confirmed")) == 1 and told("payment.confirmed") == []
    assert invoice.paid == 0


@pytest.mark.row("A-17")
def test_goods_go_to_the_oldest_order_and_the_last_one_makes_it_ready_once() -> None:
    ship_messages()
    party = office.customer(addresses={EmailSlot.CARD: "atelier@dubois.example"})
    first, second = records.an_order(party), records.an_order(office.customer())
    parts = [allocating.receive(reference="LED-12", quantity=Decimal(3), by=records.BY, entry="BR-1") for _ in range(3)]
    assert parts[0].orders == (first,) and parts[1].orders == ()
    assert first.status == "validated" and first.lines[0].allocated == 3
    last = allocating.receive(reference="LED-12", quantity=Decimal(2), by=records.BY, entry="BR-2")
    assert last.ready == (first,) and last.orders == (first, second) and second.lines[0].allocated == 1
    assert [event.record_id for event in told("order.ready")] == [first.id]
    notices = db.session.scalars(select(Notification.party_id).where(Notification.event == "order.ready"))
    assert list(notices) == [party.id], "one notice, to the customer of the order that is ready"
    rest = allocating.receive(reference="LED-12", quantity=Decimal(10), by=records.BY)
    assert rest.left == 7 and second.status == "ready"


def test_goods_that_are_nothing_are_refused() -> None:
    for reference_, quantity, field in (("", "1", "reference"), ("A", "0", "quantity"), ("A", "0.0001", "quantity")):
        with pytest.raises(Refused) as refusal:
            allocating.receive(reference=reference_, quantity=Decimal(quantity), by=records.BY)
        assert refusal.value.field == field


@pytest.mark.row("P-59")
def test_closing_three_times_files_one_invoice_and_writes_its_entries_once() -> None:
    lines = [
        {"label": "Enseigne", "quantity": "1", "price": "1000"},
        {"label": "Pose", "quantity": "2", "price": "100", "rate": "10"},
    ]
    invoice = records.an_invoice(office.customer("CLI-9"), number="F-2026-0042", lines=lines, amount=None)
    assert [records.moved(invoice, "close") for _ in range(3)] == [True, False, False]
    assert invoice.status == "closed"
    document = db.session.scalars(select(Document)).one()
    assert (document.number, document.folder.shipped_key) == ("F-2026-0042", "c.invoices")
    written = [(e.account, e.party_account, str(e.debit), str(e.credit)) for e in closing.entries_of(invoice)]
    assert written == [
        ("411000", "CLI-9", "1420.00", "0.00"),
        ("706000", "", "0.00", "1200.00"),
        ("445710", "", "0.00", "20.00"),
        ("445710", "", "0.00", "200.00"),
    ]
    event = told("invoice.closed")
    assert len(event) == 1 and len(event[0].facts["entries"]) == 4
    sums = db.session.execute(select(func.sum(AccountingEntry.debit), func.sum(AccountingEntry.credit))).one()
    assert sums[0] == sums[1]
    _is_facturx(document, "F-2026-0042")


def test_a_credit_note_is_written_on_the_other_side() -> None:
    note = records.an_invoice(number="A-1", amount="-120", net_amount="-100", is_credit_note=True)
    records.moved(note, "close")
    assert [(e.account, str(e.debit), str(e.credit)) for e in closing.entries_of(note)] == [
        ("411000", "0.00", "120.00"),
        ("706000", "100.00", "0.00"),
        ("445710", "20.00", "0.00"),
    ]


def test_an_invoice_whose_tax_is_unknown_stays_open() -> None:
    invoice = records.an_invoice(net_amount=None)
    with pytest.raises(Refused) as refusal:
        records.moved(invoice, "close")
    assert refusal.value.field == "net_amount" and invoice.status == "validated"
    assert db.session.scalar(select(func.count()).select_from(AccountingEntry)) == 0


def _is_facturx(document: Document, number: str) -> None:
    version = db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
    data = read(storage(), original_key(version.sha256))
    name, xml = reference.get_xml_from_pdf(data)
    assert name == "factur-x.xml" and reference.xml_check_xsd(xml, level="en16931") and number.encode() in xml


def test_shares_are_in_one_currency_and_the_currency_of_what_is_paid_stays() -> None:
    party = office.customer()
    dollars, euros = records.an_invoice(party, currency="USD"), records.an_invoice(party)
    with pytest.raises(Refused) as refusal, db.session.begin_nested():
        paying.pay(party=party, amount=Decimal("50"), by=records.BY, shares={dollars.id: Decimal("50")})
    assert refusal.value.field == "invoices"
    records.a_payment(party, "50")
    with pytest.raises(Refused) as refusal:
        change(record=euros, by=records.BY, values={"currency": "USD"})
    assert (refusal.value.field, euros.paid, dollars.paid) == ("currency", 50, 0)


def test_what_was_declared_paid_stays_paid_when_the_amount_is_corrected() -> None:
    party = office.customer()
    invoice = records.an_invoice(party, amount="100", net_amount="80")
    records.moved(invoice, "settle")
    change(record=invoice, by=records.BY, values={"amount": "110", "net_amount": "90"})
    assert (invoice.status, invoice.balance, owed(party.id)) == ("confirmed", 10, 10)
    records.moved(invoice, "settle")
    records.moved(invoice, "unsettle")
    assert invoice.balance == 110, "reopened by hand, what was declared is withdrawn"


def test_a_cancelled_payment_keeps_its_shares_and_hinders_nothing() -> None:
    party = office.customer()
    invoice = records.an_invoice(party, amount="100", net_amount="80")
    payment = records.a_payment(party, "100")
    records.moved(payment, "cancel")
    assert shares_of(invoice) == shares_of(payment) == []
    assert records.moved(invoice, "cancel")
