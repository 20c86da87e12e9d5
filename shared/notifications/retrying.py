"""« Essayer à nouveau »: what last came back from an address leaves once more."""

from sqlalchemy import select

from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.notifications.resending import resend


def address_retried(event: Event) -> None:
    """Reaction: the last message that this cell's address refused is sent again, tied to the first."""
    query = select(Notification.id).where(
        Notification.party_id == event.party_id,
        Notification.address_slot == event.facts["slot"],
        Notification.address == event.facts["address"],
        Notification.status == Status.BOUNCED,
    )
    last = db.session.scalar(query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(1))
    if last is not None:
        resend(notification_id=last, by=event.actor)
