"""Bringing the portal to what the back office wants: each red access becomes a seat at its revision.

In manual mode only what was wanted before the last « Synchroniser » is applied. May run twice at once:
each row is taken by one run.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from shared.access import causes
from shared.access.applying import apply_all
from shared.access.hashing import Drawn, hashes
from shared.access.initial import PURPOSE
from shared.access.models import Access, Seat
from shared.access.wanting import ring_now, wanted
from shared.clock import now
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import EmailSlot
from shared.secrets import unseal
from shared.settings.reading import is_automatic
from shared.transactions import after_commit

AHEAD = 2  # batches whose passwords are hashed: the one that is written, and the next one meanwhile


def synchronise(*, limit: int = 100) -> int:
    """Apply the red accesses, the longest waiting first; returns how many, 0 when none is left.

    Passwords are hashed before any row is locked.
    """
    hashed = _hashes(limit)
    query = select(Access).where(is_red(), _asked_for()).options(joinedload(Access.party), joinedload(Access.seat))
    query = query.order_by(Access.changed_at, Access.id).limit(limit)
    rows = db.session.scalars(
        query.with_for_update(of=Access, skip_locked=True).execution_options(populate_existing=True)
    )
    ready = [(access, hashed.get((access.id, access.initial_set_at))) for access in rows.all()]
    # What was drawn since the hashes were made is for the next batch.
    ready = [(access, each) for access, each in ready if each is not None or not _is_new_password(access)]
    apply_all(ready)
    return len(ready)


def ask(*, by: str) -> None:
    """« Synchroniser »: what is wanted now is applied by the worker, who is woken after the commit."""
    record("synchronisation.asked", by=by)
    after_commit(ring_now, once="ring:synchronise")


def red_count() -> int:
    """How many rows are red, asked for or not."""
    return db.session.scalar(select(func.count()).select_from(Access).where(is_red())) or 0


def is_due() -> bool:
    """Whether `synchronise` would find something: asked by the tick when the bell was not heard."""
    return bool(db.session.scalar(select(exists().where(is_red(), _asked_for()))))


def address_changed(event: Event) -> None:
    """Reaction: the card's address also names the account at the login, so that its seat must follow."""
    if event.facts.get("slot") != EmailSlot.CARD or event.party_id is None:
        return
    seated = exists().where(Seat.access_id == Access.id)
    for access in db.session.scalars(select(Access).where(Access.party_id == event.party_id, seated)):
        if access.contact.is_main:
            wanted(access, cause=causes.ADDRESS, by=event.actor, fields=["email"])


def is_red() -> ColumnElement[bool]:
    """A seat at another revision, or none yet where one is wanted."""
    applied = exists().where(Seat.access_id == Access.id, Seat.revision == Access.revision)
    seated = exists().where(Seat.access_id == Access.id)
    return ~applied & or_(Access.allowed, seated)


def _asked_for() -> ColumnElement[bool]:
    return Access.changed_at <= _until()


def _until() -> datetime:
    """In manual mode, the time of the last « Synchroniser »."""
    if is_automatic():
        return now()
    asked = db.session.scalar(select(func.max(Event.at)).where(Event.name == "synchronisation.asked"))
    return asked or datetime.fromtimestamp(0, now().tzinfo)


def _hashes(limit: int) -> dict[Drawn, str]:
    """Of the new initial passwords of the next batch; those of the one after it are begun."""
    query = select(Access).where(is_red(), _asked_for(), Access.initial_secret.is_not(None))
    query = query.options(joinedload(Access.seat)).order_by(Access.changed_at, Access.id).limit(limit * AHEAD)
    candidates = [each for each in db.session.scalars(query) if _is_new_password(each)]
    clear = {(each.id, each.initial_set_at): unseal(each.initial_secret or "", PURPOSE) for each in candidates}
    return hashes.of(clear, limit)


def _is_new_password(access: Access) -> bool:
    if access.initial_secret is None or access.initial_set_at is None:
        return False
    return access.seat is None or access.initial_set_at >= access.seat.applied_at
