"""A one-time code waits encrypted on its line, leaves once, before the newer one or never, and is erased."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, case, select, update

from shared.clock import now
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.notifications.rule_models import Cause
from shared.notifications.values import Item, Value
from shared.secrets import seal, unseal
from shared.words import N_

REPLACED = N_("Un code plus récent le remplace.")
EXPIRED = N_("Le code n’est pas parti à temps : il ne marche plus.")
FIELD, PURPOSE = "code_de_verification", "one-time-code"
Row = Mapping[str, Any] | RowMapping


def entrust_code(*, event_id: uuid.UUID, code: str, until: datetime) -> uuid.UUID | None:
    """Put a code on the line that its event has just made; its id, None where no rule made one."""
    query = select(Notification).join(Cause, Cause.notification_id == Notification.id).where(Cause.event_id == event_id)
    line = db.session.scalars(query).first()
    if line is None:
        return None
    line.secret, line.secret_until = seal(code, PURPOSE), until
    return line.id


def silence(notification_ids: Iterable[uuid.UUID]) -> None:
    """Codes replaced by a newer one: what waits is cancelled, what a sender holds and has not begun never leaves."""
    ids = list(notification_ids)
    if ids:
        unsent = Notification.status.in_((Status.WAITING, Status.SENDING))
        _erase(Notification.id.in_(ids), unsent, reply=REPLACED)


def erase_expired() -> None:
    """Codes that did not leave in time; for the tick."""
    late = (Notification.secret.is_not(None), Notification.secret_until <= now())
    _erase(*late, Notification.status == Status.WAITING, reply=EXPIRED)


def why_it_stays(row: Row) -> str:
    """Why a line that was made for a code does not leave; empty when it may."""
    if row["secret_until"] is None:
        return ""
    if row["secret"] is None:
        return REPLACED
    return EXPIRED if row["secret_until"] <= now() else ""


def code_values(row: Row) -> dict[str, Value]:
    """What the text of a code puts in: the code, until when it works, for which document."""
    if row["secret_until"] is None or row["secret"] is None:
        return {}
    try:
        code = unseal(row["secret"], PURPOSE)
    except ValueError:  # another key: the line stays a draft, the others leave
        return {}
    title = row["facts"].get("title", "")
    about: dict[str, Value] = {"document": [Item(title)]} if title else {}
    return {FIELD: f"{code[:3]} {code[3:]}", "expiration": row["secret_until"], **about}


def _erase(*which: Any, reply: str) -> None:
    waits = Notification.status == Status.WAITING
    values = {
        "secret": None,
        "status": case((waits, Status.CANCELLED.value), else_=Notification.status),
        "reply": case((waits, reply), else_=Notification.reply),
        "ended_at": case((waits, now()), else_=Notification.ended_at),
    }
    statement = update(Notification).where(*which).values(values)
    db.session.execute(statement.execution_options(synchronize_session=False))
