"""A message that nobody can receive yet is something to do: the party has no address where it should go."""

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.events.actors import SYSTEM
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.models import Notification
from shared.people.models import EmailCell, EmailSlot, Family, Party
from shared.todos.models import Todo, TodoKind, TodoNotification
from shared.words import N_

NOWHERE = N_("Aucune adresse : le message attend que vous en donniez une.")


def wants_address(row: Notification) -> None:
    """Open a to-do about this party, or add the message to the open one: ten messages are one thing to do.

    An address that rejects our messages is to be corrected already: that is the same thing to do.
    """
    if _is_rejecting(row):
        return
    this = {"kind": TodoKind.NO_ADDRESS, "party_id": row.party_id, "address": ""}
    made = db.session.scalar(
        insert(Todo)
        .values(id=uuid7(), **this, slot=row.slot or EmailSlot.CARD, reason=NOWHERE, opened_at=now())
        .on_conflict_do_nothing()
        .returning(Todo.id)
    )
    if made is not None:
        facts = {"todo": str(made), "address": ""}
        record("todo.opened", by=SYSTEM, party_id=row.party_id, notification_id=row.id, facts=facts)
    else:
        same = (Todo.kind == TodoKind.NO_ADDRESS, Todo.party_id.is_not_distinct_from(row.party_id))
        made = db.session.execute(select(Todo.id).where(*same, Todo.closed_at.is_(None))).scalar_one()
    link = insert(TodoNotification).values(todo_id=made, notification_id=row.id)
    db.session.execute(link.on_conflict_do_nothing())


def _is_rejecting(row: Notification) -> bool:
    query = select(Todo.id).where(Todo.kind == TodoKind.BOUNCE, Todo.party_id == row.party_id, Todo.slot == row.slot)
    return db.session.scalars(query.where(Todo.closed_at.is_(None)).limit(1)).first() is not None


def address_filled(event: Event) -> None:
    """Reaction to an address of the card: what waited for one leaves by itself, and the to-do is done."""
    reaches = or_(EmailCell.slot == Todo.slot, EmailCell.slot == Family.slot_fallback)
    query = (
        select(Todo)
        .join(Party, Party.id == Todo.party_id)
        .join(Family, Family.id == Party.family_id)
        .join(EmailCell, (EmailCell.party_id == Party.id) & reaches)
        .where(Todo.party_id == event.party_id, Todo.kind == TodoKind.NO_ADDRESS, Todo.closed_at.is_(None))
    )
    todo = db.session.scalars(query.limit(1)).first()
    if todo is not None:
        todo.closed_at, todo.closed_by, todo.outcome = now(), event.actor, "corrected"
        db.session.flush()
        record(
            "todo.closed", by=event.actor, party_id=todo.party_id, facts={"todo": str(todo.id), "outcome": "corrected"}
        )
