"""« Relevé de compte »: what is listed, and what it comes to at a stated time."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session, scoped_session

from shared.access.models import Seat
from shared.clock import now, today
from shared.documents.models import Folder
from shared.people.models import Party
from shared.records.statement import Balance, statement
from tests.factories.counter import a_document, a_folder, a_party, a_seat
from tests.factories.pieces import a_payment, a_piece


@pytest.fixture
def folder(db_session: scoped_session[Session]) -> Folder:
    return a_folder("Factures", "invoice")


@pytest.fixture
def seat(folder: Folder) -> Seat:
    return a_seat(a_party(), folders=[folder])


def an_invoice(party: Party, folder: Folder, number: str, amount: str, **more: object):  # type: ignore[no-untyped-def]
    live, age = bool(more.pop("live", True)), more.pop("age", timedelta(0))
    paper = a_document(party, folder, number, number, amount=Decimal(amount), live=live, age=age)  # type: ignore[arg-type]
    return a_piece(party, "invoice", number, amount=amount, papers=[paper], age=age, **more)  # type: ignore[arg-type]


def the_balance(seat: Seat, **at: object) -> Balance:
    found = statement(seat=seat, at=at.get("at", now()))  # type: ignore[arg-type]
    assert len(found.balances) == 1
    return found.balances[0]


@pytest.mark.row("P-25")
def test_the_balance_is_invoices_less_credit_notes_and_payments(seat: Seat, folder: Folder) -> None:
    party = seat.party
    first = an_invoice(party, folder, "FA-1", "100.10", due_on=today() - timedelta(days=1))
    second = an_invoice(party, folder, "FA-2", "50.20")
    an_invoice(party, folder, "AV-1", "-30.30")
    a_document(party, folder, "Ancienne facture", "FA-0", amount=Decimal("7.77"))  # filed before there were records
    an_invoice(party, folder, "FA-3", "1000", live=False)
    a_piece(party, "invoice", "FA-4", amount="1000", status="draft")
    an_invoice(party, folder, "FA-5", "1000", status="cancelled")
    an_invoice(a_party(), folder, "FA-6", "1000")
    a_payment(party, "60.05", (first, "40"), (second, "10.05"))
    a_payment(party, "1000", status="draft")
    a_payment(party, "1000", status="cancelled")

    found = statement(seat=seat, at=now())
    assert {line.number for line in found.lines} == {"FA-0", "FA-1", "FA-2", "AV-1"}
    (total,) = found.balances
    assert (total.invoices, total.credit_notes) == (Decimal("158.07"), Decimal("30.30"))
    assert total.payments == Decimal("60.05")
    assert total.balance == Decimal("67.72")
    assert total.overdue == Decimal("60.10")
    left = sum(line.remaining for line in found.open) - Decimal("10.00")  # ten that no invoice was given yet
    assert left == total.balance
    assert [line.number for line in found.open if line.is_late] == ["FA-1"]


@pytest.mark.row("P-25")
def test_the_balance_is_that_of_the_stated_time(seat: Seat, folder: Folder) -> None:
    day = timedelta(days=1)
    invoice = an_invoice(seat.party, folder, "FA-1", "100", age=10 * day)
    an_invoice(seat.party, folder, "FA-2", "40", age=3 * day)
    a_payment(seat.party, "25", (invoice, "25"), age=2 * day)
    assert the_balance(seat, at=now() - 5 * day).balance == Decimal(100)
    assert the_balance(seat, at=now() - 2.5 * day).balance == Decimal(140)
    assert the_balance(seat).balance == Decimal(115)
    assert the_balance(seat, at=now() + day).balance == Decimal(115)  # nobody knows tomorrow's


def test_a_payment_of_an_invoice_that_is_not_shown_takes_nothing_off_the_others(seat: Seat, folder: Folder) -> None:
    shown = an_invoice(seat.party, folder, "FA-1", "100")
    hidden = an_invoice(seat.party, folder, "FA-2", "70", live=False)
    a_payment(seat.party, "100", (shown, "30"), (hidden, "70"))
    assert (the_balance(seat).payments, the_balance(seat).balance) == (Decimal(30), Decimal(70))


def test_what_the_erp_declares_paid_is_a_settlement(seat: Seat, folder: Folder) -> None:
    invoice = an_invoice(seat.party, folder, "FA-1", "100", status="paid", paid=Decimal(80))
    a_payment(seat.party, "20", (invoice, "20"))
    found = statement(seat=seat, at=now())
    assert [(each.number, each.amount) for each in found.settlements if each.number] == [("FA-1", Decimal(80))]
    assert not found.open
    assert found.balances[0].balance == 0


def test_the_list_goes_on_where_the_page_ended(seat: Seat, folder: Folder) -> None:
    for n in range(5):
        an_invoice(seat.party, folder, f"FA-{n}", "10", age=timedelta(days=n))
    first = statement(seat=seat, at=now(), limit=3)
    rest = statement(seat=seat, at=now(), limit=3, after=first.after or "")
    assert [line.number for line in (*first.lines, *rest.lines)] == [f"FA-{n}" for n in range(5)]
    assert rest.after is None


def test_without_the_right_on_invoices_there_is_no_account(seat: Seat, folder: Folder) -> None:
    an_invoice(seat.party, folder, "FA-1", "10")
    other = a_seat(seat.party, folders=[a_folder("Contrats", "contract")])
    assert statement(seat=other, at=now()).lines == []
