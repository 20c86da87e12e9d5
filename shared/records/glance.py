"""What awaits a party at a glance: quotes to answer, what it owes, its next appointment. One query for all three."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Numeric,
    Select,
    String,
    Uuid,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.types import TypeEngine

from shared.access.models import Seat
from shared.clock import COMPANY_ZONE
from shared.extensions import db
from shared.records.account import account_of
from shared.records.kinds import QUOTE
from shared.records.listed import upcoming
from shared.records.models import Record
from shared.records.papers import papers
from shared.records.quotes import awaits


@dataclass(frozen=True, slots=True)
class Appointment:
    """The next one; `answer` empty while the party has not said."""

    record_id: uuid.UUID
    at: datetime
    title: str
    answer: str


@dataclass(slots=True)
class Glance:
    """`owed`: (amount, overdue part, currency) where something is owed."""

    quotes: int = 0
    owed: list[tuple[Decimal, Decimal, str]] = field(default_factory=list)
    appointment: Appointment | None = None

    def __bool__(self) -> bool:
        return bool(self.quotes or self.owed or self.appointment)


def glance(*, seat: Seat, moment: datetime) -> Glance:
    """What awaits the party of this seat at that moment."""
    told = Glance()
    for row in db.session.execute(union_all(_quotes(seat, moment), _owed(seat, moment), _next(seat, moment))):
        if row.what == "quotes":
            told.quotes = row.how_many
        elif row.what == "owed" and row.amount > 0:
            told.owed.append((row.amount, row.late, row.text))
        elif row.what == "appointment":
            told.appointment = Appointment(row.id, row.at, row.text, row.answer)
    return told


def _quotes(seat: Seat, moment: datetime) -> Select[Any]:
    rows = papers(seat, QUOTE)
    count = select(func.count()).select_from(rows).where(awaits(rows, moment.astimezone(COMPANY_ZONE).date()))
    return _row("quotes", how_many=count.scalar_subquery())


def _owed(seat: Seat, moment: datetime) -> Select[Any]:
    sums = account_of(seat, moment, moment.astimezone(COMPANY_ZONE).date()).sums.subquery()
    balance = sums.c.invoices - sums.c.credit_notes - sums.c.payments
    return _row("owed", amount=balance, late=sums.c.overdue, text=sums.c.currency)


def _next(seat: Seat, moment: datetime) -> Select[Any]:
    columns = (Record.id, Record.appointment_at, Record.title, Record.number, Record.appointment_answer)
    found = upcoming(seat, moment).with_only_columns(*columns).limit(1).subquery().c
    return _row(
        "appointment",
        id=found.id,
        at=found.appointment_at,
        text=func.coalesce(func.nullif(found.title, ""), found.number),
        answer=func.coalesce(found.appointment_answer, ""),
    )


def _row(what: str, **values: Any) -> Select[Any]:
    """The columns that the three have in common; null where one says nothing."""
    kinds: dict[str, TypeEngine[Any]] = {
        "how_many": Integer(),
        "amount": Numeric(14, 2),
        "late": Numeric(14, 2),
        "text": String(),
        "answer": String(),
        "at": DateTime(timezone=True),
        "id": Uuid(),
    }
    columns: list[ColumnElement[Any]] = [
        cast(values.get(name, null()), kind).label(name) for name, kind in kinds.items()
    ]
    return select(literal(what).label("what"), *columns)
