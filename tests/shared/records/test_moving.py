"""A move is one event, once; what the status does not allow is refused and changes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from shared.clock import today
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.records import moving
from shared.records.kinds import KINDS
from shared.records.models import Record
from tests.factories import office, records

Db = scoped_session[Session]


@pytest.fixture(autouse=True)
def installation(db_session: Db) -> None:
    office.an_installation()


def told(record: Record, event: str) -> int:
    query = select(func.count()).where(Event.record_id == record.id, Event.name == f"{record.kind}.{event}")
    return db.session.scalar(query.select_from(Event)) or 0


def test_the_same_move_three_times_is_once() -> None:
    quote = records.a_quote(status="")
    assert [records.moved(quote, "validate") for _ in range(3)] == [True, False, False]
    assert quote.status == "validated" and quote.is_open and quote.moved_by == records.BY
    assert told(quote, "validated") == 1


def test_a_late_duplicate_is_known_by_its_reference() -> None:
    invoice = records.an_invoice(status="")
    assert records.moved(invoice, "validate", reference="evt-1")
    assert records.moved(invoice, "confirm", reference="evt-2")
    assert not records.moved(invoice, "validate", reference="evt-1")
    assert invoice.status == "confirmed"


def test_a_move_that_the_status_does_not_allow_is_refused() -> None:
    invoice = records.an_invoice(status="")
    with pytest.raises(Refused) as refusal:
        records.moved(invoice, "confirm")
    assert refusal.value.field == "move" and "Brouillon" in refusal.value.sentence
    assert invoice.status == "draft" and told(invoice, "confirmed") == 0
    with pytest.raises(Refused):
        records.moved(invoice, "fly")


def test_who_moves_from_an_older_page_is_told() -> None:
    quote = records.a_quote()
    revision = quote.revision
    records.moved(quote, "accept")
    with pytest.raises(Stale):
        records.moved(quote, "reopen", revision=revision)


def test_an_acceptance_bears_its_day() -> None:
    quote = records.a_quote()
    with pytest.raises(Refused) as refusal:
        records.moved(quote, "accept", day=today() + timedelta(days=1))
    assert refusal.value.field == "accepted_on" and quote.status == "validated"
    assert records.moved(quote, "accept", day=today() - timedelta(days=2))
    assert quote.accepted_on == today() - timedelta(days=2)


def test_a_dispute_stays_where_it_is_and_is_once() -> None:
    invoice = records.an_invoice()
    assert records.moved(invoice, "dispute") and not records.moved(invoice, "dispute")
    assert invoice.status == "validated" and invoice.disputed_at is not None
    assert records.moved(invoice, "end_dispute") and invoice.disputed_at is None


def test_sending_is_once_until_something_changes() -> None:
    order = records.an_order()
    assert records.moved(order, "send") and not records.moved(order, "send")
    assert records.moved(order, "deposit", amount=Decimal("20"))
    assert records.moved(order, "send")
    assert order.deposit == Decimal("20") and told(order, "sent") == 2


def test_a_deposit_wants_an_amount_within_the_order() -> None:
    order = records.an_order()
    for wrong in (None, Decimal(0), Decimal("100000")):
        with pytest.raises(Refused) as refusal:
            records.moved(order, "deposit", amount=wrong)
        assert refusal.value.field == "amount"
    assert order.deposit == 0


def test_an_invoice_without_a_number_stays_a_draft() -> None:
    invoice = records.an_invoice(status="", number="")
    with pytest.raises(Refused) as refusal:
        records.moved(invoice, "validate")
    assert refusal.value.field == "number" and invoice.status == "draft"


def test_the_way_to_a_status_is_the_shortest() -> None:
    assert moving.way_to(KINDS["invoice"], "draft", "paid") == ["validate", "settle"]
    assert moving.way_to(KINDS["invoice"], "closed", "draft") is None
    assert [move.key for move in moving.possible(records.a_quote())] == ["accept", "refuse", "expire", "cancel"]
