"""Half a million notifications over two years, in every state and for every reason, with what came back."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.demo.copying import copy
from shared.demo.crowd import REFUSED, Someone
from shared.demo.piles import Sheet
from shared.extensions import uuid7
from shared.notifications.channels.building import new_message_id
from shared.notifications.delivery_models import DeliveryReport
from shared.notifications.models import Notification, NotificationDocument, Reason, Status
from shared.people.models import EmailSlot
from shared.people.shipping import CUSTOMERS
from shared.todos.models import Todo, TodoKind, TodoNotification

PUBLISHED, OPENED = "document.published", "access.opened"
RARE = (Status.BOUNCED, Status.FAILED, Status.CANCELLED, Status.UNKNOWN, Status.WAITING)
# Not « due now »: what waits here is not sent by the worker that finds it.
REASONS = [reason for reason in Reason if reason not in (Reason.NONE, Reason.DRAFT)]  # a draft says what it lacks
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Letter:
    """A notification of the bag; `sheet` is what it announces, None for the opening of an access."""

    at: int
    id: uuid.UUID
    owner: Someone
    sheet: Sheet | None
    written_at: datetime
    status: Status
    reason: Reason = Reason.NONE


def write_letters(number: int, crowd: Sequence[Someone], sheets: Sequence[Sheet], named: dict[str, Any]) -> None:
    """The lines, which documents they tell of, the reports that came back and what is to be done about them.

    `named`: event name → id of its template; "domain" of the addresses.
    """
    letters = list(_letters(number, crowd, sheets))
    copy(Notification, (_line(letter, named) for letter in letters))
    told = ((letter, letter.sheet) for letter in letters if letter.sheet is not None)
    copy(NotificationDocument, ({"notification_id": letter.id, "document_id": sheet.id} for letter, sheet in told))
    back = [letter for letter in letters if letter.status is Status.BOUNCED]
    copy(DeliveryReport, (_report(letter) for letter in back))
    _write_todos(back)


def _letters(number: int, crowd: Sequence[Someone], sheets: Sequence[Sheet]) -> Iterator[Letter]:
    """One line a party opens its access; the others announce the documents in turn, soon after their filing."""
    every = max(number // len(crowd), 1)
    for at in range(number):
        sheet = sheets[at * len(sheets) // number]
        written = sheet.filed_at + timedelta(seconds=30 + at % 50)
        opened = crowd[at // every] if at % every == 0 and at // every < len(crowd) else None
        if opened is not None and opened.has_access:
            yield Letter(at, uuid7(), opened, None, written, *_fate(at, opened))
        else:
            yield Letter(at, uuid7(), sheet.owner, sheet, written, *_fate(at, sheet.owner))


def _fate(at: int, owner: Someone) -> tuple[Status, Reason]:
    """One in a hundred of each rare state, a third known to be delivered; without a pattern, the same at each run."""
    if not owner.has_address:
        return Status.WAITING, Reason.NO_ADDRESS
    draw = int.from_bytes(hashlib.blake2b(at.to_bytes(4), digest_size=4).digest())
    if owner.bounces and draw % 4 == 0:
        return Status.BOUNCED, Reason.NONE
    rank = draw % 100
    status = RARE[rank] if rank < len(RARE) else Status.DELIVERED if rank < 40 else Status.SENT
    return status, REASONS[draw // 100 % len(REASONS)] if status is Status.WAITING else Reason.NONE


def _line(letter: Letter, named: dict[str, Any]) -> dict[str, Any]:
    owner, status, event = letter.owner, letter.status, PUBLISHED if letter.sheet else OPENED
    left = status in (Status.SENT, Status.DELIVERED, Status.BOUNCED)
    ended = status not in (Status.WAITING, Status.SENT)
    subject = f"{letter.sheet.title} est disponible" if letter.sheet else "Votre accès à notre portail"
    return {
        "id": letter.id,
        "created_at": letter.written_at,
        "dated": letter.written_at,
        "due_at": letter.written_at + (5 * YEAR if status is Status.WAITING else timedelta()),
        "event": event,
        "status": status.value,
        "reason": letter.reason.value,
        "family_id": owner.family_id,
        "party_id": owner.id,
        "access_id": None if letter.sheet else owner.access_id,
        "slot": (EmailSlot.BILLING if letter.sheet and owner.family == CUSTOMERS else EmailSlot.CARD).value,
        "template_id": named[event],
        "message_id": new_message_id(letter.id, named["domain"]),
        "address": None if status is Status.WAITING else owner.address,
        "subject": None if status is Status.WAITING else subject,
        "body": None if status is Status.WAITING else f"Bonjour,\n\n{subject}.\n\n•••",
        "reply": REFUSED if status is Status.BOUNCED else "250 2.0.0 Ok" if left else "",
        "sent_at": letter.written_at + timedelta(seconds=20) if left else None,
        "ended_at": letter.written_at + timedelta(minutes=3) if ended else None,
    }


def _report(letter: Letter) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "notification_id": letter.id,
        "at": letter.written_at + timedelta(minutes=3),
        "kind": "hard",
        "status": "5.1.1",
        "diagnostic": REFUSED,
        "digest": hashlib.sha256(letter.id.bytes).hexdigest(),
    }


def _write_todos(back: Sequence[Letter]) -> None:
    """One a party whose card bounces: half of them done."""
    held: dict[uuid.UUID, list[Letter]] = {}
    for letter in back:
        if letter.owner.bounces:
            held.setdefault(letter.owner.id, []).append(letter)
    todos = {party_id: uuid7() for party_id in held}
    copy(Todo, (_todo(todos[party_id], letters) for party_id, letters in held.items()))
    waiting = ((todos[party_id], letter) for party_id, letters in held.items() for letter in letters)
    copy(TodoNotification, ({"todo_id": todo, "notification_id": letter.id} for todo, letter in waiting))


def _todo(ident: uuid.UUID, letters: Sequence[Letter]) -> dict[str, Any]:
    owner, opened = letters[0].owner, letters[0].written_at + timedelta(minutes=3)
    is_done = owner.at % 50 == 5
    return {
        "id": ident,
        "kind": TodoKind.BOUNCE.value,
        "party_id": owner.id,
        "address": owner.address,
        "slot": EmailSlot.CARD.value,
        "reason": REFUSED,
        "opened_at": opened,
        "closed_at": opened + timedelta(days=1) if is_done else None,
        "closed_by": "system" if is_done else None,
        "outcome": "dismissed" if is_done else "",
    }
