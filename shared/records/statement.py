"""« Relevé de compte »: what a party was invoiced, what it has paid and what it owes at a stated time.

One function for the screen, the PDF and the CSV: balance = invoices − credit notes − payments, in each currency.
An invoice counts once its paper is published for the reader, and a payment for what it takes off those invoices or
off none yet. What an ERP declares paid without telling of the payment counts as a settlement of that invoice.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_

from shared.access.models import Seat
from shared.clock import COMPANY_ZONE, now
from shared.extensions import db
from shared.records.account import account_of

PAGE = 50
OPEN_SHOWN = 100


class Line(NamedTuple):
    """One invoice or credit note. `settled`: taken off by then; `remaining` is negative for a credit note."""

    id: uuid.UUID
    record_id: uuid.UUID | None
    document_id: uuid.UUID | None
    number: str
    title: str
    day: date
    due_on: date | None
    amount: Decimal | None  # none: nobody read it
    currency: str
    is_credit_note: bool
    status: str | None
    settled: Decimal
    remaining: Decimal
    is_late: bool
    is_new: bool


class Settlement(NamedTuple):
    """One payment, or an invoice that was declared paid; `amount`: what it takes off the invoices listed."""

    id: uuid.UUID
    number: str
    title: str
    day: date
    amount: Decimal
    currency: str


class Balance(NamedTuple):
    """What the account comes to in one currency; `silent` documents bear no amount that anybody could read."""

    currency: str
    invoices: Decimal
    credit_notes: Decimal
    payments: Decimal
    overdue: Decimal
    documents: int
    silent: int

    @property
    def balance(self) -> Decimal:
        """What is owed; negative: in the party's favour."""
        return self.invoices - self.credit_notes - self.payments


@dataclass(frozen=True, slots=True)
class Statement:
    """The account at `at`. `lines` begin with the newest; `after` is where the next ones begin, None at the end."""

    at: datetime
    day: date
    balances: list[Balance]
    open: list[Line]
    lines: list[Line]
    after: str | None
    settlements: list[Settlement]


def statement(*, seat: Seat, at: datetime, after: str = "", limit: int | None = PAGE) -> Statement:
    """The account of this seat's party at an instant that is not to come; `limit` None lists everything."""
    at = min(at, now())
    day = at.astimezone(COMPANY_ZONE).date()
    account = account_of(seat, at, day)
    rows = account.lines
    newest = select(rows).order_by(rows.c.day.desc(), rows.c.id.desc())
    if (key := _key(after)) is not None:
        newest = newest.where(tuple_(rows.c.day, rows.c.id) < key)
    due = select(rows).where(rows.c.remaining != 0).order_by(rows.c.due_on.asc().nulls_last(), rows.c.day, rows.c.id)
    paid = account.settlements
    payments = select(paid).order_by(paid.c.day.desc(), paid.c.id.desc())
    if limit is not None:
        newest, due, payments = newest.limit(limit + 1), due.limit(OPEN_SHOWN), payments.limit(limit)
    listed = [Line._make(row) for row in db.session.execute(newest)]
    shown = listed if limit is None else listed[:limit]
    return Statement(
        at=at,
        day=day,
        balances=[Balance._make(row) for row in db.session.execute(account.sums)],
        open=[Line._make(row) for row in db.session.execute(due)],
        lines=shown,
        after=_spelled(shown[-1]) if len(listed) > len(shown) else None,
        settlements=[Settlement._make(row) for row in db.session.execute(payments)],
    )


def _spelled(line: Line) -> str:
    return f"{line.day.isoformat()}~{line.id}"


def _key(after: str) -> tuple[Any, ...] | None:
    day, _, ident = after.partition("~")
    try:
        return date.fromisoformat(day), uuid.UUID(ident)
    except ValueError:
        return None
