"""A record moves from one status to another, by the moves that its kind declares: each is one event, once."""

from collections import deque
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select

from shared.clock import now
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.records.answerable import is_undoable
from shared.records.declaring import Kind, Move
from shared.records.effects import effect_of
from shared.records.holding import hold
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.records.noting import note


def move(
    *,
    record: Record,
    move: str,
    by: str,
    reason: str = "",
    day: date | None = None,
    amount: Decimal | None = None,
    reference: str = "",
    revision: int | None = None,
) -> bool:
    """Make the move and record its event; False when it was made already, and nothing is written then.

    `day` is that of an acceptance, `amount` that of a deposit, `reference` the caller's own name for what happened:
    the same reference is the same event. Raises Refused (`move`) when the status does not allow it, Stale when the
    record was saved since `revision`.
    """
    kind = KINDS[record.kind]
    wanted = {each.key: each for each in kind.moves}.get(move)
    if wanted is None:
        raise Refused(_("« %(move)s » n’est pas une action de ce type de pièce.", move=move), "move")
    hold(record, revision)
    if _is_made(record, kind, wanted, reference):
        return False
    if record.status not in wanted.leaves:
        raise Refused(_refusal(kind, record, wanted), "move")
    facts = {"reason": reason.strip(), "before": record.status, "revision": record.revision, "reference": reference}
    effect = effect_of(kind, wanted)(record, by=by, reason=reason.strip(), day=day, amount=amount)
    _stand(record, kind, wanted, by)
    note(record=record, event=wanted.event, by=by, facts=facts | effect.facts)
    for other, its_move in effect.follow:
        if other.status in KINDS[other.kind].move(its_move).leaves:
            _follow(other, its_move, by)
    return True


def move_to(*, record: Record, status: str, by: str, **given: Any) -> bool:
    """Make the moves that lead to `status`, by the shortest way; False when it stands there. Raises Refused."""
    if record.status == status:
        return False
    kind = KINDS[record.kind]
    way = way_to(kind, record.status, status)
    if way is None:
        here, there = _(kind.status(record.status).label), _(kind.status(status).label)
        raise Refused(_("Rien ne mène de « %(here)s » à « %(there)s ».", here=here, there=there), "status")
    for each in way[:-1]:
        move(record=record, move=each, by=by)
    return move(record=record, move=way[-1], by=by, **given)


def way_to(kind: Kind, here: str, there: str) -> list[str] | None:
    """The fewest moves from one status to another, in their order; None when there is no way."""
    ways: deque[tuple[str, list[str]]] = deque([(here, [])])
    seen = {here}
    while ways:
        status, way = ways.popleft()
        if status == there:
            return way
        for each in kind.moves:
            if each.to is not None and each.to not in seen and status in each.leaves:
                seen.add(each.to)
                ways.append((each.to, [*way, each.key]))
    return None


def possible(record: Record) -> list[Move]:
    """The moves that its status allows, in their order: the buttons of its page."""
    allowed = {"dispute": record.disputed_at is None, "end_dispute": record.disputed_at is not None}
    if "valid_until" in KINDS[record.kind].dates:
        allowed["reopen"] = is_undoable(record)
    return [each for each in KINDS[record.kind].moves if record.status in each.leaves and allowed.get(each.key, True)]


def _follow(record: Record, key: str, by: str) -> None:
    move(record=record, move=key, by=by)


def _is_made(record: Record, kind: Kind, wanted: Move, reference: str) -> bool:
    if wanted.to is not None and record.status == wanted.to:
        return True
    if wanted.key == "dispute":
        return record.disputed_at is not None
    if wanted.key == "end_dispute":
        return record.disputed_at is None
    name = f"{kind.key}.{wanted.event}"
    query = exists().where(Event.record_id == record.id, Event.name == name)
    if reference:
        return bool(db.session.scalar(select(query.where(Event.facts["reference"].astext == reference))))
    if wanted.to is not None or wanted.key == "deposit":
        return False
    # What leaves the status where it is happens once as long as nothing on the record has changed.
    return bool(db.session.scalar(select(query.where(Event.facts["revision"].astext == str(record.revision)))))


def _stand(record: Record, kind: Kind, wanted: Move, by: str) -> None:
    if wanted.to is not None:
        record.status, record.is_open = wanted.to, kind.status(wanted.to).open
        record.moved_at, record.moved_by = now(), by
    if wanted.key != "send":
        record.revision += 1
    db.session.flush()


def _refusal(kind: Kind, record: Record, wanted: Move) -> str:
    stands, told = _(kind.status(record.status).label), _(wanted.label)
    sentence: str = _("Cette pièce est « %(status)s » : « %(move)s » n’est plus possible.", status=stands, move=told)
    if way_to(kind, record.status, wanted.leaves[0]) and record.status == kind.statuses[0].key:
        sentence = _("Cette pièce est « %(status)s » : « %(move)s » viendra ensuite.", status=stands, move=told)
    return sentence
