"""Reminders: a record whose date has met a rule's moment is told of, once for each value that the date has had.

The message stops by itself: whether it still holds is looked at again when it leaves.
"""

import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from shared.clock import now
from shared.events.actors import SYSTEM
from shared.events.batches import together
from shared.extensions import db, uuid7
from shared.notifications.recipients import Recipient
from shared.notifications.rule_models import Reminder, Rule
from shared.notifications.rules import meets
from shared.notifications.watching import BATCH, Met, found, watched
from shared.queues import stopping
from shared.records.models import Record
from shared.records.noting import note
from shared.settings.reading import company
from shared.turns import TURN


def remind() -> Iterator[int]:
    """Remind of what is due, a batch at each step: how many records it held. May run twice at once.

    Leaves off after two minutes: the tick asks again, and what was told of is not told of twice.
    """
    moment, until = now(), time.monotonic() + TURN
    for rule_id in [rule.id for rule in watched()]:
        last: Met | None = None
        while time.monotonic() < until and not stopping():
            met = _step(rule_id, moment, last)
            yield len(met)
            if len(met) < BATCH:
                break
            last = met[-1]


def _step(rule_id: uuid.UUID, moment: datetime, last: Met | None) -> Sequence[Met]:
    rule = db.session.get_one(Rule, rule_id)
    if rule.watched_until is None and rule.since is None:
        rule.since = moment  # enabled by hand in the database: nothing older is caught up
    met = found(rule, moment, company().time_zone, last)
    with together():
        _remind(rule, met)
    if len(met) < BATCH:
        rule.watched_until = moment
    return met


def _remind(rule: Rule, met: Sequence[Met]) -> None:
    if not met:
        return
    records = _records([each.record_id for each in met])
    told: list[dict[str, uuid.UUID]] = []
    for each, reminder_id in _kept(rule, met):
        record = records[each.record_id]
        if record.is_open and record.disputed_at is None and meets(rule, _nobody(record)):
            facts = {"date": each.date, "day": rule.days, "rule": rule.id, "reminder": reminder_id}
            event = note(record=record, event="reminded", by=SYSTEM, facts=facts)
            told.append({"id": reminder_id, "event_id": event.id})
    if told:
        db.session.execute(update(Reminder), told)


def _nobody(record: Record) -> Recipient:
    """What the conditions look at: a record that they leave out is not said to have been reminded of."""
    return Recipient("", record=record)


def _kept(rule: Rule, met: Sequence[Met]) -> list[tuple[Met, uuid.UUID]]:
    """Those that nobody else has reminded of meanwhile."""
    rows = [{"id": uuid7(), "rule_id": rule.id, "record_id": each.record_id, "met": each.met} for each in met]
    written = insert(Reminder).values(rows).on_conflict_do_nothing().returning(Reminder.record_id, Reminder.id)
    mine = {row.record_id: row.id for row in db.session.execute(written)}
    return [(each, mine[each.record_id]) for each in met if each.record_id in mine]


def _records(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    query = select(Record).where(Record.id.in_(ids)).options(joinedload(Record.party), joinedload(Record.contact))
    return {each.id: each for each in db.session.scalars(query).unique()}
