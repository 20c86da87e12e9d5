"""Closing the back office to somebody who leaves, and opening it again."""

from sqlalchemy import update

from shared.access.ending import end_staff_sessions
from shared.access.models import Link
from shared.clock import now
from shared.events.recording import record
from shared.extensions import db
from shared.people.administrators import keep_one
from shared.people.models import Staff


def disable(*, staff: Staff, by: str) -> int:
    """No page opens any more, no link works; how many sessions it closed. Raises Refused for the last administrator."""
    if staff.disabled_at is not None:
        return 0
    keep_one(without_staff=staff.id)
    staff.disabled_at = now()
    waiting = (Link.staff_id == staff.id, Link.used_at.is_(None), Link.revoked_at.is_(None))
    db.session.execute(update(Link).where(*waiting).values(revoked_at=now()))
    record("staff.disabled", by=by, facts={"staff": str(staff.id), "name": staff.name})
    return end_staff_sessions(staff_id=staff.id)


def enable(*, staff: Staff, by: str) -> None:
    """They may sign in again, with the password and the second factor that they had."""
    if staff.disabled_at is None:
        return
    staff.disabled_at = None
    record("staff.enabled", by=by, facts={"staff": str(staff.id), "name": staff.name})
