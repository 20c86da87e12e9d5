"""Between the password and the second factor: who is at the door, in the signed cookie of a stranger.

Nothing opens with it, and it is worth nothing after ten minutes, or once the password or the factors have changed.
"""

import hmac
import uuid
from typing import Any

from flask import session

from shared.access.passkeys import LIFE
from shared.access.second_factor import fingerprint
from shared.clock import now
from shared.extensions import db
from shared.people.models import Staff

KEY, CHALLENGE, PROVED = "second_step", "challenge", "proved"


def wait_for_factor(staff: Staff, wanted: str) -> None:
    """Remember that `staff` has shown the password, and where they were going."""
    session.clear()
    session[KEY] = {"staff": str(staff.id), "at": _moment(), "mark": fingerprint(staff), "next": wanted}


def waiting() -> tuple[Staff, str] | None:
    """Who waits at the door and where they are going; None when nobody does, or not any more."""
    kept: dict[str, Any] = session.get(KEY) or {}
    if not kept or _moment() - kept["at"] > LIFE.total_seconds():
        return None
    staff = db.session.get(Staff, uuid.UUID(kept["staff"]))
    if staff is None or staff.disabled_at is not None or not hmac.compare_digest(kept["mark"], fingerprint(staff)):
        return None
    return staff, kept["next"]


def keep_challenge(challenge: str) -> None:
    """Until the browser answers it."""
    session[CHALLENGE] = challenge


def take_challenge() -> str:
    """The challenge of this browser; empty when it has none."""
    return str(session.pop(CHALLENGE, ""))


def prove() -> None:
    """The password was typed just now: factors may be changed for a while."""
    session[PROVED] = _moment()


def is_proved() -> bool:
    """Whether it was typed within ten minutes."""
    return _moment() - int(session.get(PROVED, 0)) <= LIFE.total_seconds()


def _moment() -> int:
    return int(now().timestamp())
