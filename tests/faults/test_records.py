"""Records moved, paid, entered and served by several at the same moment: as if one had come after the other."""

import uuid
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import func, select

from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Party
from shared.records import allocating, moving
from shared.records.changing import change
from shared.records.entering import enter
from shared.records.models import Record, RecordLine
from shared.transactions import transaction
from tests.engines import Machine
from tests.factories import office, records
from tests.faults.soundness import together

AT_ONCE = 4


def at_once(machine: Machine, work: Callable[[int], object], times: int = AT_ONCE) -> Counter[str]:
    """Each in a transaction of its own; what they answered, or the field that was refused."""

    def one(rank: int) -> str:
        with machine.app.app_context():
            try:
                with transaction():
                    return str(work(rank))
            except Refused as refusal:
                return f"refused: {refusal.field}"

    return Counter(together([lambda rank=rank: one(rank) for rank in range(times)]))  # type: ignore[misc]


def kept(machine: Machine, made: Callable[[], Record]) -> uuid.UUID:
    with machine.app.app_context(), transaction():
        office.an_installation()
        return made().id


def the(record_id: uuid.UUID) -> Record:
    return db.session.get_one(Record, record_id)


def happened(name: str, record_id: uuid.UUID | None = None) -> int:
    query = select(func.count()).select_from(Event).where(Event.name == name)
    return db.session.scalar(query if record_id is None else query.where(Event.record_id == record_id)) or 0


def test_records_moved_saved_and_entered_at_once(machine: Machine) -> None:
    for check in (one_event, one_status, one_saver, one_record):
        check(machine)


def test_payments_and_goods_at_once(machine: Machine) -> None:
    no_more_than_is_owed(machine)
    goods_are_shared_out(machine)


def one_event(machine: Machine) -> None:
    quote = kept(machine, records.a_quote)
    answers = at_once(machine, lambda _rank: moving.move(record=the(quote), move="accept", by="command"))
    assert answers == {"True": 1, "False": AT_ONCE - 1}
    with machine.app.app_context():
        assert happened("quote.accepted", quote) == 1


def one_status(machine: Machine) -> None:
    quote = kept(machine, records.a_quote)
    moves = ("accept", "refuse")
    answers = at_once(machine, lambda rank: moving.move(record=the(quote), move=moves[rank], by="command"), 2)
    assert answers == {"True": 1, "refused: move": 1}
    with machine.app.app_context():
        assert happened("quote.accepted", quote) + happened("quote.refused", quote) == 1


def one_saver(machine: Machine) -> None:
    invoice = kept(machine, records.an_invoice)
    answers = at_once(
        machine, lambda rank: change(record=the(invoice), by="command", values={"memo": f"Mémo {rank}"}, revision=2), 2
    )
    assert answers == {"['memo']": 1, "refused: None": 1}


def no_more_than_is_owed(machine: Machine) -> None:
    invoice = kept(machine, lambda: records.an_invoice(amount="100", net_amount="80"))

    def pay(rank: int) -> str:
        party = the(invoice).party
        return str(records.a_payment(party, "60", number=f"P-{rank}").amount)

    assert at_once(machine, pay, 2) == {"60.00": 2}
    with machine.app.app_context():
        paid = the(invoice)
        assert (paid.status, paid.paid) == ("paid", Decimal("100.00"))
        payments = db.session.scalars(select(Record).where(Record.kind == "payment"))
        assert sorted(payment.paid for payment in payments) == [Decimal("40.00"), Decimal("60.00")]
        assert happened("invoice.paid") == 1


def one_record(machine: Machine) -> None:
    party = kept(machine, records.a_quote)

    def one(_rank: int) -> str:
        owner = db.session.get_one(Party, the(party).party_id)
        values = {"number": "F-1", "external_id": "erp-1", "amount": "10"}
        return str(enter(kind="invoice", party=owner, by="command", values=values, status="validated").number)

    assert at_once(machine, one) == {"F-1": AT_ONCE}
    with machine.app.app_context():
        entered = db.session.scalars(select(Record).where(Record.number == "F-1")).one()
        assert (happened("invoice.created", entered.id), happened("invoice.validated", entered.id)) == (1, 1)


def goods_are_shared_out(machine: Machine) -> None:
    order = kept(machine, records.an_order)
    answers = at_once(
        machine, lambda _rank: allocating.receive(reference="LED-12", quantity=Decimal(2), by="command").left
    )
    assert answers == {"0.000": 2, "2.000": 2}
    with machine.app.app_context():
        assert the(order).status == "ready" and happened("order.ready") == 1
        assert db.session.scalars(select(RecordLine.allocated)).all() == [Decimal(4)]
