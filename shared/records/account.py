"""The statement's tables: invoices and credit notes with what is left of each, and what was paid.

Parameters: those of `visible.who`, `moment` at which it is told and `stated_on`, the day it was where the company is.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Numeric,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from shared.days import day_of_column
from shared.events.models import Event
from shared.records.declaring import DRAFT
from shared.records.kinds import INVOICE, PAYMENT
from shared.records.models import Record
from shared.records.money_models import PaymentShare
from shared.records.papers import LISTED, STATED_ON, papers
from shared.records.visible import Sight, seen_by

MOMENT = bindparam("moment", type_=DateTime(timezone=True))
NOTHING = literal(Decimal(0), Numeric(14, 2))
CANCELLED, CLOSED, CONFIRMED, PAID = "cancelled", "closed", "confirmed", "paid"


@dataclass(frozen=True)
class Account:
    """Columns: of `statement.Line`, of `statement.Settlement`; `sums` answers `statement.Balance`."""

    lines: CTE
    settlements: CTE
    sums: Select[Any]


def account_of(sight: Sight) -> Account:
    """What stood at that moment."""
    every = papers(sight, INVOICE)
    stands = or_(every.c.status.is_distinct_from(CANCELLED), every.c.moved_at > MOMENT)
    paper = select(every).where(stands, _was_shown(every)).cte("invoice")
    paid = _paid(sight)
    shares = _shares(paper, paid)
    lines = _lines(paper, shares)
    settlements = _settlements(paper, paid, shares)
    return Account(lines, settlements, _sums(lines, settlements))


def _paid(sight: Sight) -> CTE:
    """The payments that stood then."""
    stands = or_(Record.status == CONFIRMED, and_(Record.status == CANCELLED, Record.moved_at > MOMENT))
    query = seen_by(sight, PAYMENT.key).with_only_columns(*LISTED).where(Record.created_at <= MOMENT, stands)
    return query.where(_had_begun(Record.id, Record.moved_at, "payment.confirmed")).cte("paid")


def _was_shown(every: CTE) -> ColumnElement[bool]:
    """Its paper was published by then, or it had none."""
    bare = or_(every.c.document_id.is_(None), every.c.tied_at > MOMENT)
    begun = _had_begun(every.c.record_id, every.c.moved_at, "invoice.validated")
    return or_(every.c.live_at <= MOMENT, and_(bare, every.c.entered_at <= MOMENT, begun))


def _had_begun(record_id: Any, moved_at: Any, event: str) -> ColumnElement[bool]:
    """Whether it was no draft any more; the log is asked only of what has moved since."""
    entered = and_(Event.name == f"{event.partition('.')[0]}.created", Event.facts["status"].astext != DRAFT)
    return or_(moved_at.is_(None), moved_at <= MOMENT, _told(record_id, or_(Event.name == event, entered)))


def _told(record_id: Any, what: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the log had it by then."""
    return exists().where(Event.record_id == record_id, Event.at <= MOMENT, what)


def _shares(paper: CTE, paid: CTE) -> CTE:
    """Invoice → what payments had taken off it then, and what those that stand today take off it."""
    payer = Record.__table__.alias("payer")
    stood = PaymentShare.payment_id.in_(select(paid.c.id))
    stands = payer.c.status == CONFIRMED
    return (
        select(
            PaymentShare.invoice_id.label("invoice_id"),
            func.coalesce(func.sum(PaymentShare.amount).filter(stood), 0).label("then"),
            func.coalesce(func.sum(PaymentShare.amount).filter(stands), 0).label("today"),
        )
        .join(payer, payer.c.id == PaymentShare.payment_id)
        .where(PaymentShare.invoice_id.in_(select(paper.c.record_id)))
        .group_by(PaymentShare.invoice_id)
        .cte("share")
    )


