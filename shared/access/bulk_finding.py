"""What staff read of bulk actions: only those all of whose lines are in their reach."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from shared.access.bulk_models import BulkAction, BulkRow, Outcome
from shared.extensions import db
from shared.keyset import Order, Page, by_date, read_page
from shared.people.models import Party
from shared.people.scopes import Scope

SHOWN = 50  # exceptions on the page; the report has them all
AT_ONCE = 500


def action_in(scope: Scope, action_id: uuid.UUID) -> BulkAction | None:
    """One action, or None as if it did not exist."""
    query = select(BulkAction).where(BulkAction.id == action_id, _in_reach(scope))
    return db.session.scalars(query).one_or_none()


def actions(scope: Scope, *, after: str = "", before: str = "") -> Page:
    """The newest first: id, kind, by, at, count, done, state."""
    query: Select[*tuple[Any, ...]] = select(
        BulkAction.id,
        BulkAction.kind,
        BulkAction.by,
        BulkAction.at,
        BulkAction.count.label("lines"),  # a row has a method called count
        BulkAction.done,
        BulkAction.state,
    ).where(_in_reach(scope))
    order = Order(BulkAction.at.expression, by_date, descending=True)
    return read_page(query, order, BulkAction.id.expression, after=after, before=before)


def exceptions(action: BulkAction) -> Sequence[Row[Any]]:
    """The first lines that a person should look at: refused, without address, or that could not be taken back."""
    troubled = or_(
        BulkRow.outcome == Outcome.REFUSED,
        BulkRow.reason == "no_address",
        BulkRow.undone.in_(("moved", "told", "used", "left", "partly")),
    )
    return db.session.execute(_rows(action).where(troubled).order_by(BulkRow.position).limit(SHOWN)).all()


def every_row(action: BulkAction) -> Iterator[Sequence[Row[Any]]]:
    """All of them in order, for the report."""
    for first in range(0, action.count, AT_ONCE):
        within = BulkRow.position.between(first, first + AT_ONCE - 1)
        yield db.session.execute(_rows(action).where(within).order_by(BulkRow.position)).all()


def undone_counts(action: BulkAction) -> list[tuple[str, int]]:
    """What taking it back did to how many lines."""
    query = select(BulkRow.undone, func.count()).where(BulkRow.bulk_action_id == action.id, BulkRow.undone != "")
    return [(word, number) for word, number in db.session.execute(query.group_by(BulkRow.undone))]


def _rows(action: BulkAction) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(BulkRow, Party.id.label("party_id"), Party.code, Party.name)
    return query.join(Party, Party.id == BulkRow.party_id).where(BulkRow.bulk_action_id == action.id)


def _in_reach(scope: Scope) -> ColumnElement[bool]:
    out = select(BulkRow.party_id).join(Party, Party.id == BulkRow.party_id)
    out = out.where(BulkRow.bulk_action_id == BulkAction.id, ~scope.parties())
    return ~out.correlate(BulkAction).exists()
