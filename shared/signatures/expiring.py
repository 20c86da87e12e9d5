"""The end of the company's own certificate is told 60, 30 and 7 days before: on the first page and in the journal."""

from sqlalchemy import select

from shared.events.actors import SYSTEM
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.signatures.authority_models import KeyKind
from shared.signatures.bringing import days_left
from shared.signatures.keys import current

WARNED = (7, 30, 60)  # days before
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
