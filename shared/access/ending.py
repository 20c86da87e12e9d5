"""Ending sessions: an ended row is never written again, and its cookie is worth nothing at the next request."""

import uuid

from sqlalchemy import ColumnElement, update

from shared.access.models import PortalSession
from shared.clock import now
from shared.extensions import db
from shared.people.models import StaffSession


def end_sessions(*, account_id: uuid.UUID, keep: uuid.UUID | None = None) -> int:
    """End every session of an account but `keep`; how many there were."""
    return _end(PortalSession, PortalSession.account_id == account_id, keep)


def end_sessions_of_seat(*, seat_id: uuid.UUID) -> int:
    """End every session that names a seat: its access was withdrawn."""
    return _end(PortalSession, PortalSession.seat_id == seat_id, None)


def end_session(*, account_id: uuid.UUID, session_id: uuid.UUID) -> int:
    """End one session of an account; 0 when it is not this account's, or ended already."""
    return _end(PortalSession, (PortalSession.account_id == account_id) & (PortalSession.id == session_id), None)


def end_staff_sessions(*, staff_id: uuid.UUID, keep: uuid.UUID | None = None) -> int:
    """End every session of a member of staff but `keep`; how many there were."""
    return _end(StaffSession, StaffSession.staff_id == staff_id, keep)


def end_staff_session(*, staff_id: uuid.UUID, session_id: uuid.UUID) -> int:
    """End one session of a member of staff; 0 when it is not theirs, or ended already."""
    return _end(StaffSession, (StaffSession.staff_id == staff_id) & (StaffSession.id == session_id), None)


def _end(table: type[PortalSession] | type[StaffSession], which: ColumnElement[bool], keep: uuid.UUID | None) -> int:
    query = update(table).where(which, table.ended_at.is_(None)).values(ended_at=now()).returning(table.id)
    if keep is not None:
        query = query.where(table.id != keep)
    return len(db.session.execute(query).all())
