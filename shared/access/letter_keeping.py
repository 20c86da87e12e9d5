"""Where printed letters wait to be fetched: sealed in the database, under a key that is not there, for one hour.

Only who asked for them may fetch them, as often as the printer wants within the hour.
"""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, func, insert, or_, select

from shared.access.bulk_models import BulkAction, LetterSlice
from shared.clock import now
from shared.events.recording import record
from shared.extensions import db
from shared.secrets import seal_bytes, unseal_bytes
from shared.sheets.binding import bind

KEPT = timedelta(hours=1)
LONGEST_RUN = timedelta(days=1)  # a run that never ended leaves nothing behind either
SLICE = 1024 * 1024  # bytes
PURPOSE = "letters"


def keep(action: BulkAction, pdf: bytes) -> None:
    """One more part of the letters, made in this transaction."""
    last = select(func.max(LetterSlice.position)).where(LetterSlice.bulk_action_id == action.id)
    position = db.session.scalar(last)
    _put(action, [pdf], 0 if position is None else position + 1)


def bind_slices(action: BulkAction) -> None:
    """All parts become one PDF, to be fetched within the hour."""
    whole = bind(list(slices(action.id)))
    db.session.execute(delete(LetterSlice).where(LetterSlice.bulk_action_id == action.id))
    _put(action, [whole[at : at + SLICE] for at in range(0, len(whole), SLICE)], 0)
    action.keeps_until = now() + KEPT


def fetch(*, action: BulkAction, by: str) -> Iterator[bytes] | None:
    """The bytes of the PDF, with an audit line; None for anybody else, before it is bound and after the hour."""
    if action.by != by or action.keeps_until is None or action.keeps_until < now():
        return None
    record("access.letters_downloaded", by=by, facts={"batch": str(action.id)})
    return slices(action.id)


def slices(action_id: uuid.UUID) -> Iterator[bytes]:
    """The pieces in order, one in memory at a time."""
    positions = select(LetterSlice.position).where(LetterSlice.bulk_action_id == action_id)
    for position in db.session.scalars(positions.order_by(LetterSlice.position)).all():
        query = select(LetterSlice.sealed).where(
            LetterSlice.bulk_action_id == action_id, LetterSlice.position == position
        )
        yield unseal_bytes(db.session.scalars(query).one(), PURPOSE, _name(action_id, position))


def erase_expired() -> int:
    """Delete the letters whose hour is over; how many pieces."""
    moment = now()
    over = or_(BulkAction.keeps_until < moment, BulkAction.at < moment - LONGEST_RUN)
    gone = delete(LetterSlice).where(LetterSlice.bulk_action_id.in_(select(BulkAction.id).where(over)))
    return len(db.session.execute(gone.returning(LetterSlice.position)).all())


def _put(action: BulkAction, pieces: list[bytes], first: int) -> None:
    rows = [
        {"bulk_action_id": action.id, "position": at, "sealed": seal_bytes(piece, PURPOSE, _name(action.id, at))}
        for at, piece in enumerate(pieces, first)
    ]
    db.session.execute(insert(LetterSlice), rows)


def _name(action_id: uuid.UUID, position: int) -> str:
    return f"{action_id}:{position}"
