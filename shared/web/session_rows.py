"""Reading a session with everything about its visitor, the company and its settings, in one query."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from shared.access.models import Access, Account, PortalSession, Seat
from shared.extensions import db
from shared.people.models import Party, Staff, StaffSession
from shared.settings.reading import beside, keep
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerState


@dataclass(frozen=True)
class PortalVisit:
    """A session of the portal; without a seat it opens nothing but the choice of a password."""

    row: PortalSession
    account: Account
    seat: Seat | None
    seats: int  # how many the account has, open or not
    to_sign: int  # how many signatures are asked of this person at this party


@dataclass(frozen=True)
class StaffVisit:
    """A session of the back office, its staff with their grants and roles."""

    row: StaffSession
    staff: Staff


@dataclass(frozen=True)
class BorrowedVisit:
    """A session of the portal that staff opened to look as a party."""

    row: PortalSession
    party: Party
    staff: Staff


_OTHER = aliased(Seat)
# Built once: it is asked at every request, and putting it together takes longer than its answer.
_PORTAL = beside(
    select(
        PortalSession,
        Account,
        Seat,
        select(func.count()).where(_OTHER.account_id == Account.id).correlate(Account).scalar_subquery(),
        select(func.count())
        .select_from(Signer)
        .join(SignatureRequest, SignatureRequest.id == Signer.request_id)
        .join(Access, Access.contact_id == Signer.contact_id)
        .where(
            Access.id == Seat.access_id,
            Signer.state == SignerState.ASKED,
            SignatureRequest.state == RequestState.OPEN,
        )
        .correlate(Seat)
        .scalar_subquery(),
    )
    .join(Account, Account.id == PortalSession.account_id)
    .outerjoin(Seat, Seat.id == PortalSession.seat_id)
    .options(joinedload(Seat.party).lazyload(Party.family))
    .where(
        PortalSession.secret_hash == bindparam("secret"),
        PortalSession.ended_at.is_(None),
        PortalSession.created_at > bindparam("begun"),
        PortalSession.seen_at > bindparam("seen"),
    )
)

_STAFF = beside(
    select(StaffSession, Staff)
    .join(Staff, Staff.id == StaffSession.staff_id)
    .options(joinedload(Staff.grants))
    .where(
        StaffSession.secret_hash == bindparam("secret"),
        StaffSession.ended_at.is_(None),
        StaffSession.created_at > bindparam("begun"),
        StaffSession.seen_at > bindparam("seen"),
        Staff.disabled_at.is_(None),
    )
)

_BORROWED = beside(
    select(PortalSession, Party, Staff)
    .join(Party, Party.id == PortalSession.party_id)
    .join(StaffSession, StaffSession.id == PortalSession.staff_session_id)
    .join(Staff, Staff.id == StaffSession.staff_id)
    .options(joinedload(Staff.grants), lazyload(Party.family))
    .where(
        PortalSession.secret_hash == bindparam("secret"),
        PortalSession.ticket_hash.is_(None),
        PortalSession.ended_at.is_(None),
        PortalSession.created_at > bindparam("begun"),
        StaffSession.ended_at.is_(None),
        Staff.disabled_at.is_(None),
    )
)


def load_portal(secret_hash: str, begun_after: datetime, seen_after: datetime) -> PortalVisit | None:
    """The session, its account and person, its seat with its party."""
    values = {"secret": secret_hash, "begun": begun_after, "seen": seen_after}
    found = _visit(_PORTAL, values)
    return PortalVisit(*found) if found else None


def load_borrowed(secret_hash: str, begun_after: datetime) -> BorrowedVisit | None:
    """The session, its party and the member of staff who looks, whose own session goes on."""
    found = _visit(_BORROWED, {"secret": secret_hash, "begun": begun_after})
    return BorrowedVisit(*found) if found else None


def load_staff(secret_hash: str, begun_after: datetime, seen_after: datetime) -> StaffVisit | None:
    """The session and its member of staff, who must not be disabled."""
    values = {"secret": secret_hash, "begun": begun_after, "seen": seen_after}
    found = _visit(_STAFF, values)
    return StaffVisit(*found) if found else None


def _visit(query: Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> Sequence[Any]:
    row = db.session.execute(query, values).unique().first()
    if row is None:
        return ()
    *found, ours, settings = row
    keep(ours, settings)
    return found


def hashed(secret: str) -> str:
    """What the table holds of a secret of 256 bits: a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
