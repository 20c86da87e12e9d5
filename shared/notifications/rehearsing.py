"""« À blanc »: what « Synchroniser » would send now, line by line as the sender itself decides, and nothing sent."""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select

from shared.extensions import db
from shared.notifications.claiming import BATCH, COLUMNS
from shared.notifications.foreseeing import foresee
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.releasing import departing
from shared.notifications.resolving import Ready, Stopped, foretell
from shared.people.models import Family, Party

MOST = 5_000  # lines looked at; beyond, the counts are of these
NAMED = 20  # parties whose lines would stay, for each reason
Key = tuple[str, str, Status, Reason, str]


class Concerned(NamedTuple):
    """A party whose line would not leave."""

    id: uuid.UUID
    name: str


class Outcome(NamedTuple):
    """How many lines of one family would end in one way: `status` SENT for those that leave.

    `parties`: of those that would not, the first few.
    """

    family: str
    channel: str
    status: Status
    reason: Reason
    why: str
    lines: int
    parties: tuple[Concerned, ...] = ()


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


def lacking(rows: Sequence[Row[Any]]) -> dict[uuid.UUID, str]:
    """Line id → why it would not leave if it were sent again now, with the text and the values of today.

    For two hundred lines at most; those that would leave are not in it.
    """
    connection = db.session.connection()
    found = connection.execute(select(*COLUMNS).where(Notification.id.in_([row.id for row in rows]))).mappings()
    # What a person had edited stays with the first line.
    anew: list[Any] = [dict(each) | {"edited_subject": None, "edited_body": None} for each in found]
    return {
        each.row["id"]: each.reply for each in foretell(connection, anew) if isinstance(each, Stopped) and each.reply
    }


def _looked_at(is_whole: bool) -> Rehearsal:
    ids = list(db.session.scalars(_departing()))
    copies = 0
    counted: Counter[Key] = Counter()
    stuck: dict[Key, list[uuid.UUID]] = {}  # the first parties whose lines would stay
    names: dict[uuid.UUID | None, str] = {each.id: each.label for each in db.session.scalars(select(Family))}
    connection = db.session.connection()
    for start in range(0, min(len(ids), MOST), BATCH):
        some = select(*COLUMNS).where(Notification.id.in_(ids[start : min(start + BATCH, MOST)]))
        for answer in foretell(connection, connection.execute(some).mappings().all()):
            family, party_id = names.get(answer.row["family_id"], ""), answer.row["party_id"]
            if isinstance(answer, Ready):
                counted[family, answer.row["channel"], Status.SENT, Reason.NONE, ""] += 1 + len(answer.copies)
                copies += len(answer.copies)
                continue
            key = (family, answer.row["channel"], answer.status, answer.reason, answer.reply)
            counted[key] += 1
            whom = stuck.setdefault(key, [])
            if party_id and party_id not in whom and len(whom) < NAMED:
                whom.append(party_id)
    named = _named(stuck)
    outcomes = [Outcome(*key, lines, named.get(key, ())) for key, lines in sorted(counted.items())]
    leaving = sum(each.lines for each in outcomes if each.status is Status.SENT)
    return Rehearsal(outcomes, _staying(), leaving, copies, is_whole and len(ids) <= MOST)


def _named(stuck: dict[Key, list[uuid.UUID]]) -> dict[Key, tuple[Concerned, ...]]:
    ids = {each for whom in stuck.values() for each in whom}
    names: dict[uuid.UUID, str] = dict(db.session.execute(select(Party.id, Party.name).where(Party.id.in_(ids))).all())
    return {key: tuple(Concerned(each, names[each]) for each in whom if each in names) for key, whom in stuck.items()}


def _departing() -> Select[uuid.UUID]:
    return select(Notification.id).where(departing()).order_by(Notification.created_at, Notification.id).limit(MOST + 1)


def _staying() -> dict[Reason, int]:
    """What « Synchroniser » would leave waiting, by reason."""
    query = select(Notification.reason, func.count()).where(Notification.status == Status.WAITING, ~departing())
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Notification.reason))}
