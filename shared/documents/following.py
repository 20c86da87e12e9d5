"""What became of documents: who was told, who opened them, who did what."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import String, cast, func, literal, or_, select

from shared.access.models import Account
from shared.events.catalogue import CATALOGUE
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification, NotificationDocument, Reason, Status
from shared.people.models import Person, Staff

SHOWN = 100
GONE = (Status.SENT, Status.DELIVERED)


class Notice(NamedTuple):
    """One message about a document."""

    id: uuid.UUID
    created_at: datetime
    status: Status
    reason: Reason
    address: str | None
    sent_at: datetime | None
    due_at: datetime
    reply: str
    resend_of_id: uuid.UUID | None

    @property
    def is_leaving(self) -> bool:
        """Sent within seconds, without anybody doing anything."""
        return self.status is Status.SENDING or (self.status is Status.WAITING and self.reason is Reason.NONE)


class Happening(NamedTuple):
    """One line of a document's story; `who` is empty for Guichet itself and for a link that opens one document."""

    at: datetime
    name: str
    facts: dict[str, Any]
    who: str

    @property
    def label(self) -> str:
        """What it is called on screen."""
        return CATALOGUE[self.name].label if self.name in CATALOGUE else self.name


@dataclass
class Story:
    """The messages about one document, the oldest first."""

    notices: list[Notice] = field(default_factory=list)

    @property
    def last(self) -> Notice | None:
        """The last message made about the document."""
        return self.notices[-1] if self.notices else None

    @property
    def notified_at(self) -> datetime | None:
        """When a message about the document last left."""
        return max((notice.sent_at for notice in self.notices if notice.sent_at), default=None)

    @property
    def resends(self) -> list[Notice]:
        """The messages that left again, the last one at the end: « renvoyé 1 fois »."""
        return [notice for notice in self.notices if notice.resend_of_id and notice.status in GONE]


def stories(document_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Story]:
    """document → story; one query whatever their number."""
    told: dict[uuid.UUID, Story] = {document_id: Story() for document_id in document_ids}
    for document_id, notice in _notices(document_ids) if told else ():
        told[document_id].notices.append(notice)
    return told


def story(document_id: uuid.UUID) -> Story:
    """The messages about one document."""
    return stories([document_id])[document_id]


def happenings(document_id: uuid.UUID, limit: int = SHOWN) -> list[Happening]:
    """What was done with a document and who read it, the last first, with names; a view by staff is no reading."""
    person = func.trim(func.concat(Person.given_name, " ", Person.family_name))
    query = (
        select(Event.at, Event.name, Event.facts, func.coalesce(Staff.name, func.nullif(person, ""), ""))
        .outerjoin(Staff, Event.actor == literal("staff:") + cast(Staff.id, String))
        .outerjoin(Account, Event.actor == literal("account:") + cast(Account.id, String))
        .outerjoin(Person, Person.id == Account.person_id)
        .where(
            Event.document_id == document_id,
            or_(Event.name.startswith("document."), Event.name.startswith("signature.")),
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(limit)
    )
    return [Happening._make(row) for row in db.session.execute(query)]


def _notices(document_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, Notice]]:
    query = (
        select(
            NotificationDocument.document_id,
            Notification.id,
            Notification.created_at,
            Notification.status,
            Notification.reason,
            Notification.address,
            Notification.sent_at,
            Notification.due_at,
            Notification.reply,
            Notification.resend_of_id,
        )
        .join(Notification, Notification.id == NotificationDocument.notification_id)
        .where(NotificationDocument.document_id.in_(document_ids))
        .order_by(Notification.created_at, Notification.id)
    )
    return [(row[0], Notice._make(row[1:])) for row in db.session.execute(query)]
