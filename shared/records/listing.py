"""Lists of records: each filter is found by an index, so that a page costs the same with a million of them."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    func,
    literal_column,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from shared.clock import midnight
from shared.extensions import db
from shared.folding import fold
from shared.keyset import Order, Page, by_date, one_of, read_page
from shared.people.finding import begins, matching
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.records.declaring import Kind
from shared.records.exchanges import has_refusal
from shared.records.finding import reached
from shared.records.kinds import KINDS
from shared.records.models import Record

COMMON = 5_000  # records; gathering them or walking to fifty of so many costs about the same
LATE = ("due_on", "valid_until", "appointment_at")  # the date that a record of some kind may have gone past


@dataclass(frozen=True)
class Filter:
    """What the address bar says: each part narrows, none is everything."""

    kind: str = ""
    party_id: uuid.UUID | None = None
    status: str = ""
    text: str = ""
    late: bool = False
    since: date | None = None
    until: date | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    today: date = date.max  # where the company is
    zone: str = "Europe/Paris"


def records(scope: Scope, chosen: Filter, *, after: str = "", before: str = "", size: int = 50) -> Page:
    """Some records in reach, with what a line shows: the last entered first, or as the filter sorts them.

    Those that are late start with the oldest, a period with its last day, amounts with the greatest.
    """
    query = select(Record.id).join(Party).where(reached(scope), *conditions(chosen))
    if chosen.text:
        query = query.where(_meets(chosen.text) if _is_common(chosen) else Record.id == one_of(_found(chosen)))
    return read_page(query, _order(chosen), Record.id.expression, after=after, before=before, size=size, whole=_lines())


def whole(scope: Scope, chosen: Filter, size: int = 500) -> Iterator[Sequence[Row[Any]]]:
    """Every record of the filter, in the order of the screen, some at a time: for the export."""
    after: str | None = ""
    while after is not None:
        page = records(scope, chosen, after=after, size=size)
        yield page.rows
        after = page.after


def few(scope: Scope, typed: str, limit: int) -> Sequence[Row[Any]]:
    """The records whose number begins with what is typed, of every kind: id, kind, number, title, name."""
    columns: tuple[Any, ...] = (Record.id, Record.kind, Record.number, Record.title, Party.name)
    query: Select[*tuple[Any, ...]] = (
        select(*columns).join(Party).where(reached(scope), begins(Record.number_folded, fold(typed)))
    )
    return db.session.execute(query.order_by(Record.number_folded, Record.id).limit(limit)).all()


def late_field(kind: Kind) -> str:
    """The date past which an open record of this kind is late; empty for kinds that are never."""
    return next((name for name in LATE if name in kind.dates), "")


def conditions(chosen: Filter) -> list[ColumnElement[bool]]:
    """For a query that holds `Record`: every part of the filter but the text."""
    equal = ((Record.kind, chosen.kind), (Record.party_id, chosen.party_id), (Record.status, chosen.status))
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value]
    if chosen.late:
        found += _late(chosen)
    bounds = ((Record.issued_on, chosen.since, chosen.until), (Record.amount, chosen.least, chosen.most))
    for column, least, most in bounds:
        if least is not None or most is not None:
            found.append(column.is_not(None))
        if least is not None:
            found.append(column >= least)
        if most is not None:
            found.append(column <= most)
    return found


def _late(chosen: Filter) -> list[ColumnElement[bool]]:
    """What is open and past its day; an invoice that payments have covered is not."""
    kind = KINDS[chosen.kind]
    column = getattr(Record, late_field(kind))
    limit: Any = chosen.today
    if late_field(kind) == "appointment_at":
        limit = midnight(chosen.today, chosen.zone)
    found = [Record.is_open, column.is_not(None), column < limit]
    return [*found, Record.amount > Record.paid] if kind.has_balance else found


def _order(chosen: Filter) -> Order:
    if chosen.late:
        name = late_field(KINDS[chosen.kind])
        return Order(getattr(Record, name), by_date if name == "appointment_at" else date.fromisoformat)
    if chosen.since is not None or chosen.until is not None:
        return Order(Record.issued_on.expression, date.fromisoformat, descending=True)
    if chosen.least is not None or chosen.most is not None:
        return Order(Record.amount.expression, Decimal, descending=True)
    return Order(Record.created_at.expression, by_date, descending=True)


def _is_common(chosen: Filter) -> bool:
    """Whether more records hold it than are worth gathering: the newest of them are then soon met by walking."""
    most: ColumnElement[int] = literal_column(str(COMMON + 1))
    some = [select(each.limit(most).subquery()) for each in _parts(chosen)]
    gathered = union_all(*some).limit(most).subquery()
    return (db.session.scalar(select(func.count()).select_from(gathered)) or 0) > COMMON


def _found(chosen: Filter) -> CompoundSelect[uuid.UUID]:
    return union(*_parts(chosen))


def _parts(chosen: Filter) -> list[Select[uuid.UUID]]:
    """The records whose number begins with what is typed, and those of the parties that it finds."""
    numbered, owned = aliased(Record), aliased(Record)
    parts = [
        select(numbered.id).where(begins(numbered.number_folded, fold(chosen.text))),
        select(owned.id).where(owned.party_id == one_of(_parties(chosen.text))),
    ]
    if chosen.kind:
        parts = [part.where(of.kind == chosen.kind) for part, of in zip(parts, (numbered, owned), strict=True)]
    return [part.correlate(None) for part in parts]


def _meets(typed: str) -> ColumnElement[bool]:
    return or_(begins(Record.number_folded, fold(typed)), Record.party_id.in_(_parties(typed)))


def _parties(typed: str) -> Select[uuid.UUID]:
    return select(Party.id).where(*matching(typed)).correlate(None)


def _lines() -> Select[*tuple[Any, ...]]:
    columns = (
        Record.id,
        Record.kind,
        Record.number,
        Record.title,
        Record.status,
        Record.state_code,
        Record.is_open,
        Record.issued_on,
        Record.due_on,
        Record.valid_until,
        Record.accepted_on,
        Record.appointment_at,
        Record.amount,
        Record.paid,
        Record.currency,
        Record.disputed_at,
        Record.party_id,
        has_refusal(Record).label("has_refusal"),
        Party.name.label("party_name"),
        Party.code.label("party_code"),
    )
    return select(*columns).join(Party)
