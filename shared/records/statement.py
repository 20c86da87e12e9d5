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

from sqlalchemy import CTE, and_, func, or_, select, true, tuple_

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
    shown, after_next, due = _lines(account.lines, _key(after), limit)
    paid = account.settlements
    payments = select(paid).order_by(paid.c.day.desc(), paid.c.id.desc()).limit(limit)
    return Statement(
        at=at,
        day=day,
        balances=[Balance._make(row) for row in db.session.execute(account.sums)],
        open=due,
        lines=shown,
        after=after_next,
        settlements=[Settlement._make(row) for row in db.session.execute(payments)],
    )


def _lines(rows: CTE, key: tuple[Any, ...] | None, limit: int | None) -> tuple[list[Line], str | None, list[Line]]:
    """Some lines after that key, the newest first, where the next ones begin, and what is open; one query for all."""
    follows = true() if key is None else tuple_(rows.c.day, rows.c.id) < key
    is_open = rows.c.remaining != 0
    rank = func.row_number().over(partition_by=follows, order_by=(rows.c.day.desc(), rows.c.id.desc()))
    due = (rows.c.due_on.asc().nulls_last(), rows.c.day, rows.c.id)
    turn = func.row_number().over(partition_by=is_open, order_by=due)
    ranked = select(rows, follows.label("follows"), rank.label("rank"), turn.label("turn")).subquery().c
    query = select(*ranked).order_by(ranked.day.desc(), ranked.id.desc())
    if limit is not None:
        listed = and_(ranked.follows, ranked.rank <= limit + 1)
        query = query.where(or_(listed, and_(ranked.remaining != 0, ranked.turn <= OPEN_SHOWN)))
    found = list(db.session.execute(query))
    width = len(Line._fields)
    wanted = [Line._make(row[:width]) for row in found if row.follows and (limit is None or row.rank <= limit + 1)]
    owing = sorted((row for row in found if row.remaining and (limit is None or row.turn <= OPEN_SHOWN)), key=_turn)
    shown = wanted if limit is None else wanted[:limit]
    more = _spelled(shown[-1]) if len(wanted) > len(shown) else None
    return shown, more, [Line._make(row[:width]) for row in owing]


def _turn(row: Any) -> int:
    return int(row.turn)


def _spelled(line: Line) -> str:
    return f"{line.day.isoformat()}~{line.id}"


def _key(after: str) -> tuple[Any, ...] | None:
    day, _, ident = after.partition("~")
    try:
        return date.fromisoformat(day), uuid.UUID(ident)
    except ValueError:
        return None
