"""Access (what the back office wants), Account (who signs in), Seat (what the portal reads)."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship
from sqlalchemy.types import Text, Uuid

from shared.clock import now
from shared.extensions import Model, uuid7
from shared.people.models import Contact, Party, Person


class IdentifierKind(enum.StrEnum):
    """By what a person may name the account at the login."""

    CODE = "code"
    EMAIL = "email"
    PHONE = "phone"


class Act(enum.StrEnum):
    """What a person may do besides seeing; staff give each contact all, some or none of it."""

    SIGN = "sign"  # documents; and answer quotes and agreements
    DEPOSIT = "deposit"
    PAY = "pay"


class LinkPurpose(enum.StrEnum):
    """What a mailed link is for: each has its own salt and lifetime."""

    ACTIVATION = "activation"
    RESET = "reset"
    DOCUMENT = "document"
    TARGET = "target"
    INVITATION = "invitation"  # to the back office


def _everything() -> list[str]:
    return [act.value for act in Act]


class Access(Model):
    """What the back office wants for one contact. Red while `revision` is not the seat's."""

    __tablename__ = "access"
    __table_args__ = (
        ForeignKeyConstraint(["contact_id", "is_main"], ["contact.id", "contact.is_main"], onupdate="CASCADE"),
        Index("uq_access_main", "party_id", unique=True, postgresql_where="is_main"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    contact_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    is_main: Mapped[bool]  # as the contact is, which the database keeps so: the line of the party in the grid
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"), index=True)
    identifier: Mapped[str]
    allowed: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    folder_ids: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))  # None: every shared folder of the family
    acts: Mapped[list[str]] = mapped_column(ARRAY(Text), default=_everything, server_default="{sign,deposit,pay}")
    notify: Mapped[bool] = mapped_column(default=True)  # « Notifier par email » at the next synchronisation
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str] = mapped_column(default="system")
    cause: Mapped[str] = mapped_column(default="")  # why the row is red, a key of `access.causes`

    # The initial password, encrypted until handed over or used; see `access.initial`.
    initial_secret: Mapped[str | None]
    initial_set_at: Mapped[datetime | None]
    initial_handed_over_at: Mapped[datetime | None]

    contact: Mapped[Contact] = relationship(
        lazy="joined", innerjoin=True, primaryjoin=lambda: foreign(Access.contact_id) == Contact.id
    )
    party: Mapped[Party] = relationship()
    seat: Mapped["Seat | None"] = relationship(back_populates="access")


class Account(Model):
    """One per person: password and sessions."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("NOT (password_hash IS NOT NULL AND initial_hash IS NOT NULL)", name="one_password"),
        Index("ix_account_frozen", "id", postgresql_where="frozen_at IS NOT NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    initial_hash: Mapped[str | None]  # slow hash of the initial password, from synchronisation on
    initial_expires_at: Mapped[datetime | None]
    email: Mapped[str] = mapped_column(default="")  # verified by its owner; security messages go there
    email_verified_at: Mapped[datetime | None]
    phone: Mapped[str] = mapped_column(default="", server_default="")  # E.164, confirmed by its owner
    phone_verified_at: Mapped[datetime | None]
    personal_email: Mapped[str] = mapped_column(default="", server_default="")  # proved by a code; outlives the job
    personal_verified_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    seats: Mapped[list["Seat"]] = relationship(back_populates="account")


class Identifier(Model):
    """A code, an e-mail or a phone that names an account; an e-mail may name several."""

    __tablename__ = "identifier"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "value_folded"),
        Index("ix_identifier_value", "value_folded"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[IdentifierKind]
    value: Mapped[str]
    value_folded: Mapped[str]


class Seat(Model):
    """Account × access, with the revision and rights applied: the only thing the portal reads."""

    __tablename__ = "seat"

    is_borrowed = False  # made for staff who look as the customer, see `impersonating`; never a row
    shut = ("", date.max)  # so borrowed: why the person sees nothing today, one of `impersonating.SHUT`, and its day
    is_lent_whole = False  # so borrowed, by staff whom nothing narrows, from a person whom no right narrows

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    access_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("access.id"), unique=True)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"), index=True)
    allowed: Mapped[bool]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    folder_ids: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))
    acts: Mapped[list[str]] = mapped_column(ARRAY(Text), default=_everything, server_default="{sign,deposit,pay}")
    revision: Mapped[int]
    applied_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(back_populates="seats")
    access: Mapped[Access] = relationship(back_populates="seat")
    party: Mapped[Party] = relationship()


class Link(Model):
    """A mailed link: its token is derived from this row's id at each build and never stored."""

    __tablename__ = "link"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    purpose: Mapped[LinkPurpose]
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    access_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("access.id", ondelete="CASCADE"), index=True)
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), index=True)
    notification_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    target: Mapped[str] = mapped_column(default="")  # a folder's link target: home, document, quotes, statement
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PortalSession(Model):
    """A session of the portal: names one seat; the cookie holds a secret hashed here.

    One that staff opened to look as the customer names no seat but their own session, the party and perhaps an access;
    until its ticket is used it has no secret.
    """

    __tablename__ = "portal_session"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    seat_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"))
    staff_session_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("staff_session.id", ondelete="CASCADE"), index=True
    )
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    access_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("access.id", ondelete="CASCADE"))
    ticket_hash: Mapped[str | None] = mapped_column(unique=True)
    ticket_until: Mapped[datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ip: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class Passkey(Model):
    """A key of a member of staff: a second factor that no false page can copy."""

    __tablename__ = "passkey"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    label: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """What opens the back office once, when the telephone is lost; only a keyed hash stands here."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("staff_id", "code_hash"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Attempt(Model):
    """One try at something that is counted: a login, a reset, a code. Survives a flush of Redis."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_subject", "action", "subject", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    action: Mapped[str]
    subject: Mapped[str]  # a keyed hash of the identifier, account or address
    at: Mapped[datetime] = mapped_column(default=now)
    succeeded: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str | None]
