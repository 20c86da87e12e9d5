"""Goods that come in go by themselves to the orders that wait for them, the oldest first."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import exists, select

from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.records import moving
from shared.records.holding import hold_name
from shared.records.models import Record, RecordLine
from shared.records.noting import note
from shared.records.typed import money


@dataclass(frozen=True)
class Allocation:
    """What became of a stock entry: orders served, those that are ready now, and what nobody waited for."""

    orders: tuple[Record, ...]
    ready: tuple[Record, ...]
    left: Decimal


def receive(*, reference: str, quantity: Decimal, by: str, entry: str = "") -> Allocation:
    """Allocate `quantity` of the article `reference`; each order served is told, a complete one moves to « Prêt ».

    `entry` is the ERP's name of the stock entry: the same again allocates nothing. Raises Refused with the field.
    """
    reference = reference.strip()
    if not reference:
        raise Refused(_("Donnez la référence de l’article."), "reference")
    left = money(quantity, "quantity", places=3)
    if left <= 0:
        raise Refused(_("Donnez une quantité au-dessus de zéro."), "quantity")
    if entry:
        hold_name("stock entry", entry)
    if entry and _is_known(entry, reference):
        return Allocation((), (), Decimal(0))
    served: dict[Record, list[dict[str, str]]] = {}
    for line in _waiting(reference):
        given = min(left, line.quantity - line.allocated)
        if given <= 0:
            break
        line.allocated += given
        left -= given
        told = {"reference": reference, "label": line.label, "quantity": str(given)}
        served.setdefault(line.record, []).append(told)
    db.session.flush()
    ready = [record for record, lines in served.items() if _served(record, lines, by, entry)]
    return Allocation(tuple(served), tuple(ready), left)


def waits_for(record: Record) -> list[RecordLine]:
    """The lines of an order whose goods have not all come; a line without a reference is no goods."""
    return [line for line in record.lines if line.reference and line.allocated < line.quantity]


def _served(record: Record, lines: list[dict[str, str]], by: str, entry: str) -> bool:
    record.revision += 1
    waiting = len(waits_for(record))
    facts = {"lines": lines, "entry": entry, "waiting": waiting}
    note(record=record, event="goods_allocated", by=by, facts=facts)
    return not waiting and moving.move(record=record, move="make_ready", by=by)


def _waiting(reference: str) -> list[RecordLine]:
    """Lines of validated orders, held with their orders in one order for everybody: two entries at once share out."""
    waits = (RecordLine.reference == reference, RecordLine.allocated < RecordLine.quantity)
    stands = (Record.kind == "order", Record.status == "validated")
    orders = select(RecordLine.record_id).join(Record).where(*waits, *stands)
    held = select(Record.id).where(Record.id.in_(orders)).order_by(Record.id).with_for_update()
    ids = list(db.session.scalars(held))
    query = select(RecordLine).join(Record).where(RecordLine.record_id.in_(ids), *waits, *stands)
    query = query.order_by(Record.issued_on.asc().nulls_last(), Record.created_at, Record.id, RecordLine.position)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _is_known(entry: str, reference: str) -> bool:
    told = (Event.name == "order.goods_allocated", Event.facts["entry"].astext == entry)
    same = Event.facts["lines"][0]["reference"].astext == reference
    return bool(db.session.scalar(select(exists().where(*told, same))))
