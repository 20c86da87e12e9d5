"""« Synchroniser » without moderation: pressed fifty times it is one run, whose progress and outcome are kept."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.access import synchronising
from shared.access.differences import newer_than
from shared.clock import now
from shared.documents import publishing
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.models import Reason
from shared.notifications.releasing import waiting_reasons, would_leave
from shared.settings.models import SynchronisationRun

QUICK = timedelta(minutes=1)  # a press so soon after a run that left nothing to do is the same press
AGAIN = timedelta(seconds=10)  # before the lines that wait for another try are tried once more by a press
RELEASED = (Reason.SYNCHRONISATION, Reason.RETRY)
APPLIED = ("access.applied", "document.published", "document.restored")


def press(*, by: str, expected: int = 0) -> tuple[SynchronisationRun, bool]:
    """Ask for a run; the second answer is False when the press joined one that is under way, or that has just ended.

    `expected` is how many accesses and documents differ, for the progress. What was wanted since the run was
    asked for goes with it: no press is ever lost.
    """
    latest = last()
    if latest is not None and latest.ended_at is not None and latest.asked_at > now() - QUICK and not _is_work():
        return latest, False
    values = {"id": uuid7(), "portal": "portal", "asked_at": now(), "asked_by": by, "expected": expected}
    values |= {"accesses": 0, "documents": 0, "lines": 0}
    made = db.session.scalar(
        insert(SynchronisationRun).values(values).on_conflict_do_nothing().returning(SynchronisationRun.id)
    )
    run = _open(lock=True)
    if run is None:  # the one that was under way ended between the two statements
        return press(by=by, expected=expected)
    if made is None and not _is_work():
        return run, False
    _ask(run, by)
    return run, made is not None


def last() -> SynchronisationRun | None:
    """The newest run, under way or ended."""
    query = select(SynchronisationRun).order_by(SynchronisationRun.asked_at.desc()).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def last_applied() -> datetime | None:
    """When the portal last received an access or a document, asked for or not; None before the first."""
    newest = (select(func.max(Event.at)).where(Event.name == name).scalar_subquery() for name in APPLIED)
    return db.session.scalar(select(func.greatest(*newest)))


def is_open() -> bool:
    """Whether a run is under way: asked by the tick, when whoever made it was killed."""
    return bool(db.session.scalar(select(select(SynchronisationRun.id).where(_running()).exists())))


def count(what: str, number: int) -> None:
    """Add to one of `accesses`, `documents`, `lines` of the run under way, in the batch's own transaction."""
    if number:
        column = getattr(SynchronisationRun, what)
        db.session.execute(update(SynchronisationRun).where(_running()).values({what: column + number}))


def finish() -> bool:
    """End the run when nothing that was asked for is left; False when something is."""
    run = _open(lock=True)
    if run is None:
        return True
    if synchronising.is_due() or publishing.is_due():
        return False
    run.ended_at = now()
    db.session.flush()
    return True


def _ask(run: SynchronisationRun, by: str) -> None:
    """Record the asking; what it releases at once is counted."""
    before = waiting_reasons()
    synchronising.ask(by=by)
    db.session.flush()
    after = waiting_reasons()
    run.lines += sum(before.get(reason, 0) - after.get(reason, 0) for reason in RELEASED)
    db.session.flush()


def _is_work() -> bool:
    """Whether a press would do anything that was not asked for yet."""
    asked_at = db.session.scalar(select(func.max(Event.at)).where(Event.name == "synchronisation.asked"))
    if asked_at is None:
        return True
    return newer_than(asked_at) or would_leave(retries=asked_at < now() - AGAIN)


def _open(*, lock: bool = False) -> SynchronisationRun | None:
    query = select(SynchronisationRun).where(_running()).execution_options(populate_existing=True)
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def _running() -> ColumnElement[bool]:
    return SynchronisationRun.ended_at.is_(None)
