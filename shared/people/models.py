"""Who there is: families, parties, persons, contacts, consents, staff and what they may do."""

import enum
import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
    column,
    false,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship
from sqlalchemy.types import Text

from shared.clock import now
from shared.extensions import Model, uuid7


class EmailSlot(enum.StrEnum):
    """Which of a party's four addresses a message goes to."""

    CARD = "card"  # fiche
    QUOTE = "quote"  # devis
    BILLING = "billing"  # facturation
    REMINDER = "reminder"  # relance


class ConsentState(enum.StrEnum):
    """Dematerialisation: « En demande », « Accepté », « Refusé »."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Activity(Model):
    """A business unit of the company with its own brand, sender and time zone."""

    __tablename__ = "activity"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    legal: Mapped[str] = mapped_column(default="")  # form, capital, address: the foot of every page and mail
    domain: Mapped[str] = mapped_column(default="")
    colour: Mapped[str] = mapped_column(default="#1f5fae")
    ink: Mapped[str] = mapped_column(default="", server_default="")  # the text on it; empty: black or white
    logo_sha256: Mapped[str | None]
    logo_mime: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris")
    vat_number: Mapped[str] = mapped_column(default="")
    siret: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)


class Family(Model):
    """The kind of party. Data, not code: a new family needs no programming."""

    __tablename__ = "family"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]  # Clients
    one: Mapped[str]  # client
    root: Mapped[str]  # CLIENTS
    home_label: Mapped[str]  # espace client
    of_people: Mapped[bool] = mapped_column(default=False, server_default=false())  # its parties are persons: salariés
    slots: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    default_consent: Mapped[ConsentState | None]  # of a new business party, for classes that need one
    sender_name: Mapped[str] = mapped_column(default="")
    sender_address: Mapped[str] = mapped_column(default="")
    reply_to: Mapped[str] = mapped_column(default="")
    slot_fallback: Mapped[str | None]  # the slot tried when the one wanted is empty; none by default
    notices_off_at: Mapped[datetime | None]  # « Désactiver les notifications »: they wait, security messages leave
    notices_off_by: Mapped[str | None]
    quiet_from: Mapped[time | None]  # no notice leaves from then on, but security messages (Code du travail, L2242-17)
    quiet_until: Mapped[time | None]
    quiet_weekends: Mapped[bool] = mapped_column(default=False, server_default=false())
    shipped_version: Mapped[int] = mapped_column(default=0, server_default="0")
    position: Mapped[int] = mapped_column(default=0)


class Party(Model):
    """Who documents belong to."""

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("family_id", "code_folded"),
        Index("ix_party_name", "family_id", "name_folded", "id", postgresql_ops={"name_folded": "text_pattern_ops"}),
        Index("ix_party_code_sort", "family_id", "code_sort", "id"),
        Index("ix_party_code", "code_folded", postgresql_ops={"code_folded": "text_pattern_ops"}),
        Index(
            "ix_party_name_words", text("array_to_tsvector(string_to_array(name_folded, ' '))"), postgresql_using="gin"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id"))
    code: Mapped[str]
    code_folded: Mapped[str]
    code_sort: Mapped[str]  # digits padded, so that 4 comes before 12
    name: Mapped[str]
    name_folded: Mapped[str]
    is_business: Mapped[bool] = mapped_column(default=True)
    siret: Mapped[str | None] = mapped_column(index=True)
    vat_number: Mapped[str | None] = mapped_column(index=True)
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="FR")
    phone: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="fr")
    revision: Mapped[int] = mapped_column(default=1)  # counts edits: the second clerk's save is refused
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    left_on: Mapped[date | None]  # an employee's last day: then the personal address takes over
    birth_date: Mapped[date | None]  # of people: payslips are kept until their 75th birthday

    family: Mapped[Family] = relationship(lazy="joined", innerjoin=True)
    cells: Mapped[list["EmailCell"]] = relationship(back_populates="party", cascade="all, delete-orphan")
    contacts: Mapped[list["Contact"]] = relationship(back_populates="party")


class EmailCell(Model):
    """One of a party's four addresses, with its own delivery state."""

    __tablename__ = "email_cell"
    __table_args__ = (
        Index("ix_email_cell_beginning", "address_folded", postgresql_ops={"address_folded": "text_pattern_ops"}),
        Index("ix_email_cell_slot", "slot", "party_id", postgresql_include=["address_folded", "bounced_at", "bounces"]),
        Index("ix_email_cell_bounced", "party_id", postgresql_where="bounced_at IS NOT NULL"),
    )

    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[EmailSlot] = mapped_column(primary_key=True)
    address: Mapped[str]
    address_folded: Mapped[str] = mapped_column(index=True)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str] = mapped_column(default="")
    bounces: Mapped[int] = mapped_column(default=0)

    party: Mapped[Party] = relationship(back_populates="cells")


class Person(Model):
    """A human being; has at most one Account."""

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    civility: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    locale: Mapped[str | None]

    @property
    def full_name(self) -> str:
        """« Camille Martin »."""
        return f"{self.given_name} {self.family_name}".strip()


class Contact(Model):
    """A person at a party. Each party has one main contact, implicit: the party itself."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("party_id", "person_id"),
        Index("uq_contact_main", "party_id", unique=True, postgresql_where="is_main"),
        UniqueConstraint("id", "is_main"),  # what an access follows
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    is_main: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    site_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("site.id"))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    closed_at: Mapped[datetime | None]

    party: Mapped[Party] = relationship(back_populates="contacts")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Consent(Model):
    """One decision about one class of documents. Rows are added, never changed: the newest holds."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_current", "party_id", "document_class", unique=True, postgresql_where="superseded_at IS NULL"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    document_class: Mapped[str]
    state: Mapped[ConsentState]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]  # actor, as `events.actors` writes it
    proof: Mapped[str] = mapped_column(default="")
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))  # the signed paper, if it is filed
    superseded_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]  # an objection that stops publication later than it was written


class Role(Model):
    """Permissions as data."""

    __tablename__ = "role"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    position: Mapped[int] = mapped_column(default=0)
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())  # « 2FA obligatoire »
    deleted_at: Mapped[datetime | None]  # a tombstone: an upgrade does not bring a shipped one back


class Staff(Model):
    """A person of the back office."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="fr")
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None]  # sealed; present once a code has proved it
    totp_step: Mapped[int | None] = mapped_column(BigInteger)  # the last half minute whose code was used
    second_factor_at: Mapped[datetime | None]  # since when there is one, of whatever kind

    grants: Mapped[list["Grant"]] = relationship(back_populates="staff", cascade="all, delete-orphan")


_FOLDERS = table("folder", column("id", Uuid), column("family_id", Uuid))  # documents are above people


class Grant(Model):
    """Staff × role × scope; a scope left empty means all. A folder says its family, whether that is named or not."""

    __tablename__ = "staff_grant"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    role_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role.id"))
    family_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("family.id"))
    folder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("folder.id"))
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    folder_family_id: Mapped[uuid.UUID | None] = column_property(
        select(_FOLDERS.c.family_id).where(_FOLDERS.c.id == folder_id).correlate_except(_FOLDERS).scalar_subquery()
    )

    staff: Mapped[Staff] = relationship(back_populates="grants")
    role: Mapped[Role] = relationship(lazy="joined", innerjoin=True)


class StaffSession(Model):
    """A session of the back office; the cookie holds a secret of which only a hash stands here."""

    __tablename__ = "staff_session"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ip: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
