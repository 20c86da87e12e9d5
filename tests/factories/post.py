"""What the messages start from: an installation with its texts and rules, and customers who can be written to."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from shared.documents.models import Document, Folder, LinkTarget, Notify
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, NotificationDocument
from shared.people.models import EmailSlot, Party
from tests.factories import counter, office, shelf

BY = "command"


def an_installation() -> None:
    """Families, folders, texts and rules."""
    office.an_installation()
    shelf.take("messages")
    db.session.flush()


def invoices(notify: Notify = Notify.IMMEDIATE, target: LinkTarget = LinkTarget.STATEMENT) -> Folder:
    folder = office.folder("c.invoices")
    folder.notify, folder.slot, folder.link_target = notify, EmailSlot.BILLING, target
    return folder


def a_customer(code: str | None = None, billing: str = "compta@boutique.example", *, seat: bool = True) -> Party:
    addresses = {EmailSlot.BILLING: billing} if billing else {}
    party = office.customer(code, addresses=addresses)
    if seat:
        counter.a_seat(party)
    return party


def announced(party: Party, folder: Folder, number: str = "FA-1") -> Document:
    """A document on the portal whose publication was just recorded."""
    document = counter.a_document(party, folder, title="Facture", number=number, data=uuid.uuid4().bytes)
    record("document.published", by=BY, party_id=party.id, document_id=document.id)
    return document


def lines(document: Document | None = None) -> Sequence[Notification]:
    """Every line, or those about one document, oldest first."""
    query = select(Notification).order_by(Notification.created_at, Notification.id)
    if document is not None:
        query = query.join(NotificationDocument).where(NotificationDocument.document_id == document.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()
