"""A to-do that could not be done: why, what was typed, and what a colleague wrote meanwhile."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.events.models import Event
from shared.extensions import db
from shared.people.addressing import Doubtful
from shared.people.models import EmailCell
from shared.todos.contacts import contacts_reached
from shared.todos.models import Todo


def refused(todo_id: uuid.UUID, refusal: Refused, form: Mapping[str, str]) -> dict[str, Any]:
    """For the page; with `stands`, `who` and `when` where somebody was faster."""
    said = {
        "id": todo_id,
        "sentence": refusal.sentence,
        "typed": form.get("address", ""),
        "doubtful": isinstance(refusal, Doubtful),
        "stale": isinstance(refusal, Stale),
    }
    todo = db.session.get(Todo, todo_id)
    return said | _faster(todo) if todo is not None and said["stale"] else said


def _faster(todo: Todo) -> dict[str, Any]:
    """What stands now, who wrote it and when; of one that is closed, who closed it."""
    reached = contacts_reached([todo.id]).get(todo.id)
    cell = select(EmailCell.address).where(EmailCell.party_id == todo.party_id, EmailCell.slot == todo.slot)
    stands = reached.address if reached else db.session.scalar(cell) or ""
    actor, when = todo.closed_by, todo.closed_at
    if when is None:
        wrote = _wrote_contact(reached.id) if reached else _wrote_cell(todo)
        query = select(Event.actor, Event.at).where(Event.party_id == todo.party_id, wrote)
        last = db.session.execute(query.order_by(Event.at.desc()).limit(1)).one_or_none()
        actor, when = last or (None, None)
    name = names_of([actor]).get(actor, "") if actor else ""
    return {"stands": stands, "who": name, "when": when, "closed": todo.closed_at is not None, "party": todo.party_id}


def _wrote_contact(contact_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Event.name == "contact.changed", Event.facts["contact"].astext == str(contact_id))


def _wrote_cell(todo: Todo) -> ColumnElement[bool]:
    slot = todo.slot.value if todo.slot else ""
    return and_(Event.name == "party.address_changed", Event.facts["slot"].astext == slot)
