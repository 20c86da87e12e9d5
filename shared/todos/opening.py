"""A message that came back for good is something to do: found out where it is, corrected, sent again."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.events.actors import SYSTEM
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.models import Notification
from shared.todos.models import Todo, TodoKind, TodoNotification


def after_bounce(event: Event) -> None:
    """Reaction to a refusal for good: opens a to-do about this party and address, or adds the message to the open one.

    Ten messages refused by one address are one thing to do.
    """
    row = db.session.get(Notification, event.notification_id, populate_existing=True)
    if row is None:
        return
    address = row.address or str(event.facts.get("address") or "")
    todo_id = _open(row, address)
    link = insert(TodoNotification).values(todo_id=todo_id, notification_id=row.id)
    db.session.execute(link.on_conflict_do_nothing())


def _open(row: Notification, address: str) -> object:
    this = {"kind": TodoKind.BOUNCE, "party_id": row.party_id, "address": address}
    made = db.session.scalar(
        insert(Todo)
        .values(id=uuid7(), **this, slot=row.address_slot, reason=row.reply or "", opened_at=now())
        .on_conflict_do_nothing()
        .returning(Todo.id)
    )
    if made is None:
        same = Todo.party_id.is_not_distinct_from(row.party_id)
        standing = select(Todo.id).where(Todo.kind == TodoKind.BOUNCE, same, Todo.address == address)
        return db.session.execute(standing.where(Todo.closed_at.is_(None))).scalar_one()
    facts = {"todo": str(made), "address": address}
    record("todo.opened", by=SYSTEM, party_id=row.party_id, notification_id=row.id, facts=facts)
    return made
