"""Whose own address a to-do is about: the one contact that its messages were for."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import Contact, Person
from shared.todos.models import Todo, TodoNotification


@dataclass(frozen=True)
class Reached:
    """A contact whose address may be corrected, as it stands."""

    id: uuid.UUID
    name: str
    address: str


def contacts_reached(todo_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Reached]:
    """To-do → its contact, in one query; none where several are meant, who have left, or who are the party itself."""
    if not todo_ids:
        return {}
    query = (
        select(Todo.id, Contact.id, Contact.email, Person.given_name, Person.family_name)
        .distinct()
        .join(TodoNotification, TodoNotification.todo_id == Todo.id)
        .join(Notification, Notification.id == TodoNotification.notification_id)
        .join(Contact, Contact.id == Notification.contact_id)
        .join(Person, Person.id == Contact.person_id)
        .where(Todo.id.in_(todo_ids), Todo.slot.is_(None), Notification.fixed_address.is_not(None))
        .where(Contact.party_id == Todo.party_id, ~Contact.is_main, Contact.closed_at.is_(None))
    )
    found: dict[uuid.UUID, list[Reached]] = {}
    for todo_id, contact_id, email, given, family in db.session.execute(query):
        found.setdefault(todo_id, []).append(Reached(contact_id, f"{given} {family}".strip(), email))
    return {todo_id: each[0] for todo_id, each in found.items() if len(each) == 1}
