"""Cancelling a line that waits. One that is being sent or has left cannot be called back."""

import uuid

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status


def cancel(*, notification_id: uuid.UUID, by: str) -> None:
    """The row lock decides against a sender that claims at the same moment. Raises Refused when it is too late."""
    row = db.session.get(Notification, notification_id, with_for_update=True)
    if row is None or row.status is not Status.WAITING:
        raise Refused("Trop tard : cette ligne n’attend plus. Rien n’a été changé.")
    row.status = Status.CANCELLED
    row.reason = Reason.NONE
    row.ended_at = now()
    row.secret = None
    row.reply = "Annulée par un gestionnaire."
    record("notification.cancelled", by=by, party_id=row.party_id, notification_id=row.id)
