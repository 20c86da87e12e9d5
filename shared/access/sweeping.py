"""Forgetting what serves nobody any more: old tries, sessions long ended."""

from datetime import timedelta

from sqlalchemy import delete, or_

from shared.access.models import PortalSession
from shared.access.throttling import purge
from shared.clock import now
from shared.extensions import db
from shared.people.models import StaffSession

KEPT = timedelta(days=31)  # longer than any session may last


def forget() -> int:
    """Delete tries older than two days and sessions that ended or were begun over a month ago; how many rows."""
    gone = purge()
    for table in (PortalSession, StaffSession):
        old = or_(table.ended_at < now() - KEPT, table.created_at < now() - KEPT)
        gone += len(db.session.execute(delete(table).where(old).returning(table.id)).all())
    return gone
