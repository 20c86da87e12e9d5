"""Cancelling a line that waits, and taking that back. One that is being sent or has left cannot be called back."""

import uuid
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.notifications.outbox import CLAIMABLE, ring_bell
from shared.words import N_

UNDO = timedelta(minutes=10)
BY_HAND = N_("Annulée par un gestionnaire.")


def cancel(*, notification_id: uuid.UUID, by: str) -> None:
    """The row lock decides against a sender that claims at the same moment. Raises Refused when it is too late."""
    row = db.session.get(Notification, notification_id, with_for_update=True)
    if row is None or row.status is not Status.WAITING:
        raise Refused(_("Trop tard : cette ligne n’attend plus. Rien n’a été changé."))
    row.status = Status.CANCELLED  # its reason stays: undone, it waits for the same thing again
    row.ended_at = now()
    row.secret = None
    row.reply = BY_HAND
    record("notification.cancelled", by=by, party_id=row.party_id, notification_id=row.id)


def restore(*, notification_id: uuid.UUID, by: str) -> None:
    """A line cancelled by hand less than ten minutes ago waits again. Raises Refused when it is too late."""
    row = db.session.get(Notification, notification_id, with_for_update=True)
    if row is None or not may_restore(row):
        raise Refused(_("Trop tard : cette annulation ne se reprend plus. « Renvoyer » fait une nouvelle ligne."))
    row.status, row.ended_at, row.reply = Status.WAITING, None, ""
    row.group_key = None  # another line may be gathering by now
    record("notification.restored", by=by, party_id=row.party_id, notification_id=row.id)
    if row.reason in CLAIMABLE:
        ring_bell(row.channel)


def may_restore(row: Notification | Row[Any]) -> bool:
    """Whether a line was cancelled by hand, and not long ago."""
    recent = row.ended_at is not None and now() - row.ended_at < UNDO
    return row.status is Status.CANCELLED and row.reply == BY_HAND and recent
