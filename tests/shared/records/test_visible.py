"""What of the records a seat sees: by its rights, by its party, and through the eyes of staff who look as it does."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from shared.access.impersonating import borrowed_seat
from shared.access.models import PortalSession, Seat
from shared.clock import now, today
from shared.documents.models import Folder
from shared.extensions import db
from shared.people.models import Party, Staff
from shared.records.exchanges import own_answers
from shared.records.glance import glance
from shared.records.listed import appointments, records
from shared.records.models import Answer, Record
from shared.records.quotes import MOST_AWAITED, quotes
from shared.records.visible import lists_of, papers_seen, seen
from tests.factories.counter import a_document, a_folder, a_party, a_seat
from tests.factories.identity import a_clerk
from tests.factories.pieces import a_payment, a_piece, joined

DAY = timedelta(days=1)


@pytest.fixture
def folder(db_session: scoped_session[Session]) -> Folder:
    return a_folder("Devis", "quote")


@pytest.fixture
def party(folder: Folder) -> Party:
    return a_party()


def sees(seat: Seat, record: Record) -> bool:
    return seen(seat=seat, record_id=record.id) is record


def lent(seat: Seat, staff: Staff) -> Seat:
    """The seat through which staff look as the person of that one."""
    session = PortalSession(secret_hash="x", party_id=seat.party_id, access_id=seat.access_id)
    found = borrowed_seat(session=session, party=seat.party, staff=staff)
    assert found is not None
    return found


def test_a_right_narrows_the_kinds_that_no_folder_holds(party: Party, folder: Folder) -> None:
    order, payment = a_piece(party, "order", "BC-1"), a_payment(party, "10")
    quote, visit = a_piece(party, "quote", "DE-1"), a_piece(party, "intervention", status="open")
    everything, narrowed, nothing = a_seat(party), a_seat(party, folders=[folder]), a_seat(party, folders=[])
    pieces = (order, payment, quote, visit)
    assert [[sees(seat, each) for each in pieces] for seat in (everything, narrowed, nothing)] == [
        [True, True, True, True],
        [False, False, True, True],
        [False, False, False, False],
    ]
    a_folder("Factures", "invoice")
    assert [sees(seat, payment) for seat in (everything, narrowed, nothing)] == [True, False, False]
    assert lists_of(everything) == {"invoice", "quote", "order", "payment", "intervention"}
    assert lists_of(narrowed) == {"quote", "intervention"} and lists_of(nothing) == set()


def test_staff_see_what_the_customer_sees_and_no_more_than_they_may(party: Party, folder: Folder) -> None:
    order, quote = a_piece(party, "order", "BC-1"), a_piece(party, "quote", "DE-1")
    invoices = a_folder("Factures", "invoice")
    bill = a_piece(party, "invoice", "FA-1", papers=[a_document(party, invoices, "Facture", "FA-1")])
    whole, narrowed = a_seat(party), a_seat(party, folders=[folder])
    clerk = a_clerk("manager")
    assert [sees(lent(whole, clerk), each) for each in (order, quote, bill)] == [True, True, True]
    assert [sees(lent(narrowed, clerk), each) for each in (order, quote, bill)] == [False, True, False]
    clerk.grants[0].family_id, clerk.grants[0].folder_id = party.family_id, folder.id
    db.session.flush()
    assert [sees(lent(whole, clerk), each) for each in (order, quote, bill)] == [False, True, False]
    assert lists_of(lent(whole, clerk)) == {"quote"}


def test_an_exchange_is_seen_by_its_parties_once_it_is_submitted(party: Party) -> None:
    mine, partner, stranger = a_seat(party), a_seat(a_party(name="Beta")), a_seat(a_party(name="Gamma"))
    exchange = a_piece(party, "exchange_voucher", "BE-1", status="submitted")
    draft = a_piece(party, "exchange_voucher", "BE-2", status="draft")
    for each in (exchange, draft):
        joined(each, partner.party)
    assert [sees(seat, exchange) for seat in (mine, partner, stranger)] == [True, True, False]
    assert not any(sees(seat, draft) for seat in (mine, partner, stranger))
    kinds = ("exchange_voucher",)
    assert [[row.number for row in records(seat=seat, kinds=kinds).rows] for seat in (mine, partner, stranger)] == [
        ["BE-1"],
        ["BE-1"],
        [],
    ]
    ours, theirs = (
        a_document(party, a_folder("Échanges", "exchange"), "Le nôtre"),
        a_document(partner.party, a_folder("Échanges", "exchange"), "Le leur"),
    )
    a_piece(party, "exchange_agreement", "CE-1", status="submitted", papers=[ours, theirs])
    agreement = records(seat=mine, kinds=("exchange_agreement",)).rows[0]
    joined(agreement, partner.party, Answer.REFUSED)
    assert papers_seen(seat=mine, record=agreement) == [ours]
    assert papers_seen(seat=partner, record=agreement) == [theirs]
    ids = [exchange.id, agreement.id]
    assert own_answers(record_ids=ids, party_id=partner.party_id) == {agreement.id: Answer.REFUSED}
    assert own_answers(record_ids=ids, party_id=party.id) == own_answers(record_ids=[], party_id=party.id) == {}


def test_each_list_goes_on_where_it_ended_also_within_one_day(party: Party) -> None:
    seat, moment = a_seat(party), now()
    for n in range(7):
        a_piece(party, "quote", f"DE-{n}", status="accepted", issued_on=date(2026, 5, 1))
        a_piece(party, "intervention", f"DI-{n}", status="done", appointment_at=moment - 3 * DAY)
        a_piece(party, "order", f"BC-{n}")
    for record in records(seat=seat, kinds=("order",)).rows:
        record.created_at = moment
    db.session.flush()

    def walked(kind: str) -> list[str]:
        found, after = [], ""
        while True:
            if kind == "quote":
                some = quotes(seat=seat, day=today(), after=after, limit=3)
                rows = [each.number for each in some.others]
            elif kind == "order":
                some = records(seat=seat, kinds=("order",), after=after, limit=3)
                rows = [each.number for each in some.rows]
            else:
                some = appointments(seat=seat, moment=moment, after=after, limit=3)
                rows = [each.number for each in some.past]
            found += rows
            if some.after is None:
                return found
            after = some.after

    for kind, code in (("quote", "DE"), ("order", "BC"), ("intervention", "DI")):
        assert sorted(walked(kind)) == [f"{code}-{n}" for n in range(7)]
    for nonsense in ("hier", "2026-05-01~", "2026-05-01~x", "~", "9" * 300):
        assert len(quotes(seat=seat, day=today(), after=nonsense).others) == 7
        assert len(records(seat=seat, kinds=("order",), after=nonsense).rows) == 7


def test_no_quote_is_lost_where_very_many_are_awaited(party: Party) -> None:
    seat = a_seat(party)
    for n in range(MOST_AWAITED + 3):
        a_piece(party, "quote", f"DE-{n:03}", valid_until=today() + n * DAY)
    a_piece(party, "quote", "DE-X", status="refused", valid_until=today() + 400 * DAY)
    found = quotes(seat=seat, day=today())
    assert [each.number for each in found.awaited] == [f"DE-{n:03}" for n in range(MOST_AWAITED)]
    assert {each.number for each in found.others} == {"DE-X", *(f"DE-{MOST_AWAITED + n}" for n in range(3))}
    assert glance(seat=seat, moment=now()).quotes == MOST_AWAITED + 3


def test_where_there_is_nothing_the_lists_are_empty(party: Party) -> None:
    for seat in (a_seat(party), a_seat(party, folders=[])):
        found, met = quotes(seat=seat, day=today()), appointments(seat=seat, moment=now())
        assert (found.awaited, found.others, found.after) == ([], [], None)
        assert (met.coming, met.is_cut, met.past, met.after) == ([], False, [], None)
        assert records(seat=seat, kinds=("order",)).rows == []


def test_an_appointment_that_has_just_begun_is_still_to_come(party: Party) -> None:
    seat, moment = a_seat(party), now()
    for number, starts, status in (
        ("DI-1", moment - timedelta(minutes=30), "open"),
        ("DI-2", moment + DAY, "open"),
        ("DI-3", moment - 2 * DAY, "open"),
        ("DI-4", moment + DAY, "cancelled"),
    ):
        a_piece(party, "intervention", number, status=status, appointment_at=starts)
    found = appointments(seat=seat, moment=moment)
    assert [each.number for each in found.coming] == ["DI-1", "DI-2"]
    assert [each.number for each in found.past] == ["DI-4", "DI-3"]
    next_one = glance(seat=seat, moment=moment).appointment
    assert next_one is not None and next_one.title == "DI-2"