def _declared(paper: CTE, shares: CTE) -> ColumnElement[Decimal]:
    """What was said by then to be paid of an invoice beyond the payments that are told of.

    A payment may be told of after the invoice was declared paid, and then explains it: until then, it was all declared.
    """
    then, today = func.coalesce(shares.c.then, 0), func.coalesce(shares.c.today, 0)
    stood = func.coalesce(paper.c.moved_at, paper.c.entered_at) <= MOMENT
    ended, told = or_(paper.c.status == PAID, paper.c.status == CLOSED), Event.name == "invoice.paid"
    settled = or_(and_(paper.c.status == PAID, stood), and_(ended, _told(paper.c.record_id, told)))
    rest = case((settled, paper.c.paid - then), (stood, paper.c.paid - today), else_=NOTHING)
    return case((paper.c.paid == then, NOTHING), else_=rest)


def _lines(paper: CTE, shares: CTE) -> CTE:
    settled = func.coalesce(shares.c.then, 0) + _declared(paper, shares)
    remaining = func.coalesce(paper.c.amount, 0) - settled
    columns = ("id", "record_id", "document_id", "number", "title", "day", "due_on", "amount", "currency")
    return (
        select(
            *(paper.c[name] for name in columns),
            paper.c.is_credit_note,
            paper.c.status,
            settled.label("settled"),
            remaining.label("remaining"),
            and_(paper.c.due_on.is_not(None), paper.c.due_on < STATED_ON, remaining > 0).label("is_late"),
            paper.c.is_new,
        )
        .outerjoin(shares, shares.c.invoice_id == paper.c.record_id)
        .cte("line")
    )


def _settlements(paper: CTE, paid: CTE, shares: CTE) -> CTE:
    elsewhere = (
        select(func.coalesce(func.sum(PaymentShare.amount), 0))
        .where(PaymentShare.payment_id == paid.c.id)
        .where(PaymentShare.invoice_id.not_in(select(paper.c.record_id).where(paper.c.record_id.is_not(None))))
        .scalar_subquery()
    )
    amount = func.coalesce(paid.c.amount, 0) - elsewhere
    payments = select(
        paid.c.id,
        paid.c.number,
        paid.c.title,
        func.coalesce(paid.c.issued_on, day_of_column(paid.c.created_at)).label("day"),
        amount.label("amount"),
        paid.c.currency,
    ).where(amount != 0)
    declared = _declared(paper, shares)
    said = (
        select(
            paper.c.id,
            paper.c.number,
            paper.c.title,
            day_of_column(func.coalesce(paper.c.moved_at, paper.c.entered_at)),
            declared,
            paper.c.currency,
        )
        .outerjoin(shares, shares.c.invoice_id == paper.c.record_id)
        .where(declared != 0)
    )
    return union_all(payments, said).cte("settlement")


def _sums(lines: CTE, settlements: CTE) -> Select[Any]:
    """One row a currency."""
    is_credit = case((lines.c.is_credit_note, True), else_=func.coalesce(lines.c.amount, 0) < 0)
    sold = select(
        lines.c.currency,
        case((is_credit, NOTHING), else_=lines.c.amount).label("invoices"),
        case((is_credit, -lines.c.amount), else_=NOTHING).label("credit_notes"),
        NOTHING.label("payments"),
        case((lines.c.is_late, lines.c.remaining), else_=NOTHING).label("overdue"),
        literal(1).label("documents"),
        case((lines.c.amount.is_(None), 1), else_=0).label("silent"),
    )
    paid = select(settlements.c.currency, NOTHING, NOTHING, settlements.c.amount, NOTHING, literal(0), literal(0))
    every = union_all(sold, paid).subquery()
    names = ("invoices", "credit_notes", "payments", "overdue", "documents", "silent")
    sums = (func.coalesce(func.sum(every.c[name]), 0).label(name) for name in names)
    return select(every.c.currency, *sums).group_by(every.c.currency).order_by(every.c.currency)
