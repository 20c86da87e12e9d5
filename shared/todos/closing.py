"""What a person does with a to-do: correct the address and send again, send again as it is, or set it aside."""

import uuid
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.clock import now
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.notifications.resending import resend
from shared.people.addressing import change_cell
from shared.people.models import Contact, EmailCell, Party
from shared.people.readdressing import change_contact_address
from shared.todos.contacts import contacts_reached
from shared.todos.models import Todo, TodoKind, TodoNotification

Outcome = Literal["corrected", "resent", "dismissed"]
REFUSED = (Status.BOUNCED, Status.FAILED)


def correct(*, todo: Todo, address: str, seen: str, by: str, is_sure: bool = False) -> int:
    """« Corriger et renvoyer »: the cell takes the new address, each message refused leaves again, tied to the first.

    Where it is a contact's own address, their card takes it. `seen` is what the cell or the card held when it was
    shown. Returns how many leave. Raises Refused (field `address`) when the address is malformed, the same as the one
    that refuses, or nobody's; Doubtful when it looks wrong and the person is not yet sure; Stale when somebody else
    changed it, or was done with it, meanwhile.
    """
    _take(todo)
    party = db.session.get(Party, todo.party_id) if todo.party_id else None
    reached = contacts_reached([todo.id]).get(todo.id) if todo.slot is None else None
    if reached is not None:
        return _correct_contact(todo, reached.id, address, seen, by, is_sure=is_sure)
    if party is None or todo.slot is None:
        raise Refused(_("Cette adresse n’est pas dans une case de la fiche : changez-la chez la personne."), "address")
    if not address.strip():
        raise Refused(_("Écrivez la bonne adresse."), "address")
    waiting = _messages(todo)
    change_cell(party=party, slot=todo.slot, address=address, seen=seen, by=by, is_sure=is_sure)
    if todo.kind is TodoKind.NO_ADDRESS:
        return waiting  # the new address has let them go, and closed this
    if _stands(todo) == todo.address:
        raise Refused(_("C’est l’adresse qui vient d’être rejetée : corrigez-la, ou renvoyez telle quelle."), "address")
    return _send_again(todo, by, "corrected")


def send_again(*, todo: Todo, by: str) -> int:
    """The mailbox was full, the server was wrong: the same address once more. Returns how many messages leave."""
    _take(todo)
    query = select(EmailCell).where(EmailCell.party_id == todo.party_id, EmailCell.slot == todo.slot)
    cell = db.session.scalars(query.with_for_update()).one_or_none()
    if cell is not None and cell.address == todo.address:
        cell.bounced_at, cell.bounce_reason = None, ""
        cell.bounces = min(cell.bounces, 1)  # one more refusal stops it again
    return _send_again(todo, by, "resent")


def dismiss(*, todo: Todo, by: str) -> None:
    """Nothing more is to be done about it; the messages stay « Rejeté »."""
    _take(todo)
    _close(todo, by, "dismissed")


def address_retried(event: Event) -> None:
    """Reaction to « Essayer à nouveau » on the card: what waits for that address leaves, and the to-do is done."""
    query = select(Todo).where(Todo.party_id == event.party_id, Todo.address == event.facts["address"])
    todo = db.session.scalars(query.where(Todo.closed_at.is_(None)).with_for_update()).one_or_none()
    if todo is not None:
        _send_again(todo, event.actor, "resent")


def _correct_contact(todo: Todo, contact_id: uuid.UUID, address: str, seen: str, by: str, *, is_sure: bool) -> int:
    contact = db.session.get_one(Contact, contact_id)
    if not address.strip():
        raise Refused(_("Écrivez la bonne adresse."), "address")
    change_contact_address(contact=contact, address=address, seen=seen, by=by, is_sure=is_sure)
    if contact.email == todo.address:
        raise Refused(_("C’est l’adresse qui vient d’être rejetée : corrigez-la, ou renvoyez telle quelle."), "address")
    return _send_again(todo, by, "corrected", contact)


def _take(todo: Todo) -> None:
    """From here on nobody else closes it. Raises Stale when somebody has."""
    db.session.refresh(todo, with_for_update=True)
    if todo.closed_at is not None:
        raise Stale(_("Quelqu’un l’a déjà traité : rien n’a été envoyé une seconde fois."))


def _stands(todo: Todo) -> str | None:
    query = select(EmailCell.address).where(EmailCell.party_id == todo.party_id, EmailCell.slot == todo.slot)
    return db.session.scalar(query)


def _messages(todo: Todo) -> int:
    query = select(func.count()).select_from(TodoNotification).where(TodoNotification.todo_id == todo.id)
    return db.session.scalar(query) or 0


def _send_again(todo: Todo, by: str, outcome: Outcome, contact: Contact | None = None) -> int:
    """`contact`: whose messages go where their card says now."""
    waiting = _waiting(todo)
    for notification_id, contact_id in waiting:
        theirs = contact is not None and contact.id == contact_id
        resend(notification_id=notification_id, by=by, address=contact.email if contact and theirs else "")
    _close(todo, by, outcome)
    return len(waiting)


def _waiting(todo: Todo) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """The messages that were refused and that nobody has sent again by himself, each with its contact, oldest first."""
    again = select(Notification.resend_of_id).where(Notification.resend_of_id.is_not(None))
    query = (
        select(Notification.id, Notification.contact_id)
        .join(TodoNotification, TodoNotification.notification_id == Notification.id)
        .where(
            TodoNotification.todo_id == todo.id,
            Notification.status.in_(REFUSED),
            ~Notification.id.in_(again),
        )
        .order_by(Notification.created_at, Notification.id)
    )
    return [(message, contact) for message, contact in db.session.execute(query)]


def _close(todo: Todo, by: str, outcome: Outcome) -> None:
    todo.closed_at, todo.closed_by, todo.outcome = now(), by, outcome
    db.session.flush()
    record("todo.closed", by=by, party_id=todo.party_id, facts={"todo": str(todo.id), "outcome": outcome})
