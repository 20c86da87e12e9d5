"""The staff session of the browser that is on the portal: only what a ticket is tied to, never a right by itself."""

from flask import request

from shared.clock import now
from shared.people.models import StaffSession
from shared.web import cookies
from shared.web.session_rows import hashed, load_staff
from shared.web.sessions import BACKOFFICE


def staff_session_beside() -> StaffSession | None:
    """The back office session whose cookie came with this request, if it still stands."""
    kind, _dot, secret = request.cookies.get(cookies.name_of(BACKOFFICE.cookie), "").partition(".")
    if kind != "s":
        return None
    found = load_staff(hashed(secret), now() - BACKOFFICE.absolute, now() - BACKOFFICE.idle)
    return found.row if found else None
