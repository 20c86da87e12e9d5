"""Coming in, changing seat, going out: each gives the browser another secret and kills the former one."""

import secrets
import uuid
from typing import Any, cast

from flask import abort
from flask import session as proxied
from sqlalchemy import update

from shared.access.models import Account, PortalSession, Seat
from shared.clock import now
from shared.extensions import db, uuid7
from shared.people.models import Staff, StaffSession
from shared.web.session_rows import hashed
from shared.web.sessions import FaceSession


def current() -> FaceSession:
    """The session of this request, with what we know of it beyond its data."""
    return cast(FaceSession, proxied._get_current_object())  # type: ignore[attr-defined]


def begin_portal(account: Account, seat: Seat | None, *, ip: str, user_agent: str) -> None:
    """A session for `account`, in `seat`; without a seat it opens nothing but the choice of a password."""
    session = current()
    row = PortalSession(account_id=account.id, seat_id=seat.id if seat else None)
    _begin(session, row, ip, user_agent)
    session.account, session.seat = account, seat


def begin_staff(staff: Staff, *, ip: str, user_agent: str) -> None:
    """A session for a member of staff."""
    session = current()
    _begin(session, StaffSession(staff_id=staff.id), ip, user_agent)
    session.staff = staff


def draw_secret() -> tuple[str, str]:
    """A new secret for a cookie, and the hash that its row holds."""
    secret = secrets.token_urlsafe(32)
    return secret, hashed(secret)


def begin_borrowed(row_id: uuid.UUID, secret: str) -> None:
    """Go on in the session that a ticket opened; the one that this browser had on the portal ends."""
    session = current()
    _end_present(session)
    session.clear()
    session.row_id, session.secret, session.modified, session.ended = row_id, secret, False, False


def switch_seat(seat: Seat) -> None:
    """Go on in another seat, with a new secret and nothing of what the former one kept."""
    session = current()
    _renew(session, seat_id=seat.id)
    session.seat = seat


def renew() -> None:
    """A new secret for the same session: after a change of password."""
    session = current()
    _renew(session)


def leave() -> None:
    """End the session; the browser goes on as a stranger."""
    session = current()
    _end_present(session)
    session.clear()
    session.row_id = session.secret = session.account = session.seat = session.staff = session.impersonator = None
    session.leaving = True


def _begin(session: FaceSession, row: PortalSession | StaffSession, ip: str, user_agent: str) -> None:
    """Whatever cookie the browser came with is never adopted: a new row, a new secret, an empty session."""
    _end_present(session)
    session.clear()
    secret = secrets.token_urlsafe(32)
    row.id, row.secret_hash, row.data = uuid7(), hashed(secret), {}
    row.ip, row.user_agent, row.created_at, row.seen_at = ip, user_agent, now(), now()
    db.session.add(row)
    db.session.flush()
    session.row_id, session.secret, session.modified, session.ended = row.id, secret, False, False


def _end_present(session: FaceSession) -> None:
    if session.row_id is not None and session.face is not None:
        table = session.face.table
        db.session.execute(
            update(table).where(table.id == session.row_id, table.ended_at.is_(None)).values(ended_at=now())
        )


def _renew(session: FaceSession, **values: Any) -> None:
    assert session.face is not None
    secret, table = secrets.token_urlsafe(32), session.face.table
    query = update(table).where(table.id == session.row_id, table.ended_at.is_(None)).returning(table.id)
    if db.session.execute(query.values(secret_hash=hashed(secret), data={}, **values)).first() is None:
        abort(401)
    session.clear()
    session.secret, session.modified = secret, False
