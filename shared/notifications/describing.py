"""What a line of the history shows: one description for the list, the line, a selection and the file."""

from typing import Any

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from shared.notifications.models import Notification, NotificationDocument, Template, TemplateVersion
from shared.people.models import EmailCell, Family, Party

LINE = (
    Notification.id,
    Notification.created_at,
    Notification.event,
    Notification.channel,
    Notification.kind,
    Notification.status,
    Notification.reason,
    Notification.due_at,
    Notification.sent_at,
    Notification.ended_at,
    Notification.reply,
    Notification.is_proposal,
    Notification.subject,
    Notification.access_id,
    Notification.party_id,
    Notification.requested_by,
    Notification.resend_of_id,
    Notification.copy_of_id,
    Notification.secret_until,
)


def described() -> Select[*tuple[Any, ...]]:
    """Every line; each join is by key, for the lines of a page."""
    cell, fallback = aliased(EmailCell), aliased(EmailCell)
    first, again = aliased(Notification), aliased(Notification)  # what it repeats or copies, what repeats it
    repeats = select(func.max(again.created_at)).where(again.resend_of_id == Notification.id)
    resent = repeats.correlate(Notification).scalar_subquery()
    address = func.coalesce(Notification.address, Notification.fixed_address, cell.address, fallback.address)
    return (
        select(
            *LINE,
            address.label("address"),
            func.coalesce(Notification.address_slot, Notification.slot).label("slot"),
            Party.name.label("party_name"),
            Party.code.label("party_code"),
            Family.key.label("family"),
            Template.id.label("template_id"),
            Template.label.label("template"),
            TemplateVersion.number.label("version"),
            Template.deleted_at.label("template_deleted_at"),
            first.created_at.label("first_at"),
            first.address.label("first_address"),
            resent.label("resent_at"),
            exists().where(NotificationDocument.notification_id == Notification.id).label("has_documents"),
        )
        .join(Template, Template.id == Notification.template_id)
        .outerjoin(TemplateVersion, TemplateVersion.id == Notification.template_version_id)
        .outerjoin(Party, Party.id == Notification.party_id)
        .outerjoin(Family, Family.id == Party.family_id)
        .outerjoin(first, first.id == func.coalesce(Notification.resend_of_id, Notification.copy_of_id))
        .outerjoin(cell, and_(cell.party_id == Party.id, cell.slot == Notification.slot))
        .outerjoin(fallback, and_(fallback.party_id == Party.id, fallback.slot == Family.slot_fallback))
    )
