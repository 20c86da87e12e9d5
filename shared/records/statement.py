"""« Relevé de compte »: what a party was invoiced, what it has paid and what it owes at a stated time.

One function for the screen, the PDF and the CSV: balance = invoices − credit notes − payments, in each currency.
An invoice counts once its paper is published for the reader, and a payment for what it takes off those invoices or
off none yet. What an ERP declares paid without telling of the payment counts as a settlement of that invoice.
"""

import functools
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Date,
    Integer,
    Select,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)

from shared.access.models import Seat
from shared.asking import columns_of
from shared.clock import day_of, now
from shared.paging import follows, known, spelled
from shared.records.account import Account, account_of
from shared.records.together import apart, read, together
from shared.records.visible import Sight, sight, who

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


NOUGHT = Decimal(0)
EMPTY = Balance("EUR", NOUGHT, NOUGHT, NOUGHT, NOUGHT, 0, 0)  # of an account that nothing was entered on


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
    is_cut: bool  # older settlements are on paper only


def statement(*, seat: Seat, at: datetime, after: str = "", limit: int | None = PAGE) -> Statement:
    """The account of this seat's party at an instant that is not to come; `limit` None lists everything. One query."""
    moment = min(at, now())
    day, key = day_of(moment), known(after)
    parameters = {**who(seat), "moment": moment, "stated_on": day, **key}
    found = apart(columns_of(_asked(sight(seat), bool(key), limit), parameters))
    lines = found["line"]
    listed = sorted((row for row in lines if _within(row.rank, limit and limit + 1)), key=attrgetter("rank"))
    owing = sorted((row for row in lines if _within(row.turn, limit and OPEN_SHOWN)), key=attrgetter("turn"))
    shown = read(Line, listed[:limit])
    settlements = read(Settlement, sorted(found["settlement"], key=attrgetter("rank")))
    return Statement(
        at=moment,
        day=day,
        balances=read(Balance, sorted(found["sum"], key=attrgetter("currency"))),
        open=read(Line, owing),
        lines=shown,
        after=spelled(shown[-1].day, shown[-1].id) if len(listed) > len(shown) else None,
        settlements=settlements[:limit],
        is_cut=len(settlements) > len(settlements[:limit]),
    )


@functools.cache
def _asked(sight: Sight, after: bool, limit: int | None) -> CompoundSelect[Any]:
    """Some lines after the key and what is open (`turn` its rank there), some payments, and the sums of all."""
    account = account_of(sight)
    return together(line=_lines(account.lines, after, limit), settlement=_paid(account, limit), sum=account.sums)


def _lines(rows: CTE, after: bool, limit: int | None) -> Select[Any]:
    listed = follows(rows.c.day, rows.c.id, Date()) if after else true()
    is_open = rows.c.remaining != 0
    newest, due = (rows.c.day.desc(), rows.c.id.desc()), (rows.c.due_on.asc().nulls_last(), rows.c.day, rows.c.id)
    rank = case((listed, func.row_number(type_=Integer).over(partition_by=listed, order_by=newest)))
    turn = case((is_open, func.row_number(type_=Integer).over(partition_by=is_open, order_by=due)))
    ranked = select(rows, rank.label("rank"), turn.label("turn")).subquery()
    if limit is None:
        return select(ranked)
    return select(ranked).where(or_(ranked.c.rank <= limit + 1, ranked.c.turn <= OPEN_SHOWN))


def _paid(account: Account, limit: int | None) -> Select[Any]:
    paid = account.settlements
    newest = (paid.c.day.desc(), paid.c.id.desc())
    query = select(paid, func.row_number(type_=Integer).over(order_by=newest).label("rank"))
    return query if limit is None else query.order_by(*newest).limit(literal_column(str(limit + 1)))


def _within(place: int | None, limit: int | None) -> bool:
    return place is not None and (limit is None or place <= limit)
