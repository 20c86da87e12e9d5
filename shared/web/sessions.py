"""One session interface for both faces: the path chooses the cookie and the table.

The cookie of someone signed in holds a random secret of which only the SHA-256 stands in the table; that of
an anonymous visitor holds a signed CSRF token and no row. The API, static files and the health page have none.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from flask.sessions import session_json_serializer as serializer
from sqlalchemy import update
from werkzeug.datastructures import CallbackDict

from shared.access import impersonating
from shared.access.models import Account, Act, PortalSession, Seat
from shared.clock import now
from shared.extensions import db
from shared.people.models import Staff, StaffSession
from shared.web import cookies
from shared.web.session_rows import PortalVisit, hashed, load_borrowed, load_portal, load_staff

ANONYMOUS_SECONDS = 12 * 3600
TOUCH = timedelta(minutes=1)
WITHOUT = ("/api", "/static", "/healthz", "/webhooks")


@dataclass(frozen=True)
class Face:
    """One side of the counter: its cookie, its table, and how long a session lasts, idle and altogether."""

    key: str
    cookie: str
    table: type[PortalSession] | type[StaffSession]
    idle: timedelta
    absolute: timedelta


PORTAL = Face("portal", "guichet", PortalSession, timedelta(hours=12), timedelta(days=30))
BACKOFFICE = Face("backoffice", "guichet-staff", StaffSession, timedelta(hours=2), timedelta(hours=12))


class FaceSession(CallbackDict[str, Any], SessionMixin):
    """What `flask.session` is. `row_id` is None for an anonymous visitor."""

    def __init__(self, face: Face | None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(initial, _modified)
        self.face = face
        self.modified = False
        self.accessed = True
        self.row_id: uuid.UUID | None = None
        self.secret: str | None = None  # to be put in the cookie by this answer
        self.touch = False
        self.ended = False  # the browser showed a cookie that is worth nothing any more
        self.leaving = False
        self.account: Account | None = None
        self.seat: Seat | None = None
        self.seats = 0  # of the account: more than one may be gone over to
        self.to_sign = 0  # signatures asked of the person of this seat
        self.staff: Staff | None = None
        self.impersonator: Staff | None = None  # who looks through a borrowed seat; see `impersonating`


class FaceSessions(SessionInterface):
    """Opens and saves them."""

    def open_session(self, app: Flask, request: Request) -> FaceSession:
        face = face_of(request.path)
        shown = request.cookies.get(cookies.name_of(face.cookie), "") if face else ""
        if face is None or not shown:
            return FaceSession(face)
        kind, _dot, value = shown.partition(".")
        if kind != "s":
            kept = cookies.unsigned(value, f"anonymous:{face.key}", ANONYMOUS_SECONDS)
            return FaceSession(face, serializer.loads(kept) if isinstance(kept, str) else None)
        return _of_row(face, value)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, FaceSession) or session.face is None:
            return
        response.vary.add("Cookie")
        if session.row_id is not None:
            _write_back(session, response)
        elif session.leaving or session.ended or session.modified:
            _keep_anonymous(session, response)


def install(app: Flask) -> None:
    """Make it the application's."""
    app.session_interface = FaceSessions()


def face_of(path: str) -> Face | None:
    """Which face an address belongs to; None where there is no session."""
    if _under(path, "/backoffice"):
        return BACKOFFICE
    return None if any(_under(path, prefix) for prefix in WITHOUT) else PORTAL


def _modified(session: FaceSession) -> None:
    session.modified = True


def _under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def _of_row(face: Face, secret: str) -> FaceSession:
    limits = (now() - face.absolute, now() - face.idle)
    found = (load_portal if face is PORTAL else load_staff)(hashed(secret), *limits)
    if found is None and face is PORTAL and (borrowed := _borrowed(face, hashed(secret))) is not None:
        return borrowed
    session = FaceSession(face, dict(found.row.data) if found else None)
    session.ended = found is None
    if found is None:
        return session
    session.row_id, session.touch = found.row.id, now() - found.row.seen_at > TOUCH
    if isinstance(found, PortalVisit):
        session.account, session.seat, session.seats = found.account, found.seat, found.seats
        session.to_sign = found.to_sign if found.seat is not None and Act.SIGN in found.seat.acts else 0
    else:
        session.staff = found.staff
    return session


def _borrowed(face: Face, secret_hash: str) -> FaceSession | None:
    """A session in which staff look as a party; the permission is asked again at each request."""
    found = load_borrowed(secret_hash, now() - impersonating.LASTS)
    if found is None:
        return None
    seat = impersonating.borrowed_seat(session=found.row, party=found.party, staff=found.staff)
    if seat is None:
        return None
    session = FaceSession(face, dict(found.row.data))
    session.row_id, session.seat, session.impersonator = found.row.id, seat, found.staff
    return session


def _write_back(session: FaceSession, answer: Response) -> None:
    """Only what changed, and only where nobody has ended the session meanwhile."""
    assert session.face is not None
    if session.modified or session.touch:
        table = session.face.table
        if answer.status_code >= 400:
            db.session.rollback()
        values: dict[str, Any] = {"seen_at": now()}
        if session.modified:
            values["data"] = dict(session)
        db.session.execute(update(table).where(table.id == session.row_id, table.ended_at.is_(None)).values(**values))
        db.session.commit()
    if session.secret is not None:
        cookies.put(answer, session.face.cookie, f"s.{session.secret}")


def _keep_anonymous(session: FaceSession, answer: Response) -> None:
    assert session.face is not None
    if session:
        value = cookies.signed(serializer.dumps(dict(session)), f"anonymous:{session.face.key}")
        cookies.put(answer, session.face.cookie, f"a.{value}")
    else:
        cookies.drop(answer, session.face.cookie)
