"""The end of the company's own certificate is told 60, 30 and 7 days before: on the first page and in the journal."""

from datetime import datetime, timedelta

from sqlalchemy import select

from shared.clock import now
from shared.events.actors import SYSTEM
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.signatures.authority_models import KeyKind, KeySource
from shared.signatures.keys import current

WARNED = (7, 30, 60)  # days before
SOON = timedelta(days=60)
EVENT = "certificate.expiring"


def warn() -> int | None:
    """Record the warning that is due, once each for a certificate; the number of days it says, None when none is."""
    left, row = days_left(), current(KeyKind.COMPANY)
    due = next((days for days in WARNED if left is not None and left <= days), None)
    if due is None or row is None:
        return None
    told = select(Event.id).where(
        Event.name == EVENT,
        Event.facts["certificate"].astext == str(row.id),
        Event.facts["before"].astext == str(due),
    )
    if db.session.scalar(select(told.exists())):
        return None
    record(EVENT, by=SYSTEM, facts={"certificate": str(row.id), "before": str(due), "days": left})
    return due


def days_left() -> int | None:
    """Days until the company's certificate ends when nobody here can renew it; None while there is time, or no need."""
    row = current(KeyKind.COMPANY)
    return days_until(row.not_after) if row is not None and row.source is not KeySource.MADE else None


def days_until(end: datetime | None) -> int | None:
    """None while there is time."""
    return None if end is None or end > now() + SOON else max((end - now()).days, 0)
