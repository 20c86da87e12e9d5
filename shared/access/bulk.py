"""Carrying a confirmed action out, two hundred lines a transaction.

A line that was done is done with its own transaction, so that whoever takes a killed run up starts at the next one;
of two runs at once, one finds the action held and leaves it.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from shared.access import bulk_undoing, letter_keeping
from shared.access.bulk_acting import Touched, accesses_of, act
from shared.access.bulk_choice import BulkChoice, choice_from
from shared.access.bulk_models import BulkAction, BulkKind, BulkRow, BulkState, Outcome
from shared.access.bulk_others import take_along
from shared.access.judging import CLOSING, OTHERS, Line, Verdict, judge, lines_of
from shared.clock import now
from shared.events.batches import in_batch
from shared.extensions import db

AT_ONCE = 200
GIVEN_UP = timedelta(days=1)  # a run that fails for so long is left to a person


def advance(*, action_id: uuid.UUID) -> bool:
    """One batch of an action, doing or undoing; False when nothing is left to do here."""
    query = select(BulkAction).where(BulkAction.id == action_id).with_for_update(skip_locked=True)
    action = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if action is None or action.state in (BulkState.DONE, BulkState.UNDONE):
        return False
    with in_batch(str(action.id)):
        if action.state is BulkState.UNDOING:
            return bulk_undoing.advance(action, AT_ONCE)
        rows = _waiting(action)
        if not rows:
            _finish(action)
            return False
        _do(action, rows)
    return True


def unfinished() -> list[uuid.UUID]:
    """The actions that a worker should be working on."""
    query = select(BulkAction.id).where(BulkAction.state.in_((BulkState.RUNNING, BulkState.UNDOING)))
    return list(db.session.scalars(query.where(BulkAction.at > now() - GIVEN_UP).order_by(BulkAction.at)))


def _waiting(action: BulkAction) -> Sequence[BulkRow]:
    query = select(BulkRow).where(BulkRow.bulk_action_id == action.id, BulkRow.outcome == Outcome.WAITING)
    return db.session.scalars(query.order_by(BulkRow.position).limit(AT_ONCE)).all()


def _do(action: BulkAction, rows: Sequence[BulkRow]) -> None:
    ids, choice = [row.party_id for row in rows], choice_from(action.choice)
    held = accesses_of(ids)
    lines = {line.party_id: line for line in lines_of(ids)}
    touched: list[Touched] = []
    for row in rows:
        line = lines.get(row.party_id)
        row.outcome, row.reason = _verdict(action, row, line, choice)
        if line is not None and row.outcome in (Outcome.CREATED, Outcome.CHANGED):
            row.before = _before(line)
            if row.reason != OTHERS:
                touched.append(Touched(row, held.parties[row.party_id], held.accesses.get(row.party_id), line))
    act(action, touched)
    if choice.others and action.kind in CLOSING:
        there = [row for row in rows if row.party_id in lines]
        taken = take_along(kind=action.kind, rows=there, by=action.by)
        action.report = {**action.report, OTHERS: action.report.get(OTHERS, 0) + taken}
    action.done += len(rows)
    db.session.flush()


def _verdict(action: BulkAction, row: BulkRow, line: Line | None, choice: BulkChoice) -> Verdict:
    if line is None:
        return Outcome.REFUSED, "gone"
    outcome, reason = judge(action.kind, line, choice)
    has_moved = row.seen_revision != line.revision and action.kind not in CLOSING
    if has_moved and outcome in (Outcome.CREATED, Outcome.CHANGED):
        return Outcome.REFUSED, "moved"
    return outcome, reason


def _before(line: Line) -> dict[str, object]:
    if line.access_id is None:
        return {"allowed": False, "notify": True, "folder_ids": None, "acts": line.acts}  # made, it opens nothing
    folder_ids = None if line.folder_ids is None else [str(each) for each in line.folder_ids]
    return {"allowed": line.allowed, "notify": line.notify, "folder_ids": folder_ids, "acts": line.acts}


def _finish(action: BulkAction) -> None:
    query = select(BulkRow.outcome, BulkRow.reason, func.count()).where(BulkRow.bulk_action_id == action.id)
    counts = {
        f"{outcome.value}:{reason}": number
        for outcome, reason, number in db.session.execute(query.group_by(BulkRow.outcome, BulkRow.reason))
    }
    action.report = {**action.report, **counts}
    action.state, action.ended_at = BulkState.DONE, now()
    did_something = any(key.startswith((Outcome.CREATED, Outcome.CHANGED)) for key in counts)
    if did_something and action.kind in bulk_undoing.UNDOABLE:
        action.undo_until = now() + bulk_undoing.REGRET
    if action.kind is BulkKind.LETTERS and did_something:
        letter_keeping.bind_slices(action)
