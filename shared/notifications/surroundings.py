"""Everything that the rows of one batch refer to, read at once: at most fifteen queries, whatever the batch."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from shared.access.models import Access, Account, LinkPurpose, Seat
from shared.clock import today
from shared.documents.effective import shared_to
from shared.documents.models import Document, Folder, Publication
from shared.notifications.channels.mailboxes import Mailbox
from shared.notifications.messages import Text, brand_of, current_texts
from shared.notifications.models import Notification, NotificationDocument
from shared.notifications.pieces import Pieces, read_pieces
from shared.notifications.promoting import INFORMATION
from shared.notifications.refusals import refusing
from shared.notifications.rendering import Brand
from shared.notifications.request_values import still_said
from shared.notifications.senders import senders
from shared.people.models import Contact, EmailCell, EmailSlot, Family, Party, Person
from shared.settings.reading import company, setting

main = aliased(Contact)
LONGEST_RESET = timedelta(hours=24)  # CNIL, deliberation 2022-100: a reset link lives a day at most


@dataclass
class Surroundings:
    """By id: parties, their cells, the people written to, the documents still on the portal, the texts."""

    brand: Brand
    lifetimes: dict[LinkPurpose, timedelta]
    parties: dict[uuid.UUID, Row[Any]] = field(default_factory=dict)
    cells: dict[tuple[uuid.UUID, EmailSlot], Row[Any]] = field(default_factory=dict)
    people: dict[uuid.UUID, Row[Any]] = field(default_factory=dict)
    about: set[uuid.UUID] = field(default_factory=set)  # rows that were made for documents
    documents: dict[uuid.UUID, list[Row[Any]]] = field(default_factory=dict)
    texts: dict[tuple[uuid.UUID, str], Text] = field(default_factory=dict)
    refusing: set[uuid.UUID] = field(default_factory=set)  # rows whose addressee wants no information
    newest: dict[tuple[uuid.UUID, str], uuid.UUID] = field(default_factory=dict)
    pieces: Pieces = field(default_factory=Pieces)

    def sender_of(self, party_id: uuid.UUID | None) -> tuple[Mailbox, Mailbox | None]:
        """From whom a party is written to, and who answers when they do."""
        named: Any = self.parties.get(party_id) if party_id else None
        return senders(named, self.brand)


def look_around(connection: Connection, rows: Sequence[RowMapping]) -> Surroundings:
    """Read what a batch needs, with the data as it stands now."""
    around = addresses_of(connection, {row["party_id"] for row in rows if row["party_id"]})
    around.texts = current_texts(connection, {(row["template_id"], row["locale"]) for row in rows}, around.brand)
    ids = [row["id"] for row in rows]
    around.people = {row.notification_id: row for row in connection.execute(_people(ids)).all()}
    for row in connection.execute(_documents(ids)).all():
        around.about.add(row.notification_id)
        if row.live:
            around.documents.setdefault(row.notification_id, []).append(row)
    around.pieces = read_pieces(connection, rows)
    around.refusing = refusing(connection, [row for row in rows if informs(row, around)])
    accounts = {row["account_id"] for row in rows if row["account_id"] and row["kind"] == "security"}
    if accounts:
        around.newest = {(row.account_id, row.event): row.id for row in connection.execute(_newest(accounts)).all()}
    return around


def addresses_of(connection: Connection, party_ids: set[uuid.UUID]) -> Surroundings:
    """The parties and their cells alone: where they could be written to."""
    around = Surroundings(brand_of(company()), link_lifetimes())
    if party_ids:
        around.parties = {row.id: row for row in connection.execute(_parties(party_ids)).all()}
        around.cells = {(row.party_id, row.slot): row for row in connection.execute(_cells(party_ids)).all()}
    return around


def informs(row: RowMapping, around: Surroundings) -> bool:
    """Whether its text is an information message, as the template says now."""
    text = around.texts.get((row["template_id"], row["locale"]))
    return text is not None and text.kind == INFORMATION


def link_lifetimes() -> dict[LinkPurpose, timedelta]:
    """How long each kind of mailed link works."""
    days = timedelta(days=int(setting("document_link_days")))
    return {
        LinkPurpose.ACTIVATION: timedelta(hours=int(setting("activation_link_hours"))),
        LinkPurpose.RESET: min(timedelta(hours=int(setting("reset_link_hours"))), LONGEST_RESET),
        LinkPurpose.INVITATION: timedelta(hours=int(setting("activation_link_hours"))),
        LinkPurpose.DOCUMENT: days,
        LinkPurpose.TARGET: days,
    }


def personal_address() -> Any:
    """Where somebody who has left is written to, as a column; wants `Party` in the query."""
    return (
        select(Account.personal_email)
        .join(Seat, Seat.account_id == Account.id)
        .where(Seat.party_id == Party.id, Account.personal_verified_at.is_not(None), Party.left_on <= today())
        .limit(1)
        .correlate(Party)
        .scalar_subquery()
    )


def _parties(ids: set[uuid.UUID]) -> Any:
    family = (
        Family.slot_fallback,
        Family.sender_name,
        Family.sender_address,
        Family.reply_to,
        Family.notices_off_at,
        Family.of_people,
        Family.quiet_from,
        Family.quiet_until,
        Family.quiet_weekends,
    )
    return (
        select(Party.id, Party.code, Party.name, personal_address().label("personal"), *family)
        .join(Family, Family.id == Party.family_id)
        .where(Party.id.in_(ids))
    )


def _cells(party_ids: set[uuid.UUID]) -> Any:
    columns = (EmailCell.party_id, EmailCell.slot, EmailCell.address, EmailCell.bounces)
    return select(*columns).where(EmailCell.party_id.in_(party_ids))


def _people(ids: list[uuid.UUID]) -> Any:
    """One line a message that is for a person: by its access, else by its account, else the party that is one."""
    itself = (
        select(main.person_id)
        .join(Party, Party.id == main.party_id)
        .join(Family, Family.id == Party.family_id)
        .where(main.party_id == Notification.party_id, main.is_main, Family.of_people)
        .scalar_subquery()
    )
    person_id = func.coalesce(Contact.person_id, Account.person_id, itself)
    return (
        select(
            Notification.id.label("notification_id"),
            Access.allowed,
            Access.identifier,
            Account.password_hash,
            Person.civility,
            Person.given_name,
            Person.family_name,
        )
        .outerjoin(Access, Access.id == Notification.access_id)
        .outerjoin(Contact, Contact.id == Access.contact_id)
        .outerjoin(Account, Account.id == Notification.account_id)
        .join(Person, Person.id == person_id)
        .where(Notification.id.in_(ids))
    )


def _documents(ids: list[uuid.UUID]) -> Any:
    on_portal = and_(Publication.live_at.is_not(None), shared_to(Document.party_id))
    return (
        select(
            NotificationDocument.notification_id,
            Document.id,
            Document.title,
            Document.number,
            Document.issued_on,
            Document.due_on,
            Document.filed_at,
            Document.amount,
            Folder.document_class,
            Folder.needs_grant,
            still_said(on_portal).label("live"),
        )
        .join(Notification, Notification.id == NotificationDocument.notification_id)
        .join(Document, Document.id == NotificationDocument.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .outerjoin(Publication, and_(Publication.document_id == Document.id, Publication.withdrawn_at.is_(None)))
        .where(NotificationDocument.notification_id.in_(ids))
        .order_by(NotificationDocument.position, Document.id)
    )


def _newest(account_ids: set[uuid.UUID]) -> Any:
    """The last security message of each kind: an older one that was delayed must not leave after it."""
    return (
        select(Notification.account_id, Notification.event, Notification.id)
        .where(Notification.account_id.in_(account_ids), Notification.kind == "security")
        .ext(distinct_on(Notification.account_id, Notification.event))
        .order_by(Notification.account_id, Notification.event, Notification.created_at.desc(), Notification.id.desc())
    )
