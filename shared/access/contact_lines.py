"""The accesses of one party, one line a contact: its state and password in words that hold no secret."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload

from shared.access.initial import is_shown
from shared.access.models import Access, PortalSession, Seat
from shared.clock import now, today
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import Contact, Party, Person


@dataclass(frozen=True)
class ContactLine:
    """A contact with its access. `state` and `password` are the words of the grid; `sessions`: open now."""

    contact: Contact
    access: Access | None
    state: str
    password: str
    sessions: int
    sent_to: str
    sent_at: datetime | None
    elsewhere: tuple[str, ...]  # the other parties for which the same person comes in

    @property
    def last_login_at(self) -> datetime | None:
        """When the person last came in, at whichever party."""
        seat = self.access.seat if self.access else None
        return seat.account.last_login_at if seat else None


def contact_lines(party: Party) -> list[ContactLine]:
    """Every contact, the main one first, the closed ones last; three queries whatever their number."""
    query = (
        select(Contact, Access)
        .join(Person, Person.id == Contact.person_id)
        .outerjoin(Access, Access.contact_id == Contact.id)
        .where(Contact.party_id == party.id)
        .options(joinedload(Access.seat).joinedload(Seat.account), lazyload(Access.contact))
        .order_by(Contact.closed_at.is_not(None), Contact.is_main.desc(), Person.family_name, Contact.id)
    )
    rows = db.session.execute(query.add_columns(_sessions())).unique().all()
    sent = _last_messages([access.id for _contact, access, _count in rows if access is not None])
    others = _elsewhere(party, [contact.person_id for contact, _access, _count in rows])
    return [_line(contact, access, count, sent, others) for contact, access, count in rows]


def state_of(access: Access | None, day: date) -> str:
    """As the grid says it."""
    seat = access.seat if access is not None else None
    if access is None or (seat is None and not access.allowed):
        return "none"
    if seat is None or seat.revision != access.revision:
        return "unsynced"
    if not access.allowed:
        return "closed"
    if seat.ends_on is not None and seat.ends_on < day:
        return "expired"
    return "planned" if seat.starts_on is not None and seat.starts_on > day else "valid"


def _line(contact: Contact, access: Access | None, sessions: int, sent: Any, others: Any) -> ContactLine:
    address, at = sent.get(access.id, ("", None)) if access is not None else ("", None)
    return ContactLine(
        contact,
        access,
        state_of(access, today()),
        _password(access),
        sessions or 0,
        address or "",
        at,
        tuple(name for other, name in others.get(contact.person_id, ()) if other != contact.id),
    )


def _password(access: Access | None) -> str:
    account = access.seat.account if access is not None and access.seat is not None else None
    if access is not None and access.initial_secret is not None and is_shown(access):
        return "hidden"
    if account is None:
        return ""
    if account.password_hash is not None:
        return "set"
    works = account.initial_expires_at is not None and account.initial_expires_at > now()
    return "expired" if account.initial_hash is not None and not works else "to_activate"


def _sessions() -> Any:
    of_seat = select(func.count()).select_from(PortalSession).join(Seat, Seat.id == PortalSession.seat_id)
    return (
        of_seat.where(Seat.access_id == Access.id, PortalSession.ended_at.is_(None)).correlate(Access).scalar_subquery()
    )


def _last_messages(ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, datetime | None]]:
    query = select(Notification.access_id, Notification.address, Notification.sent_at)
    query = query.where(Notification.access_id.in_(ids), Notification.tells_access)
    rows = db.session.execute(query) if ids else ()
    return {access_id: (address or "", at) for access_id, address, at in rows if access_id is not None}


def _elsewhere(party: Party, persons: list[uuid.UUID]) -> dict[uuid.UUID, list[tuple[uuid.UUID, str]]]:
    query = select(Contact.person_id, Contact.id, Party.name).join(Party, Party.id == Contact.party_id)
    query = query.where(Contact.person_id.in_(persons), Contact.party_id != party.id)
    found: dict[uuid.UUID, list[tuple[uuid.UUID, str]]] = {}
    for person_id, contact_id, name in db.session.execute(query.order_by(Party.name_folded)) if persons else ():
        found.setdefault(person_id, []).append((contact_id, name))
    return found
