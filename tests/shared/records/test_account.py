"""The account at a time that is past: what stood then, whatever has happened since."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from shared.access.models import Seat
from shared.clock import at, now, today
from shared.extensions import db
from shared.people.models import Activity, Party
from shared.records.attaching import tie
from shared.records.entering import enter
from shared.records.glance import glance
from shared.records.models import Record
from shared.records.sharing import owed
from shared.records.statement import Balance, Statement, statement
from tests.factories import office, records
from tests.factories.counter import a_document, a_folder, a_seat
from tests.factories.pieces import a_payment, a_piece

DAY = timedelta(days=1)


@pytest.fixture
def party(db_session: scoped_session[Session]) -> Party:
    office.an_installation()
    db.session.add(Activity(name="Atelier Lumen", siret="73282932000074", vat_number="FR44732829320"))
    return office.customer()


@pytest.fixture
def seat(party: Party) -> Seat:
    return a_seat(party)


@contextmanager
def days_ago(days: float) -> Iterator[datetime]:
    moment = now() - days * DAY
    with at(moment):
        yield moment


def told(seat: Seat, days: float = 0) -> Statement:
    return statement(seat=seat, at=now() - days * DAY)


def balance(seat: Seat, days: float = 0) -> Decimal:
    return sum((each.balance for each in told(seat, days).balances), Decimal(0))


def an_invoice(party: Party, days: float, amount: str = "100", **more: object) -> Record:
    with days_ago(days):
        return records.an_invoice(party, amount=amount, net_amount=amount, **more)  # type: ignore[arg-type]


def test_a_draft_is_owed_from_the_day_that_it_is_validated(party: Party, seat: Seat) -> None:
    invoice = an_invoice(party, 10, status="")
    with days_ago(5):
        records.moved(invoice, "validate")
    with days_ago(3):
        records.moved(invoice, "confirm")
    assert [balance(seat, days) for days in (7, 4, 2, 0)] == [0, 100, 100, 100]


def test_what_was_cancelled_stood_until_then(party: Party, seat: Seat) -> None:
    invoice, draft = an_invoice(party, 10), an_invoice(party, 10, status="")
    with days_ago(4):
        records.moved(invoice, "cancel")
        records.moved(draft, "cancel")
    assert [balance(seat, days) for days in (11, 7, 2)] == [0, 100, 0]
    assert [line.id for line in told(seat, 7).lines] == [invoice.id]


def test_a_cancelled_payment_had_paid_its_invoice_until_then(party: Party, seat: Seat) -> None:
    invoice = an_invoice(party, 30, due_on=today() - 20 * DAY)
    with days_ago(15):
        payment = records.a_payment(party, "100")
    with days_ago(5):
        records.moved(payment, "cancel")
    (before,), (after,) = told(seat, 10).lines, told(seat).lines
    assert (before.remaining, before.is_late) == (0, False) and told(seat, 10).open == []
    assert (after.remaining, after.is_late) == (100, True) and told(seat).settlements == []
    assert [balance(seat, days) for days in (17, 10, 0)] == [100, 0, 100]
    assert told(seat, 10).balances[0].overdue == 0 and invoice.balance == 100


def test_a_payment_that_was_never_confirmed_never_counts(party: Party, seat: Seat) -> None:
    an_invoice(party, 10)
    with days_ago(8):
        payment = enter(kind="payment", party=party, by=records.BY, values={"amount": "40"})
    with days_ago(4):
        records.moved(payment, "cancel")
    assert balance(seat, 6) == balance(seat) == 100


def test_a_paper_that_was_not_published_yet_is_not_told(party: Party, seat: Seat) -> None:
    folder = office.folder("c.invoices")
    paper = a_document(party, folder, "FA-1", "FA-1", age=2 * DAY)
    with days_ago(9):
        a_piece(party, "invoice", "FA-1", amount="100", papers=[paper])
    assert (balance(seat, 5), balance(seat)) == (0, 100)


def test_a_paper_that_is_made_later_changes_nothing_of_what_was_told(party: Party, seat: Seat) -> None:
    a_piece(party, "invoice", "FA-1", amount="100", age=9 * DAY)
    assert balance(seat, 5) == 100
    with days_ago(2):
        paper = a_document(party, office.folder("c.invoices"), "FA-1", "FA-1", age=0 * DAY)
        tie(record=db.session.scalars(select(Record)).one(), documents=[paper])
    assert (balance(seat, 5), balance(seat), len(told(seat).lines)) == (100, 100, 1)


def test_a_record_that_came_after_its_paper_changes_nothing_of_what_was_told(party: Party, seat: Seat) -> None:
    paper = a_document(party, office.folder("c.invoices"), "FA-1", "FA-1", amount=Decimal(100), age=6 * DAY)
    assert balance(seat, 4) == 100
    a_piece(party, "invoice", "FA-1", amount="100", papers=[paper], age=DAY)
    assert balance(seat, 4) == balance(seat) == 100 and len(told(seat, 4).lines) == 1


def test_an_invoice_that_was_declared_paid_stays_so_once_closed(party: Party, seat: Seat) -> None:
    invoice = an_invoice(party, 20)
    with days_ago(10):
        records.moved(invoice, "settle")
    with days_ago(2):
        records.moved(invoice, "close")
        office.synchronise()
    assert [balance(seat, days) for days in (15, 5, 0)] == [100, 0, 0]


def test_the_payment_of_an_invoice_that_was_declared_paid_is_counted_once(party: Party, seat: Seat) -> None:
    invoice = an_invoice(party, 20)
    with days_ago(10):
        records.moved(invoice, "settle")
    with days_ago(2):
        payment = records.a_payment(party, "100", invoice=invoice)
    assert [balance(seat, days) for days in (15, 5, 0)] == [100, 0, 0]
    assert [each.id for each in told(seat, 5).settlements] == [invoice.id]
    assert [each.id for each in told(seat).settlements] == [payment.id]
    assert payment.balance == 0 and owed(party.id) == 0


def test_history_that_is_brought_in_paid_owes_nothing(party: Party, seat: Seat) -> None:
    invoice = an_invoice(party, 0, status="paid", quiet=True, due_on=None)
    assert (told(seat).lines[0].remaining, balance(seat), owed(party.id)) == (0, 0, 0)
    values = {"amount": "100", "parent_id": invoice.id}
    enter(kind="payment", party=party, by=records.BY, values=values, status="confirmed", quiet=True)
    assert (balance(seat), owed(party.id)) == (0, 0)


def test_an_invoice_that_is_closed_for_the_accounts_is_still_to_be_paid(party: Party, seat: Seat) -> None:
    invoice = an_invoice(party, 20, due_on=today() - 5 * DAY)
    records.moved(invoice, "close")
    office.synchronise()
    assert told(seat).lines[0].is_late and owed(party.id) == 100
    records.a_payment(party, "60")
    assert (invoice.status, invoice.balance, owed(party.id), balance(seat)) == ("closed", 40, 40, 40)
    records.a_payment(party, "40")
    assert (invoice.status, told(seat).lines[0].remaining, told(seat).open) == ("closed", 0, [])


def test_currencies_are_never_added_up(party: Party, seat: Seat) -> None:
    an_invoice(party, 3)
    dollars = an_invoice(party, 3, "70", currency="USD", due_on=today() - DAY)
    records.a_payment(party, "30", invoice=dollars)
    found = {each.currency: (each.invoices, each.payments, each.overdue) for each in told(seat).balances}
    assert found == {"EUR": (100, 0, 0), "USD": (70, 30, 40)}
    assert (owed(party.id), owed(party.id, "USD")) == (100, 40)
    assert glance(seat=seat, moment=now()).owed == [(100, 0, "EUR"), (40, 40, "USD")]


def test_a_credit_note_gives_back_whatever_the_sign_on_its_paper(party: Party, seat: Seat) -> None:
    paper = a_document(party, office.folder("c.invoices"), "AV-1", "AV-1", amount=Decimal(30))
    paper.is_credit_note = True
    assert told(seat).balances == [Balance("EUR", Decimal(0), Decimal(30), Decimal(0), Decimal(0), 1, 0)]
    assert balance(seat) == -30 and glance(seat=seat, moment=now()).owed == []


def test_an_account_without_anything_is_empty(party: Party, seat: Seat) -> None:
    found = told(seat)
    assert (found.balances, found.open, found.lines, found.settlements, found.after) == ([], [], [], [], None)
    assert not glance(seat=seat, moment=now())


def test_payments_that_are_too_many_for_the_screen_are_all_on_paper(party: Party, seat: Seat) -> None:
    for n in range(4):
        a_payment(party, "1", age=n * DAY)
    shown, whole = statement(seat=seat, at=now(), limit=3), statement(seat=seat, at=now(), limit=None)
    assert (len(shown.settlements), shown.is_cut) == (3, True) and (len(whole.settlements), whole.is_cut) == (4, False)
    assert not statement(seat=seat, at=now(), limit=4).is_cut
    assert shown.balances == whole.balances


def test_who_may_not_read_invoices_is_told_of_no_payment(party: Party, seat: Seat) -> None:
    a_payment(party, "50")
    other = a_seat(party, folders=[a_folder("Contrats", "contract", family=party.family)])
    assert (told(seat).settlements[0].amount, told(other).settlements, told(other).balances) == (50, [], [])
