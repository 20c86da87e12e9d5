"""Who is told of an access: the contact it was made for."""

import uuid
from typing import Any

from sqlalchemy import Row, Select, select

from shared.access.models import Access, Account
from shared.documents.models import LinkTarget
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.recipients import Recipient
from shared.people.models import Contact, EmailSlot, Party, Person


def access_holder(event: Event) -> list[Recipient]:
    """The contact an access was made for: their own address, else the party's card cell."""
    found = db.session.execute(holders().where(Access.id == event.access_id)).one_or_none()
    return [holder_recipient(found)] if found is not None else []


def holders() -> Select[*tuple[Any, ...]]:
    """Each access with all that its message depends on."""
    return (
        select(
            Access,
            Contact,
            Person.locale.label("own_locale"),
            Party.locale,
            Party.family_id,
            Account.id.label("account_id"),
            Account.password_hash.is_not(None).label("has_password"),
        )
        .join(Contact, Contact.id == Access.contact_id)
        .join(Person, Person.id == Contact.person_id)
        .join(Party, Party.id == Access.party_id)
        .outerjoin(Account, Account.person_id == Person.id)
    )


def holder_recipient(row: Row[Any], *, has_password: bool | None = None) -> Recipient:
    """The recipient of one line of `holders`; `has_password` where it is about to change."""
    access: Access = row.Access
    contact: Contact = row.Contact
    own = contact.email if not contact.is_main else ""
    known = row.has_password if has_password is None else has_password
    account_id: uuid.UUID | None = row.account_id
    return Recipient(
        key=f"access:{access.id}",
        locale=row.own_locale or row.locale,
        family_id=row.family_id,
        party_id=access.party_id,
        contact_id=contact.id,
        access_id=access.id,
        account_id=account_id,
        slot=None if own else EmailSlot.CARD,
        fixed_address=own or None,
        variant="known" if known else "",
        link_target=LinkTarget.HOME.value,
    )
