"""The records whose date has met the moment of a rule: found by the index of that date, however many records there are.

Whoever finds them writes a `Reminder` for each, which is once for each value that the date has had.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, and_, cast, func, literal_column, or_, select, tuple_

from shared.extensions import db
from shared.notifications.moments import APPOINTMENT, met_between
from shared.notifications.rule_models import Reminder, Rule
from shared.records.models import Record

BATCH = 200
GRACE = timedelta(days=3)  # what is entered a little after its day is still reminded of
DATE = "date"  # of `Rule.moment`
FIELDS: dict[str, Any] = {
    "due_on": Record.due_on,
    "valid_until": Record.valid_until,
    APPOINTMENT: Record.appointment_at,
    "issued_on": Record.issued_on,
    "accepted_on": Record.accepted_on,
}


@dataclass(frozen=True)
class Met:
    """A record whose date has met a rule's moment; `date` as the record has it, `met` as `Reminder` keeps it."""

    record_id: uuid.UUID
    date: Any
    met: datetime


def watched() -> Sequence[Rule]:
    """The enabled rules about a date."""
    stands = (Rule.moment == DATE, Rule.enabled, Rule.deleted_at.is_(None), Rule.date_field.in_(FIELDS))
    return db.session.scalars(select(Rule).where(*stands).order_by(Rule.key)).all()


def is_watched() -> bool:
    """Whether there is any such rule."""
    query = select(Rule.id).where(Rule.moment == DATE, Rule.enabled, Rule.deleted_at.is_(None))
    return db.session.scalars(query.limit(1)).first() is not None


def found(rule: Rule, until: datetime, zone: str, after: Met | None = None) -> Sequence[Met]:
    """Up to `BATCH` records whose moment came before `until` and that the rule did not remind of yet, oldest first.

    Nothing is caught up from before the rule was enabled, nor from long before it was last looked at. `after`: the
    last one of the batch before.
    """
    since = begins_at(rule)
    reach = met_between(rule, since, until, zone) if since is not None and since < until else []
    if not reach:
        return []
    date = FIELDS[rule.date_field]
    begins = date > reach[0].least
    if after is not None:  # alone, so that the index is entered there and not at the first of them
        begins = tuple_(date, Record.id) > (after.date, after.record_id)
    query = _due(rule, date).where(begins, date <= reach[-1].most)
    if len(reach) > 1:
        query = query.where(or_(*(and_(date > each.least, date <= each.most) for each in reach)))
    rows = db.session.execute(query.order_by(date, Record.id)).all()
    return [Met(*row) for row in rows]


def begins_at(rule: Rule) -> datetime | None:
    """From when on moments are looked for; None for a rule that nobody has looked at yet nor enabled."""
    if rule.watched_until is None:
        return rule.since
    since = rule.watched_until - GRACE
    return max(since, rule.since) if rule.since is not None else since


def _due(rule: Rule, date: Any) -> Select[uuid.UUID, Any, datetime]:
    """Read from the index alone; the reminders are asked for one by one, and never gathered."""
    met = met_by(date)
    told = (
        select(literal_column("1"))
        .where(Reminder.rule_id == rule.id, Reminder.record_id == Record.id, Reminder.met == met)
        .limit(literal_column("1"))
        .correlate(Record)
        .scalar_subquery()
    )
    kind = rule.event.partition(".")[0]
    open_ones = (Record.kind == kind, Record.is_open, date.is_not(None))
    return select(Record.id, date, met).where(*open_ones, told.is_(None)).limit(literal_column(str(BATCH)))


def met_by(date: Any) -> ColumnElement[datetime]:
    """A date of a record as `Reminder.met` keeps it: a day at midnight, universal time."""
    if date.key == APPOINTMENT:
        moment: ColumnElement[datetime] = date
        return moment
    midnight: ColumnElement[datetime] = func.timezone("UTC", cast(date, DateTime(timezone=False)))
    return midnight
