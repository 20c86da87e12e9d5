"""Lines that waited for something go on: « Synchroniser », an access opened, an address filled in."""

import uuid

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from shared.access.models import Access, Seat
from shared.clock import now
from shared.documents.models import LinkTarget
from shared.events.batches import read_once
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.delivery_models import Channel
from shared.notifications.models import Notification, NotificationDocument, Reason, Status
from shared.notifications.outbox import CLAIMABLE, ring_bell
from shared.notifications.signature_audiences import TARGET
from shared.people.models import Family
from shared.settings.reading import is_automatic

WAITING = Notification.status == Status.WAITING


def synchronise_lines() -> int:
    """What « Synchroniser » does to the lines: those that wait for it leave, and the retries with them."""
    retries = _release(Notification.reason == Reason.RETRY)
    return retries + _release(_held_by_synchronisation(), _can_open())


def asked(_event: Event) -> None:
    """Reaction to « Synchroniser »: what can already be opened leaves now, the rest once the portal has followed."""
    synchronise_lines()


def release_openable() -> int:
    """The end of a synchronisation: the lines whose document somebody of the party can open by now."""
    return _release(_held_by_synchronisation(), _can_open())


def server_is_back(channel: str = "email") -> int:
    """Who carries this channel was tried and answers: what waits for a new try leaves now; how many lines."""
    db.session.execute(
        update(Channel)
        .where(Channel.key == channel)
        .values(failures=0, paused_until=None, paused_because="", paused_since=None)
    )
    return _release(Notification.reason == Reason.RETRY, Notification.channel == channel)


def would_leave(*, retries: bool = True) -> bool:
    """Whether « Synchroniser » would send something now; without `retries`, something that was not tried yet."""
    ready = and_(_held_by_synchronisation(), _can_open())
    if retries:
        ready = or_(ready, Notification.reason == Reason.RETRY)
    return bool(db.session.scalar(select(exists().where(WAITING, ready))))


def departing() -> ColumnElement[bool]:
    """The lines that « Synchroniser » sends at once: those that are due, the retries, and what can then be opened."""
    due = and_(Notification.reason.in_(CLAIMABLE), Notification.due_at <= now())
    ready = and_(_held_by_synchronisation(), or_(_can_open(), _opens_next()))
    return and_(WAITING, or_(due, Notification.reason == Reason.RETRY, ready))


def waiting_reasons() -> dict[Reason, int]:
    """How many lines wait, by reason: what « Synchroniser » says stays."""
    query = select(Notification.reason, func.count()).where(WAITING).group_by(Notification.reason)
    return {row[0]: row[1] for row in db.session.execute(query)}


def access_applied(event: Event) -> None:
    """The party can now open its documents: the notices that waited for that leave (automatic mode)."""
    if is_automatic() and event.party_id is not None and event.party_id in _waiting_parties():
        _release(_held_by_synchronisation(), Notification.party_id == event.party_id, _can_open())


def address_changed(event: Event) -> None:
    """A cell was filled in: what waited for an address tries again."""
    if event.party_id is not None:
        _release(Notification.reason == Reason.NO_ADDRESS, Notification.party_id == event.party_id)


def release_held(family_id: uuid.UUID) -> int:
    """The family's notices go on: what nobody could open yet waits for the synchronisation, the rest leaves.

    Not before its own hour: what was planned for later is planned again.
    """
    return _resume(Notification.family_id == family_id)


def look_again(notification_id: uuid.UUID) -> None:
    """A line waits again: it goes on where what it waited for came meanwhile — a family let go, an address, a seat."""
    this = Notification.id == notification_id
    held = exists().where(Family.id == Notification.family_id, Family.notices_off_at.is_not(None))
    _resume(this, ~held)
    _release(Notification.reason == Reason.NO_ADDRESS, this)
    if is_automatic():
        _release(_held_by_synchronisation(), this, _can_open())


def _resume(*chosen: ColumnElement[bool]) -> int:
    held = (Notification.reason == Reason.SUSPENDED, *chosen)
    later = update(Notification).where(WAITING, *held, _can_open(), Notification.due_at > now())
    later = later.values(reason=Reason.PLANNED).returning(Notification.id)
    planned = len(db.session.execute(later.execution_options(synchronize_session=False)).all())
    ready = planned + _release(*held, _can_open())
    shut = update(Notification).where(WAITING, *held).values(reason=Reason.SYNCHRONISATION)
    found = shut.returning(Notification.id).execution_options(synchronize_session=False)
    return ready + len(db.session.execute(found).all())


def _waiting_parties() -> set[uuid.UUID | None]:
    """Those with a line that waits for it; of the many accesses of one batch, few have any."""
    query = select(Notification.party_id).where(WAITING, _held_by_synchronisation()).distinct()
    return read_once("parties that wait", lambda: set(db.session.scalars(query)))


def _held_by_synchronisation() -> ColumnElement[bool]:
    return Notification.reason == Reason.SYNCHRONISATION


def _can_open() -> ColumnElement[bool]:
    """Somebody can, or there is no document to open: what is said of a record never waits for an access."""
    anybody = and_(Notification.link_target != TARGET, Seat.party_id == Notification.party_id)
    seat = exists().where(Seat.allowed, or_(anybody, Seat.access_id == Notification.access_id))
    bare = ~exists().where(NotificationDocument.notification_id == Notification.id)
    return or_(Notification.link_target == LinkTarget.DOCUMENT.value, Notification.party_id.is_(None), bare, seat)


def _opens_next() -> ColumnElement[bool]:
    """Somebody will: every access that is wanted has its seat once the portal has followed."""
    anybody = and_(Notification.link_target != TARGET, Access.party_id == Notification.party_id)
    return exists().where(Access.allowed, or_(anybody, Access.id == Notification.access_id))


def _release(*conditions: ColumnElement[bool]) -> int:
    query = (
        update(Notification)
        .where(WAITING, *conditions)
        .values(reason=Reason.NONE, due_at=now(), reply="")
        .returning(Notification.id, Notification.channel)
        .execution_options(synchronize_session=False)
    )
    released: list[tuple[uuid.UUID, str]] = [(i, channel) for i, channel in db.session.execute(query)]
    for channel in {channel for _i, channel in released}:
        ring_bell(channel)
    return len(released)
