"""What became of documents: who was told, who opened them. One query for the notices, one for the readings."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from shared.access.models import Account, Seat
from shared.documents.models import Document, Download, Folder, Publication, ReadingKind
from shared.extensions import db
from shared.notifications.models import Notification, NotificationDocument, Reason, Status
from shared.people.models import Person

SHOWN = 50
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
    event: str
    resend_of_id: uuid.UUID | None


class Reading(NamedTuple):
    """One human reading; `name` is empty for a link that opens one document."""

    at: datetime
    kind: ReadingKind
    name: str


@dataclass
class Story:
    """All of it about one document, the oldest notice first."""

    notices: list[Notice] = field(default_factory=list)
    opened_at: datetime | None = None
    downloaded_at: datetime | None = None
    readings: int = 0

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
    """document → story; two queries whatever their number."""
    told: dict[uuid.UUID, Story] = {document_id: Story() for document_id in document_ids}
    if not told:
        return told
    for document_id, notice in _notices(document_ids):
        told[document_id].notices.append(notice)
    first = func.min(Download.at)
    query = (
        select(
            Download.document_id,
            first.filter(Download.kind == ReadingKind.OPENED),
            first.filter(Download.kind == ReadingKind.DOWNLOADED),
            func.count(),
        )
        .where(Download.document_id.in_(document_ids))
        .group_by(Download.document_id)
    )
    for document_id, opened_at, downloaded_at, count in db.session.execute(query):
        story = told[document_id]
        story.opened_at, story.downloaded_at, story.readings = opened_at, downloaded_at, count
    return told


def notices(document_id: uuid.UUID) -> list[Notice]:
    """Every message about one document, the oldest first."""
    return [notice for _, notice in _notices([document_id])]


def readings(document_id: uuid.UUID, limit: int = SHOWN) -> list[Reading]:
    """The last human readings of a document with who read; a view by staff is none."""
    query = (
        select(Download.at, Download.kind, Person.given_name, Person.family_name)
        .outerjoin(Seat, Seat.id == Download.seat_id)
        .outerjoin(Account, Account.id == Seat.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Download.document_id == document_id)
        .order_by(Download.at.desc(), Download.id.desc())
        .limit(limit)
    )
    return [
        Reading(at, kind, f"{given or ''} {family or ''}".strip()) for at, kind, given, family in db.session.execute(query)
    ]


def publications(document_id: uuid.UUID) -> list[Publication]:
    """Each time the document was wanted on the portal, the last first."""
    query = select(Publication).where(Publication.document_id == document_id)
    return list(db.session.scalars(query.order_by(Publication.wanted_at.desc(), Publication.id.desc()).limit(SHOWN)))


def waiting_in_family(family_id: uuid.UUID) -> int:
    """How many publications of a family wait for « Synchroniser »."""
    query = (
        select(func.count())
        .select_from(Publication)
        .join(Document, Document.id == Publication.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .where(
            Folder.family_id == family_id,
            Publication.live_at.is_(None),
            Publication.withdrawn_at.is_(None),
            Publication.held_because == "synchronisation",
        )
    )
    return db.session.scalar(query) or 0


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
            Notification.event,
            Notification.resend_of_id,
        )
        .join(Notification, Notification.id == NotificationDocument.notification_id)
        .where(NotificationDocument.document_id.in_(document_ids))
        .order_by(Notification.created_at, Notification.id)
    )
    return [(row[0], Notice._make(row[1:])) for row in db.session.execute(query)]
