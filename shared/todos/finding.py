"""« À traiter » as it is read: oldest first while open, latest first once done; the scope stands in every query."""

import functools
import uuid
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select, true

from shared.extensions import db
from shared.keyset import Order, Page, by_date, read_page
from shared.people.models import EmailCell, Family, Party
from shared.people.scopes import Scope
from shared.todos.models import Todo, TodoNotification

OLDEST = Order(Todo.opened_at.expression, by_date)
LATEST = Order(func.coalesce(Todo.closed_at, Todo.opened_at), by_date, descending=True)


def todos(scope: Scope, *, closed: bool = False, after: str = "", before: str = "") -> Page:
    """Fifty at a time: the to-do, its party, what its cell holds today and how many messages wait for it."""
    state = Todo.closed_at.is_not(None) if closed else Todo.closed_at.is_(None)
    order = LATEST if closed else OLDEST
    return read_page(_lines(scope).where(state), order, Todo.id.expression, after=after, before=before)


def line(scope: Scope, todo_id: uuid.UUID) -> Any:
    """One of them; None out of reach."""
    return db.session.execute(_lines(scope).where(Todo.id == todo_id)).one_or_none()


def todo_in(scope: Scope, todo_id: uuid.UUID) -> Todo | None:
    """The row to act upon; None out of reach."""
    query = select(Todo).outerjoin(Party, Party.id == Todo.party_id).where(Todo.id == todo_id, _in_reach(scope))
    return db.session.scalars(query).one_or_none()


def open_count(scope: Scope) -> ScalarSelect[int]:
    """How many wait, as a part of a query that is asked anyway."""
    return _everywhere() if any(grant.family_id is None for grant in scope.grants) else _counted(_in_reach(scope))


@functools.cache
def _everywhere() -> ScalarSelect[int]:
    """Nearly everybody's count, built once: so is then the question that it is a part of."""
    return _counted(true())


def _counted(reached: ColumnElement[bool]) -> ScalarSelect[int]:
    query: Select[int] = select(func.count()).select_from(Todo).outerjoin(Party, Party.id == Todo.party_id)
    return query.where(Todo.closed_at.is_(None), reached).scalar_subquery()


def _lines(scope: Scope) -> Select[*tuple[Any, ...]]:
    messages = select(func.count()).where(TodoNotification.todo_id == Todo.id).scalar_subquery()
    first = (
        select(TodoNotification.notification_id)
        .where(TodoNotification.todo_id == Todo.id)
        .order_by(TodoNotification.notification_id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Todo.id,
            Todo.kind,
            Todo.address,
            Todo.slot,
            Todo.reason,
            Todo.opened_at,
            Todo.closed_at,
            Todo.closed_by,
            Todo.outcome,
            Todo.party_id,
            Party.name,
            Party.code,
            Family.one.label("family"),
            EmailCell.address.label("stands"),
            messages.label("messages"),
            first.label("notification_id"),
        )
        .outerjoin(Party, Party.id == Todo.party_id)
        .outerjoin(Family, Family.id == Party.family_id)
        .outerjoin(EmailCell, and_(EmailCell.party_id == Todo.party_id, EmailCell.slot == Todo.slot))
        .where(_in_reach(scope))
    )


def _in_reach(scope: Scope) -> ColumnElement[bool]:
    return or_(Todo.party_id.is_(None), scope.parties()) if scope.grants else scope.parties()
