"""« Portail client »: staff look at the portal as a party would, and can do nothing there.

A ticket opens it once, within half a minute, in the browser whose staff session asked for it. It ends with that
session. What is shown is what the person's rights cover and the member of staff may see as well: nobody reads a
payslip here whom no grant lets read it.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import case, func, select, update

from shared.access.models import Access, Account, Act, PortalSession, Seat
from shared.clock import now, today
from shared.documents.models import Folder
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Contact, Party, Person, Staff, StaffSession
from shared.people.scopes import scope_of

TICKET = timedelta(seconds=30)
LASTS = timedelta(hours=1)
PERMISSION = "backoffice:portal:impersonate"
DOCUMENTS = "backoffice:documents:see"
SHUT = ("none", "withdrawn", "frozen", "planned", "expired")  # why the person whom staff look as sees nothing today


@dataclass(frozen=True)
class _Looked:
    """Whom staff look as: the person with their rights, and why they see nothing today."""

    seat_id: uuid.UUID | None = None
    rights: list[uuid.UUID] | None = None
    acts: list[str] = field(default_factory=lambda: [*Act])
    given_name: str = ""
    family_name: str = ""
    shut: tuple[str, date] = ("none", date.max)


def give_ticket(*, party: Party, staff_session_id: uuid.UUID, access_id: uuid.UUID | None = None) -> str:
    """A ticket to look as the person of one access, else as the main contact; nothing is seen or recorded yet.

    A party without any access is shown as its main contact would see it with every right.

    Raises Refused for an access of another party.
    """
    found = _access(party.id, access_id)
    if access_id is not None and found is None:
        raise Refused(_("Cet accès n’est pas celui de ce tiers."))
    ticket = secrets.token_urlsafe(32)
    db.session.add(
        PortalSession(
            secret_hash=_hashed(secrets.token_urlsafe(32)),  # of nothing: no cookie opens it before the ticket is used
            staff_session_id=staff_session_id,
            party_id=party.id,
            access_id=found,
            ticket_hash=_hashed(ticket),
            ticket_until=now() + TICKET,
        )
    )
    db.session.flush()
    return ticket


def use_ticket(*, ticket: str, staff_session: StaffSession, secret_hash: str, ip: str, agent: str) -> uuid.UUID | None:
    """The session that the ticket opens, whose cookie has this hash; None when it is used, too old or another's.

    Recorded once, here.
    """
    query = (
        update(PortalSession)
        .where(
            PortalSession.ticket_hash == _hashed(ticket),
            PortalSession.ticket_until > now(),
            PortalSession.ended_at.is_(None),
            PortalSession.staff_session_id == staff_session.id,
        )
        .values(ticket_hash=None, ticket_until=None, secret_hash=secret_hash)
        .values(ip=ip, user_agent=agent, created_at=now(), seen_at=now())
        .returning(PortalSession.id, PortalSession.party_id, PortalSession.access_id)
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    by = f"staff:{staff_session.staff_id}"
    record("portal.impersonated", by=by, party_id=row.party_id, access_id=row.access_id, facts={"ip": ip})
    opened: uuid.UUID = row.id
    return opened


def borrowed_seat(*, session: PortalSession, party: Party, staff: Staff) -> Seat | None:
    """The seat through which this session looks, never a row; None when the permission has gone.

    Two queries: the person with their rights (those of their seat, else those that are wanted), and the folders.
    """
    if not scope_of(staff, PERMISSION).reaches_family(party.family_id):
        return None
    seen = _person(session.access_id)
    account = Account(person=Person(given_name=seen.given_name, family_name=seen.family_name))
    seat = Seat(id=seen.seat_id or uuid7(), party_id=party.id, party=party, account=account, allowed=True, revision=0)
    seat.is_borrowed, seat.folder_ids, seat.acts = True, _reached(party, staff, seen.rights), seen.acts
    seat.shut = seen.shut
    seat.is_lent_whole = seen.rights is None and scope_of(staff, DOCUMENTS).covers_family(party.family_id)
    return seat


def _person(access_id: uuid.UUID | None) -> _Looked:
    """The person behind an access, or nobody: one query."""
    rights = case((Seat.id.is_not(None), Seat.folder_ids), else_=Access.folder_ids)
    query = (
        select(Seat, rights, func.coalesce(Seat.acts, Access.acts), Person.given_name, Person.family_name)
        .add_columns(Account.frozen_at)
        .select_from(Access)
        .join(Contact, Contact.id == Access.contact_id)
        .join(Person, Person.id == Contact.person_id)
        .outerjoin(Seat, Seat.access_id == Access.id)
        .outerjoin(Account, Account.id == Seat.account_id)
        .where(Access.id == access_id)
    )
    row = db.session.execute(query).first() if access_id else None
    if row is None:
        return _Looked()
    seat, folders, acts, given, family, frozen_at = row
    return _Looked(seat.id if seat else None, folders, acts, given, family, _shut(seat, frozen_at is not None))


def _shut(seat: Seat | None, is_frozen: bool) -> tuple[str, date]:
    """Why this seat lets nobody in today, as `seats.is_open` decides it, and the day of it."""
    if seat is None:
        return "none", date.max
    if not seat.allowed or is_frozen:
        return "frozen" if seat.allowed else "withdrawn", date.max
    if seat.starts_on is not None and seat.starts_on > today():
        return "planned", seat.starts_on
    if seat.ends_on is not None and seat.ends_on < today():
        return "expired", seat.ends_on
    return "", date.max


def _reached(party: Party, staff: Staff, rights: list[uuid.UUID] | None) -> list[uuid.UUID]:
    """The folders of the party's family that both the rights and the scope of staff reach."""
    query = select(Folder.id).where(Folder.family_id == party.family_id, scope_of(staff, DOCUMENTS).folders())
    if rights is not None:
        query = query.where(Folder.id.in_(rights))
    return list(db.session.scalars(query))


def _access(party_id: uuid.UUID, access_id: uuid.UUID | None) -> uuid.UUID | None:
    """That access of the party, else the one of its main contact."""
    query = select(Access.id).where(Access.party_id == party_id)
    query = query.where(Access.is_main) if access_id is None else query.where(Access.id == access_id)
    return db.session.scalar(query)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
