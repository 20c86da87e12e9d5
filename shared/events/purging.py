"""The security log is kept 6 to 12 months and no longer (CNIL, deliberation 2021-122); evidence is never purged.

What goes is first verified, then leaves a signed checkpoint, so that what stays is still a chain.
"""

import logging
from datetime import datetime

from sqlalchemy import delete, func, select, text

from shared.clock import now
from shared.events.actors import SYSTEM
from shared.events.chaining import START, signature
from shared.events.models import Chain, Event, EventCheckpoint, EventSeal
from shared.events.recording import record
from shared.events.sealing import ONLY_ONE
from shared.events.verifying import Broken, Start, extra_of, links, start_of
from shared.extensions import db
from shared.notifications.rule_models import Cause
from shared.settings.reading import setting

BATCH = 5000
SECURITY = Chain.SECURITY

log = logging.getLogger(__name__)


def purge_security_log(limit: int = BATCH) -> int:
    """Take away the sealed security lines that are older than the setting, `limit` at most; how many went.

    A line that does not hold stops the purge there: what proves a fraud is not erased by the calendar.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(ONLY_ONE)))
    months = int(setting("security_log_months"))
    older_than: datetime = db.session.execute(select(func.now() - func.make_interval(0, months))).scalar_one()
    before = start_of(SECURITY)
    start = Start(before.number, before.hash) if before is not None else Start(0, START)
    until = min(_last_before(older_than, start.number), start.number + limit)
    end = start
    try:
        for held in links(SECURITY, start, until):
            end = held
    except Broken as broken:
        log.error("The security log is kept from line %s on: it does not hold there", broken.number)
    if end.number == start.number:
        return 0
    gone = end.number - start.number
    _take_away(end.number)
    point = EventCheckpoint(
        chain=SECURITY, number=end.number, hash=end.hash, purged=gone, older_than=older_than, at=now()
    )
    point.signature = signature("checkpoint", SECURITY, point.number, point.hash, point.at, extra_of(point))
    db.session.add(point)
    record("journal.purged", by=SYSTEM, facts={"lines": gone, "older_than": older_than.isoformat()})
    return gone


def _last_before(moment: object, after: int) -> int:
    """The number of the last line of the beginning of the chain that is older than `moment` altogether."""
    of_security = select(EventSeal.number).where(EventSeal.chain == SECURITY, EventSeal.number > after)
    kept = of_security.join(Event, Event.id == EventSeal.event_id).where(Event.at >= moment)
    first_kept = db.session.scalar(kept.order_by(EventSeal.number).limit(1))
    if first_kept is not None:
        return first_kept - 1
    return db.session.scalar(select(func.max(EventSeal.number)).where(EventSeal.chain == SECURITY)) or after


def _take_away(number: int) -> None:
    """The one place that removes lines: the database lets it, for this transaction, on this chain."""
    db.session.execute(text("SET LOCAL guichet.purging = 'security'"))
    old = select(EventSeal.event_id).where(EventSeal.chain == SECURITY, EventSeal.number <= number)
    db.session.execute(delete(Cause).where(Cause.event_id.in_(old)))
    db.session.execute(delete(Event).where(Event.id.in_(old)))
    db.session.execute(delete(EventSeal).where(EventSeal.chain == SECURITY, EventSeal.number <= number))
    db.session.execute(text("SET LOCAL guichet.purging = ''"))
