"""Ten minutes to take a bulk action back: each line returns to what was wanted before, unless it has moved since."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access import causes, granting
from shared.access.bulk_models import BulkAction, BulkKind, BulkRow, BulkState, Outcome
from shared.access.bulk_others import give_back
from shared.access.judging import OTHERS
from shared.access.models import Access, Seat
from shared.access.rights import set_acts, set_rights
from shared.access.selecting import ring_for
from shared.access.wanting import locked, wanted
from shared.clock import now
from shared.errors import Refused
from shared.events.batches import in_batch
from shared.events.recording import record
from shared.extensions import db

REGRET = timedelta(minutes=10)
UNDONE, MOVED, TOLD, USED, LEFT, PARTLY = "undone", "moved", "told", "used", "left", "partly"
BACK = "others_undone"  # in the report: accesses of other contacts that are open again


def undo(*, action: BulkAction, by: str) -> None:
    """Take it back: the job does it, line by line. Raises Refused once the ten minutes are over."""
    db.session.refresh(action, with_for_update=True)
    if action.state in (BulkState.UNDOING, BulkState.UNDONE):
        return
    if action.state is not BulkState.DONE or action.undo_until is None or action.undo_until < now():
        raise Refused(_("Cette action ne peut plus être annulée. Rien n’a été changé : corrigez les lignes une à une."))
    action.state, action.undone_by = BulkState.UNDOING, by
    with in_batch(str(action.id)):
        record("access.bulk_undone", by=by, facts={"kind": action.kind.value, "count": action.count})
    ring_for(action)


def advance(action: BulkAction, most: int) -> bool:
    """One batch; False when every line was looked at."""
    rows = _touched(action, most)
    for row in rows:
        row.undone = _undo_one(action, row)
    action.undone += len(rows)
    if not rows:
        action.state = BulkState.UNDONE
    db.session.flush()
    return bool(rows)


def _touched(action: BulkAction, most: int) -> Sequence[BulkRow]:
    changed = BulkRow.outcome.in_((Outcome.CREATED, Outcome.CHANGED))
    query = select(BulkRow).where(BulkRow.bulk_action_id == action.id, changed, BulkRow.undone == "")
    return db.session.scalars(query.order_by(BulkRow.position).limit(most)).all()


def _undo_one(action: BulkAction, row: BulkRow) -> str:
    back, moved = give_back(taken=row.before.get("others", ()), by=action.undone_by or action.by)
    if back:
        action.report = {**action.report, BACK: action.report.get(BACK, 0) + back}
    word = UNDONE if row.reason == OTHERS else _undo_main(action, row)
    return PARTLY if word == UNDONE and moved else word


def _undo_main(action: BulkAction, row: BulkRow) -> str:
    access = db.session.get(Access, row.access_id) if row.access_id else None
    if access is None:
        return MOVED
    locked(access)
    if access.revision != row.after_revision:
        return MOVED
    return UNDOABLE[action.kind](access, row.before, action.undone_by or action.by)


def _draw(access: Access, _before: dict[str, Any], by: str) -> str:
    """The password that was drawn stops working, unless it is in its owner's hands."""
    seat = db.session.scalars(select(Seat).where(Seat.access_id == access.id)).one_or_none()
    if access.initial_handed_over_at is not None or (seat is not None and seat.account.password_hash is not None):
        return USED
    access.initial_secret = access.initial_set_at = None
    if seat is not None:
        seat.account.initial_hash = seat.account.initial_expires_at = None
    wanted(access, cause=causes.UNDONE, by=by, fields=["password"])
    return UNDONE


def _allow(access: Access, before: dict[str, Any], by: str) -> str:
    """Closed at once, as any withdrawal; a message that left meanwhile leads nowhere."""
    was_told = access.notify is False and before["notify"]
    granting.withdraw(access=access, by=by)
    access.notify = before["notify"]
    return TOLD if was_told else UNDONE


def _withdraw(access: Access, before: dict[str, Any], by: str) -> str:
    """With the links that it ended; whoever was inside comes in again."""
    granting.allow_again(access=access, links=before.get("links", ()), by=by)
    return UNDONE


def _notify(access: Access, before: dict[str, Any], by: str) -> str:
    """What has left cannot be called back."""
    if not access.notify:
        return LEFT
    if not before["notify"]:
        granting.hush(access=access, by=by)
    return UNDONE


def _rights(access: Access, before: dict[str, Any], by: str) -> str:
    ids = before["folder_ids"]
    set_rights(access=access, folder_ids=None if ids is None else [uuid.UUID(each) for each in ids], by=by)
    set_acts(access=access, acts=before.get("acts", access.acts), by=by)
    return UNDONE


UNDOABLE: dict[BulkKind, Callable[[Access, dict[str, Any], str], str]] = {
    BulkKind.DRAW: _draw,
    BulkKind.ALLOW: _allow,
    BulkKind.WITHDRAW: _withdraw,
    BulkKind.NOTIFY: _notify,
    BulkKind.RIGHTS: _rights,
}
