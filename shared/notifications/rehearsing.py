"""« À blanc »: what « Synchroniser » would send now, line by line as the sender itself decides, and nothing sent."""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select

from shared.extensions import db
from shared.notifications.claiming import BATCH, COLUMNS
from shared.notifications.foreseeing import foresee
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.releasing import departing
from shared.notifications.resolving import Ready, foretell
from shared.people.models import Family

MOST = 5_000  # lines looked at; beyond, the counts are of these


class Outcome(NamedTuple):
    """How many lines of one family would end in one way: `status` SENT for those that leave."""

    family: str
    channel: str
    status: Status
    reason: Reason
    why: str
    lines: int


class Rehearsal(NamedTuple):
    """What would leave and what would not, and how many lines would go on waiting and are not asked.

    `leaving` counts the blind copies, `copies`, that follow the messages.
    """

    outcomes: Sequence[Outcome]
    waiting: dict[Reason, int]
    leaving: int
    copies: int
    is_whole: bool


def rehearse() -> Rehearsal:
    """Look at every line that would be tried, those that « Synchroniser » would first write too; nothing stands."""
    undone = db.session.begin_nested()
    try:
        is_whole = foresee(most=MOST)
        return _looked_at(is_whole)
    finally:
        undone.rollback()


def _looked_at(is_whole: bool) -> Rehearsal:
    ids = list(db.session.scalars(_departing()))
    copies = 0
    counted: Counter[tuple[str, str, Status, Reason, str]] = Counter()
    names: dict[uuid.UUID | None, str] = {each.id: each.label for each in db.session.scalars(select(Family))}
    connection = db.session.connection()
    for start in range(0, min(len(ids), MOST), BATCH):
        some = select(*COLUMNS).where(Notification.id.in_(ids[start : min(start + BATCH, MOST)]))
        for answer in foretell(connection, connection.execute(some).mappings().all()):
            family = names.get(answer.row["family_id"], "")
            if isinstance(answer, Ready):
                counted[family, answer.row["channel"], Status.SENT, Reason.NONE, ""] += 1 + len(answer.copies)
                copies += len(answer.copies)
            else:
                counted[family, answer.row["channel"], answer.status, answer.reason, answer.reply] += 1
    outcomes = [Outcome(*key, lines) for key, lines in sorted(counted.items())]
    leaving = sum(each.lines for each in outcomes if each.status is Status.SENT)
    return Rehearsal(outcomes, _staying(), leaving, copies, is_whole and len(ids) <= MOST)


def _departing() -> Select[uuid.UUID]:
    return select(Notification.id).where(departing()).order_by(Notification.created_at, Notification.id).limit(MOST + 1)


def _staying() -> dict[Reason, int]:
    """What « Synchroniser » would leave waiting, by reason."""
    query = select(Notification.reason, func.count()).where(Notification.status == Status.WAITING, ~departing())
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Notification.reason))}
