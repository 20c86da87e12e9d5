"""Orders with their deposit and their goods, and the expense reports of an employee."""

from collections.abc import Sequence
from decimal import Decimal

from flask import Response, request
from sqlalchemy import func, select

from portal import portal
from portal._record import state_of
from shared.clock import today
from shared.extensions import db
from shared.records.kinds import EXPENSE_REPORT, KINDS, ORDER
from shared.records.listed import records
from shared.records.models import Record, RecordLine
from shared.records.visible import lists_of
from shared.web import visitors
from shared.web.page import page
from shared.web.permissions import Permission, requires


@portal.get("/orders")
@requires(Permission.PORTAL_READ)
def order_list() -> Response:
    """Where each order is: deposit, goods, ready."""
    return _list("portal/records/orders.html", ORDER.key)


@portal.get("/expense-reports")
@requires(Permission.PORTAL_READ)
def expense_list() -> Response:
    """One's own expense reports, and which were paid back."""
    return _list("portal/records/expenses.html", EXPENSE_REPORT.key)


def _list(template: str, kind: str) -> Response:
    seat, day = visitors.seat(), today()
    found = records(seat=seat, kinds=(kind,), after=request.args.get("after", ""))
    return page(
        template,
        blocks=("results",),
        rows=found.rows,
        after=found.after,
        state=lambda each: state_of(KINDS[kind], each.status, None, day),
        goods=_goods(found.rows) if kind == ORDER.key else {},
        lists=lists_of(seat),
    )


def _goods(rows: Sequence[Record]) -> dict[object, tuple[Decimal, Decimal]]:
    """Order → how many of its goods have come, of how many; a line without a reference is no goods. One query."""
    query = select(RecordLine.record_id, func.sum(RecordLine.allocated), func.sum(RecordLine.quantity))
    query = query.where(RecordLine.record_id.in_([row.id for row in rows]), RecordLine.reference != "")
    query = query.group_by(RecordLine.record_id)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)} if rows else {}
