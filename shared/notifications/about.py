"""Every message about one document or one record, and no other: the seven columns of its tab."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from shared.access.models import Account
from shared.keyset import Order, Page, by_date, one_of, read_page
from shared.notifications.finding import in_reach
from shared.notifications.models import Notification, NotificationDocument, NotificationRecord, Template
from shared.notifications.narrowing import Filter, conditions, gather
from shared.people.models import Contact, EmailCell, Family, Party, Person, Staff
from shared.people.scopes import Scope

SIZE = 25


def about_document(scope: Scope, chosen: Filter, *, after: str = "", before: str = "") -> Page:
    """The messages that announce the document of this filter, as its other parts narrow them."""
    told = select(NotificationDocument.notification_id).where(NotificationDocument.document_id == chosen.document_id)
    narrowed = conditions(replace(chosen, document_id=None), gather(chosen.text) if chosen.text else None)
    return _about(scope, told, after, before, narrowed)


def about_record(scope: Scope, record_id: uuid.UUID, *, after: str = "", before: str = "") -> Page:
    """The messages that an event of this record caused."""
    told = select(NotificationRecord.notification_id).where(NotificationRecord.record_id == record_id)
    return _about(scope, told, after, before)


def _about(
    scope: Scope, told: Select[uuid.UUID], after: str, before: str, narrowed: Sequence[ColumnElement[bool]] = ()
) -> Page:
    """The last made first. One that has not left shows the address that it would go to now."""
    query = select(Notification.id).outerjoin(Party, Party.id == Notification.party_id)
    query = query.outerjoin(Family, Family.id == Party.family_id)
    query = query.where(Notification.id == one_of(told.correlate(None)), in_reach(scope), *narrowed)
    order = Order(Notification.created_at.expression, by_date, descending=True)
    ident = Notification.id.expression
    return read_page(query, order, ident, after=after, before=before, size=SIZE, whole=_lines())


def _lines() -> Select[*tuple[Any, ...]]:
    cell, fallback = aliased(EmailCell), aliased(EmailCell)
    holder, owner = aliased(Person), aliased(Person)
    address = func.coalesce(Notification.address, Notification.fixed_address, cell.address, fallback.address)
    person = func.coalesce(_name(holder), _name(owner))
    columns = (
        Notification.id,
        Notification.created_at,
        Notification.event,
        Notification.channel,
        Notification.status,
        Notification.reason,
        Notification.due_at,
        Notification.sent_at,
        Notification.reply,
        Notification.is_proposal,
        Notification.resend_of_id,
        Notification.copy_of_id,
        func.coalesce(Notification.subject, Notification.edited_subject).label("subject"),
        func.coalesce(Notification.body, Notification.edited_body).label("body"),
        Template.label.label("template"),
        address.label("address"),
        # A copy goes to nobody whom the message names.
        case((Notification.copy_of_id.is_(None), func.coalesce(Staff.name, person, Party.name))).label("recipient"),
    )
    return (
        select(*columns)
        .join(Template, Template.id == Notification.template_id)
        .outerjoin(Party, Party.id == Notification.party_id)
        .outerjoin(Family, Family.id == Party.family_id)
        .outerjoin(Staff, Staff.id == Notification.staff_id)
        .outerjoin(Contact, Contact.id == Notification.contact_id)
        .outerjoin(holder, holder.id == Contact.person_id)
        .outerjoin(Account, Account.id == Notification.account_id)
        .outerjoin(owner, owner.id == Account.person_id)
        .outerjoin(cell, and_(cell.party_id == Party.id, cell.slot == Notification.slot))
        .outerjoin(fallback, and_(fallback.party_id == Party.id, fallback.slot == Family.slot_fallback))
    )


def _name(person: Any) -> ColumnElement[str | None]:
    return func.nullif(func.trim(func.concat(person.given_name, " ", person.family_name)), "")
