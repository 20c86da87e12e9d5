"""A change of what is wanted: the revision moves, the row turns red, the synchronisation is rung."""

from sqlalchemy import exists, select

from shared.access.models import Access, Seat
from shared.clock import now
from shared.events.recording import record
from shared.extensions import db
from shared.queues import ring
from shared.settings.reading import is_automatic
from shared.transactions import after_commit


def wanted(access: Access, *, cause: str, by: str, fields: list[str], event: str = "access.changed") -> None:
    """Note one change; `changed_at` stays that of the first change that waits, so that a row says since when."""
    if _is_green(access) or not access.allowed or fields == ["allowed"]:
        access.changed_at = now()
    access.revision += 1
    access.changed_by, access.cause = by, cause
    db.session.flush()
    facts = {"fields": fields} if event == "access.changed" else {}
    record(event, by=by, party_id=access.party_id, access_id=access.id, facts=facts)
    ring_if_automatic()


def locked(access: Access) -> None:
    """Hold the row until the end of the transaction and read it as it stands."""
    db.session.flush()
    db.session.refresh(access, with_for_update={"of": Access})


def ring_if_automatic() -> None:
    """In automatic mode the worker is woken once the change is durable; in manual mode the button does it."""
    if is_automatic():
        after_commit(ring_now, once="ring:synchronise")


def ring_now() -> None:
    """Wake the worker that synchronises."""
    ring("now", "synchronise")


def _is_green(access: Access) -> bool:
    query = exists().where(Seat.access_id == access.id, Seat.revision == access.revision)
    return bool(db.session.scalar(select(query)))
