"""What the back office wants for a contact: an access, allowed or not, told or not.

Additions wait for the synchronisation; a withdrawal is written to the seat at once, in both modes.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select, update

from shared.access import causes
from shared.access.ending import end_sessions_of_seat
from shared.access.models import Access, Account, Link, Seat
from shared.access.wanting import locked, wanted
from shared.clock import now
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Contact, Party, Person


def grant(*, party: Party, by: str) -> Access:
    """The access of the party's main contact, made if it has none; its identifier is the party's code.

    It opens nothing before `allow`.
    """
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    contact = main_contact(party)
    standing = db.session.scalars(select(Access).where(Access.contact_id == contact.id)).one_or_none()
    if standing is not None:
        return standing
    access = Access(
        id=uuid7(),
        contact_id=contact.id,
        contact=contact,
        is_main=True,
        party_id=party.id,
        party=party,
        identifier=party.code,
        cause=causes.CREATED,
        changed_at=now(),
        changed_by=by,
    )
    db.session.add(access)
    db.session.flush()
    record("access.created", by=by, party_id=party.id, access_id=access.id)
    return access


def allow(*, access: Access, by: str) -> None:
    """Tick « Accès autorisé »: the row turns red until the synchronisation. Ticked already, nothing changes."""
    locked(access)
    if access.allowed:
        return
    access.allowed = True
    wanted(access, cause=causes.ALLOWED, by=by, fields=["allowed"])


def withdraw(*, access: Access, by: str) -> None:
    """Untick « Accès autorisé »: sessions and links end at the next request; documents stay where they are."""
    locked(access)
    if not access.allowed:
        return
    access.allowed = False
    seat = db.session.scalars(select(Seat).where(Seat.access_id == access.id).with_for_update()).one_or_none()
    is_green = seat is not None and seat.revision == access.revision
    access.revision += 1
    if seat is not None:
        seat.allowed = False
        end_sessions_of_seat(seat_id=seat.id)
    if seat is not None and is_green:
        seat.revision, seat.applied_at = access.revision, now()
    access.changed_at, access.changed_by, access.cause = now(), by, causes.WITHDRAWN
    db.session.flush()
    _end_links(access)
    record("access.withdrawn", by=by, party_id=access.party_id, access_id=access.id)


def open_links(access_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The links that a withdrawal of these accesses would end, by access: what its undo gives back."""
    found: dict[uuid.UUID, list[str]] = {}
    query = select(Link.access_id, Link.id).where(Link.access_id.in_(access_ids), *_is_open())
    for access_id, link_id in db.session.execute(query):
        if access_id is not None:
            found.setdefault(access_id, []).append(str(link_id))
    return found


def allow_again(*, access: Access, links: Sequence[str], by: str) -> None:
    """Take a withdrawal back, with the links that it ended: those already sent lead somewhere once it is synchronised.

    Not those of a person who has chosen another password since: that ended them too. No session comes back.
    """
    allow(access=access, by=by)
    chosen = exists().where(
        Seat.access_id == Link.access_id, Account.id == Seat.account_id, Account.password_changed_at >= Link.revoked_at
    )
    ended = Link.id.in_([uuid.UUID(each) for each in links]) & Link.revoked_at.is_not(None) & ~chosen
    query = update(Link).where(ended, Link.access_id == access.id, Link.used_at.is_(None)).values(revoked_at=None)
    db.session.execute(query.execution_options(synchronize_session="fetch"))


def notify(*, access: Access, by: str) -> None:
    """Tick « Notifier par email »: the next synchronisation sends a new link, which ends the earlier one."""
    locked(access)
    if access.notify and not _is_applied(access):
        return
    access.notify = True
    wanted(access, cause=causes.NOTIFY, by=by, fields=["notify"])


def hush(*, access: Access, by: str) -> None:
    """Untick « Notifier par email »: the next synchronisation tells nobody."""
    locked(access)
    if not access.notify:
        return
    access.notify = False
    db.session.flush()
    record("access.changed", by=by, party_id=access.party_id, access_id=access.id, facts={"fields": ["notify"]})


def main_contact(party: Party) -> Contact:
    """The contact that is the party itself, made if missing."""
    contact = db.session.scalars(select(Contact).where(Contact.party_id == party.id, Contact.is_main)).one_or_none()
    if contact is None:
        person = Person(id=uuid7(), family_name=party.name)
        contact = Contact(id=uuid7(), party_id=party.id, person_id=person.id, person=person, is_main=True)
        db.session.add(contact)
        db.session.flush()
    return contact


def _is_applied(access: Access) -> bool:
    query = exists().where(Seat.access_id == access.id, Seat.revision == access.revision)
    return bool(db.session.scalar(select(query)))


def _end_links(access: Access) -> None:
    """Its own. Those that open one document ask at each use whether the party still has an open seat."""
    db.session.execute(update(Link).where(Link.access_id == access.id, *_is_open()).values(revoked_at=now()))


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return Link.used_at.is_(None), Link.revoked_at.is_(None)
