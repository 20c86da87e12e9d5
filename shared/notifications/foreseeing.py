"""What « Synchroniser » would write before it sends: the notices of documents and accesses that the portal lacks.

By the very functions that tell of them, in the caller's savepoint, which never stands. As many statements for
five thousand as for ten.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, insert, or_, select, update

from shared.access.grid_columns import is_red
from shared.access.models import Access, Seat
from shared.clock import now
from shared.documents.consents import SYNCHRONISATION, hold
from shared.documents.effective import excepted, settings_of, shared
from shared.documents.models import Document, Folder, FolderException, Notify, Publication
from shared.events.actors import SYSTEM
from shared.events.batches import together
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.access_audience import holder_recipient, holders
from shared.notifications.audiences import card_recipient, slot_recipient
from shared.notifications.choosing import template_for
from shared.notifications.claiming import COLUMNS
from shared.notifications.models import Notification, NotificationDocument, Status
from shared.notifications.outbox import drafted_row, group_of
from shared.notifications.reasons import notify_of
from shared.notifications.recipients import Recipient
from shared.notifications.rules import enabled, meets
from shared.people.models import Family, Party
from shared.signatures.finding import told_by_signature

PUBLISHED, OPENED, AGAIN = "document.published", "access.opened", "access.renotified"
FORESEEN = "foreseen"  # no event of the product: nothing else looks at these rows, nor waits for them
Told = tuple[str, Recipient]


def foresee(*, most: int) -> bool:
    """Write the lines that would be written; False when there are more than `most` documents or accesses."""
    documents, accesses = _published(most + 1), _opened(most + 1)
    told = [*_of_documents(documents[:most]), *_of_accesses(accesses[:most])]
    _write(told, _parties_in({recipient.party_id for _event, recipient in told if recipient.document_ids}))
    shown = [row.publication_id for row in documents[:most]]
    if shown:
        db.session.execute(update(Publication).where(Publication.id.in_(shown)).values(live_at=now()))
    return max(len(documents), len(accesses)) <= most


def _published(most: int) -> list[Row[Any]]:
    """The documents that would be put on the portal and told of: wanted, agreed to, for the first time."""
    before = select(Publication.document_id).where(Publication.live_at.is_not(None))
    first = Document.id.not_in(before.where(Publication.document_id == Document.id).correlate(Document))
    wanted = (Publication.live_at.is_(None), Publication.withdrawn_at.is_(None), Publication.quiet.is_(False))
    free = or_(Publication.held_because.is_(None), Publication.held_because == SYNCHRONISATION)
    query = (
        select(
            Publication.id.label("publication_id"),
            Document.id.label("document_id"),
            Folder,
            FolderException,
            Party.id,
            Party.family_id,
            Party.locale,
            told_by_signature(Document.id).label("is_signed"),
        )
        .join(Document, Document.id == Publication.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .join(Family, Family.id == Party.family_id)
        .outerjoin(FolderException, excepted(Party.id))
        .where(*wanted, free, shared(), hold().is_(None), first)
        .order_by(Publication.wanted_at, Publication.id)
    )
    found: Any = db.session.execute(query.limit(most)).all()
    return list(found)


def _opened(most: int) -> Sequence[Row[Any]]:
    """The accesses that would be opened and told of."""
    query = holders().add_columns(_was_opened().label("was_opened"), Seat.applied_at)
    query = query.outerjoin(Seat, Seat.access_id == Access.id).where(is_red(), Access.allowed, Access.notify)
    return db.session.execute(query.order_by(Access.changed_at, Access.id).limit(most)).all()


def _was_opened() -> ColumnElement[bool]:
    return exists().where(Event.name == OPENED, Event.access_id == Access.id)


def _of_documents(rows: Iterable[Row[Any]]) -> list[Told]:
    return [
        (PUBLISHED, slot_recipient(row.Folder, settings_of(row.Folder, row.FolderException), row, [row.document_id]))
        for row in rows
        if not row.is_signed
    ]


def _of_accesses(rows: Iterable[Row[Any]]) -> list[Told]:
    told: list[Told] = []
    for row in rows:
        drawn = row.Access.initial_secret is not None and (
            row.applied_at is None or row.Access.initial_set_at >= row.applied_at
        )
        event = AGAIN if row.was_opened else OPENED
        told.append((event, holder_recipient(row, has_password=row.has_password and not drawn)))
    return told


def _parties_in(ids: set[uuid.UUID | None]) -> set[uuid.UUID]:
    """Of these, who can open the portal once it has followed."""
    return set(db.session.scalars(select(Access.party_id).where(Access.allowed, Access.party_id.in_(ids)).distinct()))


def _write(told: Iterable[Told], inside: set[uuid.UUID]) -> None:
    with together():
        drafted = [each for name, recipient in told for each in _rows(name, recipient, inside)]
    keys = {row.group_key for row, _ids in drafted if row.group_key}
    gathering = select(Notification.group_key).where(Notification.group_key.in_(keys))
    joined = set(db.session.scalars(gathering.where(Notification.status == Status.WAITING))) if keys else set()
    rows: list[Notification] = []
    about: list[dict[str, Any]] = []
    for row, ids in drafted:
        if row.group_key in joined:
            continue  # one message for all of them
        joined |= {row.group_key} if row.group_key else set()
        row.group_key = None  # held in nobody's way
        row.event = FORESEEN
        rows.append(row)
        about += [{"notification_id": row.id, "document_id": each} for each in ids]
    if rows:  # one statement read once, however many lines: the session would write out each of its columns for each
        values = [{name: row.__dict__[name] for name in row.__dict__.keys() & COLUMNS.keys()} for row in rows]
        table: Any = Notification.__table__
        db.session.execute(insert(table), values)
    if about:
        db.session.execute(insert(NotificationDocument), about)


def _rows(
    name: str, recipient: Recipient, inside: set[uuid.UUID]
) -> Iterable[tuple[Notification, tuple[uuid.UUID, ...]]]:
    """A line a rule and channel, with its documents."""
    event = Event(id=uuid7(), name=name, actor=SYSTEM, facts={}, party_id=recipient.party_id)
    for rule in enabled(name):
        whom = recipient
        if rule.audience == "party_card" and recipient.party_id and recipient.family_id:
            whom = card_recipient(recipient.party_id, recipient.family_id, recipient.locale, {})
        notify = notify_of(rule, whom)
        if notify is Notify.NONE or not meets(rule, whom, event):
            continue
        template = template_for(rule, whom.template_id, whom.variant)
        for channel in rule.channels:
            group = group_of(rule, whom, channel, template) if notify is Notify.GROUPED else None
            row = drafted_row(event, rule, whom, channel, template, group, lambda each: each.party_id in inside)
            yield row, whom.document_ids
