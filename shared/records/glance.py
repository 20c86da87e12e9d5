"""What awaits a party at a glance: quotes to answer, what it owes, its next appointment. One query for all three."""

import functools
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CompoundSelect, func, literal_column, select

from shared.access.models import Seat
from shared.asking import columns_of
from shared.clock import day_of
from shared.records.account import account_of
from shared.records.kinds import QUOTE
from shared.records.listed import upcoming
from shared.records.models import Record
from shared.records.papers import papers
from shared.records.quotes import awaits
from shared.records.together import apart, together
from shared.records.visible import Sight, sight, who


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
    day = day_of(moment)
    found = apart(columns_of(_asked(sight(seat)), {**who(seat), "moment": moment, "stated_on": day}))
    return Glance(
        quotes=sum(row.how_many for row in found["quotes"]),
        owed=[(row.amount, row.late, row.currency) for row in found["owed"] if row.amount > 0],
        appointment=next((Appointment(row.id, row.at, row.title, row.answer) for row in found["next"]), None),
    )


@functools.cache
def _asked(sight: Sight) -> CompoundSelect[Any]:
    rows, sums = papers(sight, QUOTE), account_of(sight).sums.subquery().c
    balance = sums.invoices - sums.credit_notes - sums.payments
    columns = (Record.id, Record.appointment_at, Record.title, Record.number, Record.appointment_answer)
    coming = upcoming(sight).with_only_columns(*columns).limit(literal_column("1")).subquery().c
    return together(
        quotes=select(func.count().label("how_many")).select_from(rows).where(awaits(rows)),
        owed=select(balance.label("amount"), sums.overdue.label("late"), sums.currency.label("currency")),
        next=select(
            coming.id.label("id"),
            coming.appointment_at.label("at"),
            func.coalesce(func.nullif(coming.title, ""), coming.number).label("title"),
            func.coalesce(coming.appointment_answer, "").label("answer"),
        ),
    )
