"""A call that names an idempotency key is done once: the same again gets the same answer, and does nothing."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.extensions import db
from shared.intake.api_models import ApiCall

KEPT = timedelta(days=30)
LONGEST = 200  # characters of a key
EVENT = "event:"  # begins the key of an event's own id, which is kept for ever

_DONE: dict[str, Any] = {"status": 200, "answer": {}}
_first: ContextVar[dict[str, str] | None] = ContextVar("keys_told_at_once", default=None)


class OtherBody(Exception):
    """The key was used for another call."""


def answered(*, token_id: uuid.UUID, key: str, digest: str) -> ApiCall | None:
    """What the first call of this key was answered; None when this is the first, which holds the key until it ends.

    Raises OtherBody when that one said something else.
    """
    named = f"api:{token_id}:{key}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(named, 0))))
    known = db.session.get(ApiCall, (token_id, key))
    if known is not None and known.digest != digest:
        raise OtherBody(key)
    return known


def remember(*, token_id: uuid.UUID, key: str, digest: str, status: int, answer: dict[str, Any]) -> None:
    """Keep the answer, in the transaction of what was done."""
    db.session.add(ApiCall(token_id=token_id, key=key, digest=digest, status=status, answer=answer))
    db.session.flush()


@contextmanager
def told_at_once(*, token_id: uuid.UUID, keys: Mapping[str, str]) -> Iterator[None]:
    """Within, `is_first` has already written these keys, each with its digest: one statement for many."""
    rows = [{"token_id": token_id, "key": key, "digest": keys[key], "at": now(), **_DONE} for key in sorted(keys)]
    written = insert(ApiCall).on_conflict_do_nothing().returning(ApiCall.key)
    first = db.session.scalars(written, rows).all() if rows else ()
    token = _first.set({key: keys[key] for key in first})
    try:
        yield
    finally:
        _first.reset(token)


def is_first(*, token_id: uuid.UUID, key: str, digest: str) -> bool:
    """Write that this is done now, in one statement; False when it was done before. Two at once: one waits.

    Raises OtherBody when the key was used for something else.
    """
    told = _first.get() or {}
    if told.get(key) == digest:
        del told[key]
        return True
    row = insert(ApiCall).values(token_id=token_id, key=key, digest=digest, at=now(), **_DONE)
    done = db.session.execute(row.on_conflict_do_nothing().returning(ApiCall.key)).first()
    if done is None and db.session.get_one(ApiCall, (token_id, key)).digest != digest:
        raise OtherBody(key)
    return done is not None


def digest_of(*parts: str | bytes) -> str:
    """One hash of all that a call says; where a part ends is part of it."""
    made = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        made.update(f"{len(data)}:".encode() + data)
    return made.hexdigest()


def forget() -> int:
    """Forget the calls of more than thirty days ago; how many.

    Ids of events stay: an ERP that says its whole year again after a restore makes nothing happen twice.
    """
    # Asked once a day: older days were gone through by the rounds before, however many ids they have left there.
    past = ApiCall.at.between(now() - 2 * KEPT, now() - KEPT)
    gone = db.session.execute(delete(ApiCall).where(past, ~ApiCall.key.startswith(EVENT)).returning(ApiCall.key))
    return len(gone.all())
