"""Who is meant by a line sent again: whoever was meant the first time, about the same things."""

from sqlalchemy import select

from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification, NotificationDocument, NotificationRecord
from shared.notifications.recipients import Recipient

ADDRESS = "address"  # the fact of a resend that says where it goes now, when that is a corrected address of one's own
LEFT_WITH = "attached"  # the fact of a line that says which files left with it, and which did not


def same_recipient(event: Event) -> list[Recipient]:
    """For a resend: who was meant the first time, with the cell and not the address of then."""
    former = db.session.get(Notification, event.notification_id)
    if former is None:
        return []
    ids = db.session.scalars(
        select(NotificationDocument.document_id)
        .where(NotificationDocument.notification_id == former.id)
        .order_by(NotificationDocument.position)
    )
    records = db.session.scalars(
        select(NotificationRecord.record_id).where(NotificationRecord.notification_id == former.id)
    )
    return [
        Recipient(
            key=f"resend:{former.id}",
            locale=former.locale,
            family_id=former.family_id,
            party_id=former.party_id,
            contact_id=former.contact_id,
            access_id=former.access_id,
            account_id=former.account_id,
            staff_id=former.staff_id,
            slot=former.slot,
            fixed_address=event.facts.get(ADDRESS) or former.fixed_address,
            template_id=former.template_id,
            link_target=former.link_target,
            document_ids=tuple(ids),
            resend_of_id=former.id,
            channel=former.channel,
            facts={key: value for key, value in former.facts.items() if key != LEFT_WITH},
            record_ids=tuple(records),
            rule_id=former.rule_id,
            attaches=former.attaches,
        )
    ]
