"""A verification asked for on screen: a row says how far it is and what was found; a worker does it."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import func, select

from shared.clock import now
from shared.events.actors import SYSTEM
from shared.events.models import Chain, EventSeal, JournalCheck
from shared.events.recording import record
from shared.events.verifying import verify
from shared.extensions import db
from shared.queues import ring
from shared.transactions import after_commit

EVERY = timedelta(days=1)
STUCK = timedelta(minutes=2)  # without moving: its worker is gone, another takes it up


def ask(*, by: str) -> JournalCheck:
    """Ask for both chains to be verified; one that is under way is given back instead of a second one."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("guichet.journal-check", 0))))
    running = newest()
    if running is not None and running.ended_at is None:
        return running
    total = db.session.scalar(select(func.count()).select_from(EventSeal)) or 0
    asked = JournalCheck(asked_by=by, total=total)
    db.session.add(asked)
    db.session.flush()
    check_id = str(asked.id)
    after_commit(lambda: ring("slow", "verify_journal", check_id))
    return asked


def run(*, check_id: uuid.UUID, keep: Callable[[], None]) -> None:
    """Do it; `keep` commits what is known so far, after each 5,000 lines."""
    check = db.session.get(JournalCheck, check_id)
    if check is None or check.ended_at is not None:
        return
    done = 0

    def moved(seen: int) -> None:
        check.seen, check.moved_at = done + seen, now()
        keep()

    findings = []
    for chain in Chain:
        findings.append(verify(chain, moved))
        done += findings[-1].checked
    check.found = {finding.chain.value: asdict(finding) for finding in findings}
    check.is_sound = not any(finding.fault for finding in findings)
    check.seen, check.ended_at = done, now()
    record("journal.verified", by=check.asked_by, facts={"sound": check.is_sound, "lines": done})


def newest() -> JournalCheck | None:
    """The last verification asked for, ended or not."""
    return db.session.scalars(select(JournalCheck).order_by(JournalCheck.asked_at.desc()).limit(1)).first()


def due() -> uuid.UUID | None:
    """The one whose bell was not heard or whose worker is gone; once a day, a new one."""
    found = newest()
    if found is None or (found.ended_at is not None and found.asked_at < now() - EVERY):
        ask(by=SYSTEM)
        return None
    return found.id if found.ended_at is None and found.moved_at < now() - STUCK else None
