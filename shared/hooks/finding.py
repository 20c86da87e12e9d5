"""Reading calls: the last ones, of one hook or of all."""

import uuid

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import joinedload

from shared.extensions import db
from shared.hooks.models import Hook, HookCall
from shared.keyset import Order, Page, by_date, read_page
from shared.tallying import tally


def calls(hook_id: uuid.UUID, *, after: str = "", before: str = "", size: int = 50) -> Page:
    """The calls of a hook, the newest first."""
    query = select(HookCall).where(HookCall.hook_id == hook_id)
    order = Order(HookCall.at.expression, by_date, descending=True)
    return read_page(query, order, HookCall.id.expression, after=after, before=before, size=size)


def failing() -> ScalarSelect[int]:
    """How many addresses do not answer, or asked to be called no more; a part of a query that is asked anyway."""
    query = select(Hook.id).where(Hook.deleted_at.is_(None), Hook.failing_since.is_not(None))
    return tally(query)


def call_of(hook_id: uuid.UUID, call_id: uuid.UUID) -> HookCall | None:
    """One call of that hook."""
    query = select(HookCall).where(HookCall.id == call_id, HookCall.hook_id == hook_id)
    return db.session.scalars(query.options(joinedload(HookCall.hook))).one_or_none()
