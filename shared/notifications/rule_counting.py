"""How much a rule sent, and how often it would have sent last month: counted from what happened, within bounds."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Uuid, and_, any_, cast, func, literal, select, true, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from shared.clock import day_of, now
from shared.days import day_of_column
from shared.documents.models import Document
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.rule_events import STATE_ENTERED, kind_of
from shared.notifications.rule_models import Cause, Rule
from shared.notifications.rule_plan import DATE, Plan
from shared.people.models import Party
from shared.records.models import Record, RecordDocument

MONTH = timedelta(days=30)
LOOKED_AT = 20_000  # events of the month looked at for one rule, the latest first
COUNTED = 10_000  # lines counted for one rule of a list


class Fired(NamedTuple):
    """How often a rule would have met an event; not `is_whole` when more happened than was looked at."""

    times: int
    is_whole: bool
    since: datetime
    until: datetime


class Use(NamedTuple):
    """When a rule last made a message, and how many in a month; not `is_whole` above `COUNTED`."""

    last_at: datetime | None = None
    recent: int = 0
    is_whole: bool = True


def fired_last_month(plan: Plan) -> Fired:
    """Reads only. Whoever would have received is not looked at: one event met is one time."""
    until = now()
    since = until - MONTH
    query = _days_met(plan, since, until) if plan.moment == DATE else _events_met(plan, since)
    found = query.limit(LOOKED_AT + 1).subquery()
    looked, met = db.session.execute(select(func.count(), func.count().filter(found.c.met)).select_from(found)).one()
    return Fired(met, looked <= LOOKED_AT, since, until)


def use_of(rules: Iterable[Rule]) -> dict[uuid.UUID, Use]:
    """Rule → its use, in one query that reads a bounded part of the index of each."""
    ids = [rule.id for rule in rules]
    if not ids:
        return {}
    asked = select(func.unnest(cast(ids, ARRAY(Uuid))).label("id")).subquery()
    mine = Cause.rule_id == asked.c.id
    last = select(Cause.id).where(mine).order_by(Cause.id.desc()).limit(1).correlate(asked).scalar_subquery()
    some = select(Cause.id).where(mine, Cause.id > _id_at(now() - MONTH)).limit(COUNTED + 1).correlate(asked)
    counted = select(func.count()).select_from(some.lateral()).correlate(asked).scalar_subquery()
    return {
        identity: Use(_time_of(cause), min(count, COUNTED), count <= COUNTED)
        for identity, cause, count in db.session.execute(select(asked.c.id, last, counted))
    }


def _events_met(plan: Plan, since: datetime) -> Select[Any]:
    happened = (Event.name == plan.event, Event.at >= since)
    latest = select(Event.id, Event.record_id, Event.party_id, Event.document_id, Event.facts).where(*happened)
    some = latest.order_by(Event.at.desc()).limit(LOOKED_AT + 1).subquery()
    code = func.coalesce(some.c.facts["code"].astext, Record.state_code)
    asked = _conditions(plan, code if plan.event.endswith(STATE_ENTERED) else Record.state_code, _reached(plan.event))
    query = select(and_(true(), *asked).label("met")).select_from(some)
    query = query.outerjoin(Record, Record.id == some.c.record_id).outerjoin(Party, Party.id == some.c.party_id)
    return query.outerjoin(Document, Document.id == some.c.document_id)


def _days_met(plan: Plan, since: datetime, until: datetime) -> Select[Any]:
    """The records whose day fell within the month while they were open: still open, or ended since."""
    kind = kind_of(plan.event)
    if kind is None or not plan.date_field:
        return select(true().label("met")).where(literal(False))
    day = getattr(Record, plan.date_field)
    shift = timedelta(days=plan.days)
    on, begins, ends = day, day_of(since), day_of(until)
    if plan.date_field == "appointment_at":
        on, begins, ends = day_of_column(day), since, until
    within = and_(Record.kind == kind.key, day.is_not(None), day > begins - shift, day <= ends - shift)
    ended = [f"{kind.key}.{move.event}" for move in kind.moves if move.to]
    gone = select(Event.record_id).where(Event.name.in_(ended), Event.at >= since).limit(LOOKED_AT)
    outlived = day_of_column(Record.moved_at) > on + plan.days
    late = and_(~Record.is_open, Record.id == any_(func.array(gone.scalar_subquery())), outlived)
    columns = (Record.id, Record.party_id, Record.state_code, Record.status, Record.amount)
    found = union(select(*columns).where(Record.is_open, within), select(*columns).where(late, within)).subquery()
    again = select(and_(true(), *_conditions(plan, Record.state_code, None)).label("met"))
    return again.join_from(found, Record, Record.id == found.c.id).join(Party, Party.id == Record.party_id)


def _conditions(plan: Plan, code: Any, reached: str | None) -> list[ColumnElement[bool]]:
    """What the plan asks for; the status is the one that the event leads to, else the record's as it stands."""
    asked = plan.conditions
    met: list[ColumnElement[bool]] = []
    if asked.get("family_ids"):
        met.append(Party.family_id.in_([uuid.UUID(each) for each in asked["family_ids"]]))
    if asked.get("folder_ids"):
        met.append(_in_folders(plan, [uuid.UUID(each) for each in asked["folder_ids"]]))
    if asked.get("statuses"):
        met.append(literal(reached in asked["statuses"]) if reached else Record.status.in_(asked["statuses"]))
    if asked.get("state_codes"):
        met.append(code.in_(asked["state_codes"]))
    if asked.get("amount_from"):
        met.append(Record.amount >= Decimal(asked["amount_from"]))
    if asked.get("amount_to"):
        met.append(Record.amount <= Decimal(asked["amount_to"]))
    return met


def _in_folders(plan: Plan, ids: list[uuid.UUID]) -> ColumnElement[bool]:
    """The document of the event, or a paper of its record."""
    if kind_of(plan.event) is None:
        return Document.folder_id.in_(ids)
    paper = aliased(Document)
    papers = select(paper.id).join(RecordDocument, RecordDocument.document_id == paper.id)
    return papers.where(RecordDocument.record_id == Record.id, paper.folder_id.in_(ids)).correlate(Record).exists()


def _reached(event: str) -> str | None:
    kind, name = kind_of(event), event.partition(".")[2]
    return next((move.to for move in kind.moves if move.event == name), None) if kind else None


def _id_at(moment: datetime) -> uuid.UUID:
    """The smallest id that a row made at that moment may have: a UUIDv7 begins with its milliseconds (RFC 9562)."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def _time_of(identity: uuid.UUID | None) -> datetime | None:
    return datetime.fromtimestamp((identity.int >> 80) / 1000, UTC) if identity else None
