"""Who receives: each audience is one small function from an event to its recipients."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, select

from shared.access.address_models import AddressCode
from shared.access.models import Access, Account
from shared.access.phone_models import PhoneCode
from shared.documents.effective import Settings, excepted, settings_of
from shared.documents.models import Document, Folder, FolderException, LinkTarget
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.access_audience import access_holder
from shared.notifications.deposit_audience import deposit_staff
from shared.notifications.models import Notification, NotificationDocument
from shared.notifications.recipients import Recipient as Recipient
from shared.notifications.record_audiences import RECORD_AUDIENCES
from shared.notifications.remark_audience import REMARK_AUDIENCES
from shared.notifications.resend_audience import same_recipient
from shared.notifications.rule_models import Rule
from shared.notifications.signature_audiences import SIGNATURE_AUDIENCES
from shared.notifications.withdrawal_audience import withdrawn
from shared.people.models import Contact, EmailSlot, Party, Staff
from shared.signatures.code_models import SigningCode
from shared.signatures.finding import asks_instead


def recipients_of(rule: Rule, event: Event) -> list[Recipient]:
    """Whom the rule tells of that event; nothing is written, so that an event may be made up to see."""
    of_records = RECORD_AUDIENCES.get(rule.audience)
    return of_records(event, rule) if of_records else _BY_EVENT[rule.audience](event)


def folder_slot(event: Event) -> list[Recipient]:
    """The party's cell that the document's folder names; for a forced notice, all its documents at once."""
    named = [uuid.UUID(i) for i in event.facts.get("documents", ())]
    ids = named or [i for i in (event.document_id,) if i]
    if not ids or (event.name == "document.published" and asks_instead(ids[0])):
        return []
    query = (
        select(Folder, Party, FolderException)
        .join(Document, Document.folder_id == Folder.id)
        .join(Party, Party.id == Document.party_id)
        .outerjoin(FolderException, excepted(Party.id))
    )
    found = db.session.execute(query.where(Document.id == ids[0])).one_or_none()
    if found is None:
        return []
    folder, party, exception = found
    former = _last_about(ids) if event.name == "notice.forced" else None
    return [slot_recipient(folder, settings_of(folder, exception), party, ids, former)]


def slot_recipient(
    folder: Folder,
    settings: Settings,
    party: Party | Row[Any],
    document_ids: Sequence[uuid.UUID],
    resend_of_id: uuid.UUID | None = None,
) -> Recipient:
    """Who is told of documents of one party in a folder whose settings for that party are known."""
    return Recipient(
        key=f"slot:{party.id}:{settings.slot}",
        locale=party.locale,
        family_id=party.family_id,
        party_id=party.id,
        slot=settings.slot,
        folder=folder,
        notify=settings.notify,
        template_id=settings.template_id,
        variant=settings.link_target.value,
        link_target=settings.link_target.value,
        document_ids=tuple(document_ids),
        resend_of_id=resend_of_id,
    )


def account_owner(event: Event) -> list[Recipient]:
    """Security messages: the person's verified address, else the one the access was sent to, else its cell."""
    account = db.session.get(Account, event.account_id)
    if account is None:
        return []
    verified = account.email if account.email_verified_at else ""
    access = db.session.scalars(
        select(Access)
        .join(Contact, Contact.id == Access.contact_id)
        .where(Contact.person_id == account.person_id)
        .order_by(Access.id)
    ).first()
    party = access.party if access else None
    sent_to = _access_sent_to(access) if access and not verified else None
    return [
        Recipient(
            key=f"account:{account.id}",
            locale=account.person.locale or (party.locale if party else "fr"),
            family_id=party.family_id if party else None,
            party_id=party.id if party else None,
            access_id=access.id if access else None,
            account_id=account.id,
            slot=None if verified or sent_to else EmailSlot.CARD,
            fixed_address=verified or sent_to,
            facts=dict(event.facts),
        )
    ]


def staff_concerned(event: Event) -> list[Recipient]:
    """The member of staff whom the event names."""
    staff = db.session.get(Staff, uuid.UUID(event.facts["staff"]))
    if staff is None or staff.disabled_at is not None:
        return []
    return [Recipient(key=f"staff:{staff.id}", locale=staff.locale, staff_id=staff.id, fixed_address=staff.email)]


def party_card(event: Event) -> list[Recipient]:
    """The party itself, at its card's address; nobody when the same was told on paper."""
    party = db.session.get(Party, event.party_id) if event.party_id else None
    if party is None or event.facts.get("on_paper"):
        return []
    return [card_recipient(party.id, party.family_id, party.locale, event.facts)]


def card_recipient(party_id: uuid.UUID, family_id: uuid.UUID, locale: str, facts: dict[str, Any]) -> Recipient:
    """Who is told at the card of a party that was read already."""
    return Recipient(
        key=f"card:{party_id}",
        locale=locale,
        family_id=family_id,
        party_id=party_id,
        slot=EmailSlot.CARD,
        link_target=LinkTarget.HOME.value,
        facts=dict(facts),
    )


def code_asker(event: Event) -> list[Recipient]:
    """Whoever asked for a one-time code, at the address and on the channel that it was asked for."""
    facts = event.facts
    code: SigningCode | PhoneCode | AddressCode | None
    if event.name == "signature.code_issued":
        code = db.session.get(SigningCode, uuid.UUID(facts["code"]))
    elif event.name == "account.address_code_issued":
        code = db.session.get(AddressCode, uuid.UUID(facts["code"]))
    else:
        code = db.session.get(PhoneCode, uuid.UUID(facts["code"]))
    party = db.session.get(Party, event.party_id) if event.party_id else None
    if code is None:
        return []
    return [
        Recipient(
            key=f"code:{code.id}",
            locale=facts["locale"],
            family_id=party.family_id if party else None,
            party_id=event.party_id,
            account_id=event.account_id,
            fixed_address=code.address,
            variant="sms" if code.channel == "sms" else "",
            channel=code.channel,
            facts={"title": facts["title"]} if "title" in facts else {},
        )
    ]


_BY_EVENT: dict[str, Callable[[Event], list[Recipient]]] = {
    "folder_slot": folder_slot,
    "access_holder": access_holder,
    "account_owner": account_owner,
    "same_recipient": same_recipient,
    "staff_concerned": staff_concerned,
    "code_asker": code_asker,
    "party_card": party_card,
    "deposit_staff": deposit_staff,
    **SIGNATURE_AUDIENCES,
    **REMARK_AUDIENCES,
    "signature_withdrawn": withdrawn,
}
AUDIENCES = frozenset(_BY_EVENT) | frozenset(RECORD_AUDIENCES)


def _last_about(document_ids: list[uuid.UUID]) -> uuid.UUID | None:
    return db.session.scalars(
        select(Notification.id)
        .join(NotificationDocument, NotificationDocument.notification_id == Notification.id)
        .where(NotificationDocument.document_id.in_(document_ids), Notification.copy_of_id.is_(None))
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .limit(1)
    ).first()


def _access_sent_to(access: Access) -> str | None:
    return db.session.scalars(
        select(Notification.address)
        .where(
            Notification.access_id == access.id, Notification.sent_at.is_not(None), Notification.address.is_not(None)
        )
        .order_by(Notification.created_at.desc())
        .limit(1)
    ).first()
