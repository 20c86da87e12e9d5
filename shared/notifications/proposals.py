"""Drafts that wait for somebody: the list, who among them has no address, many confirmed or dropped at once."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from shared.errors import Refused
from shared.extensions import db
from shared.notifications.claiming import COLUMNS
from shared.notifications.finding import Key, Page, history
from shared.notifications.models import Notification, NotificationRecord, Reason, Status
from shared.notifications.narrowing import Filter
from shared.notifications.proposing import confirm, drop
from shared.notifications.resolving import Stopped, foretell
from shared.notifications.rule_models import Rule
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.records.models import Record
from shared.todos.lacking import wants_address

SIZE = 100  # drafts on a page, and confirmed at once


class About(NamedTuple):
    """Which rule proposed a draft, and the records that it speaks of."""

    rule: str
    numbers: list[str]


class Outlook(NamedTuple):
    """Of some drafts: those that nobody could receive now, and those that no longer apply, each with the reason.

    `holes`: those whose text lacks a value, each with the sentence that names it; they would stay drafts.
    """

    lacking: set[uuid.UUID]
    over: dict[uuid.UUID, str]
    holes: dict[uuid.UUID, str]


class Done(NamedTuple):
    """Of one run: how many leave, wait for an address, no longer apply, had been decided by somebody else meanwhile.

    `incomplete` ones lack a value: they stay drafts, and their lines say which.
    """

    leaving: int
    without_address: int
    over: int = 0
    too_late: int = 0
    incomplete: int = 0


def proposals(scope: Scope, *, after: Key | None = None, before: Key | None = None) -> Page:
    """Those in reach, the last proposed first."""
    return history(scope, Filter(proposed=True), after=after, before=before, size=SIZE)


def about(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, About]:
    """Draft → its rule and its records, in one query."""
    if not ids:
        return {}
    told = func.array_agg(Record.number).filter(Record.id.is_not(None))
    query = select(Notification.id, Rule.label, told).outerjoin(Rule, Rule.id == Notification.rule_id)
    query = query.outerjoin(NotificationRecord, NotificationRecord.notification_id == Notification.id)
    query = query.outerjoin(Record, Record.id == NotificationRecord.record_id).where(Notification.id.in_(ids))
    rows = db.session.execute(query.group_by(Notification.id, Rule.label))
    return {identity: About(label or "", sorted(numbers or [])) for identity, label, numbers in rows}


def parties_of(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """Draft → its party: id, code, name; in one query."""
    query = select(Notification.id.label("draft"), Party.id, Party.code, Party.name).join(Party)
    return {row.draft: row for row in db.session.execute(query.where(Notification.id.in_(ids)))}


def waiting_among(ids: Iterable[uuid.UUID]) -> list[Notification]:
    """Those of `ids` that still wait for somebody to decide."""
    waits = (Notification.id.in_(ids), Notification.is_proposal, Notification.status == Status.WAITING)
    return list(db.session.scalars(select(Notification).where(*waits).order_by(Notification.created_at)))


def outlook(drafts: Sequence[Notification]) -> Outlook:
    """What the sender would answer now for those that do not leave; a bounded number of queries."""
    if not drafts:
        return Outlook(set(), {}, {})
    connection = db.session.connection()
    db.session.flush()
    query = select(*COLUMNS).where(Notification.id.in_([each.id for each in drafts]))
    stopped = [
        answer
        for answer in foretell(connection, connection.execute(query).mappings().all())
        if isinstance(answer, Stopped)
    ]
    lacking = {each.row["id"] for each in stopped if each.reason is Reason.NO_ADDRESS}
    over = {each.row["id"]: each.reply for each in stopped if each.status is Status.CANCELLED}
    return Outlook(lacking, over, {each.row["id"]: each.reply for each in stopped if each.reason is Reason.DRAFT})


def confirm_all(*, drafts: Sequence[Notification], by: str) -> Done:
    """Each leaves as it is proposed; one without an address waits for it, and is something to do.

    One that no longer applies is confirmed too: the sender cancels it, and its line says why.
    """
    foreseen = outlook(drafts)
    done: list[uuid.UUID] = []
    for each in drafts:
        try:
            confirm(notification=each, by=by)
        except Refused:
            continue
        done.append(each.id)
        if each.id in foreseen.lacking:
            wants_address(each)
    lacking, over, holes = (len(set(of).intersection(done)) for of in foreseen)
    return Done(len(done) - lacking - over - holes, lacking, over, len(drafts) - len(done), holes)


def confirm_edited(*, draft: Notification, subject: str, body: str, by: str) -> Done:
    """One leaves with other words. Raises Refused, naming `subject` or `body`, for a text that cannot leave."""
    lacks = bool(outlook([draft]).lacking)
    confirm(notification=draft, by=by, subject=subject, body=body)
    if lacks:
        wants_address(draft)
    return Done(int(not lacks), int(lacks))


def drop_all(*, drafts: Sequence[Notification], by: str) -> int:
    """None of them leaves; how many."""
    dropped = 0
    for each in drafts:
        try:
            drop(notification=each, by=by)
        except Refused:
            continue
        dropped += 1
    return dropped
