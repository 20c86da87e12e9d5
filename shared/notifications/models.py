"""Templates, rules, and the outbox: one row is one message to one address on one channel."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, false, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.clock import now
from shared.extensions import Model, uuid7
from shared.people.models import EmailSlot


class Status(enum.StrEnum):
    """En attente, en cours, envoyé, remis, rejeté, échec, annulé, à vérifier."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # « à vérifier »: accepted or not, nobody knows; only a person sends it again


class Reason(enum.StrEnum):
    """Why a line waits: one reason each. NONE is due now."""

    NONE = "none"
    SYNCHRONISATION = "synchronisation"
    PLANNED = "planned"
    QUIET_HOURS = "quiet_hours"
    SUSPENDED = "suspended"
    RETRY = "retry"
    NO_ADDRESS = "no_address"
    DRAFT = "draft"


class Template(Model):
    """A text with `#champs#`; its versions never change."""

    __tablename__ = "template"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(unique=True)  # shipped: the event's name; own: a slug
    label: Mapped[str]
    context: Mapped[str]  # which fields it may use: document, access, security
    channel: Mapped[str] = mapped_column(default="email", server_default="email")  # for which it is written
    kind: Mapped[str] = mapped_column(default="service")  # service, information, security
    family_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("family.id"))
    is_shipped: Mapped[bool] = mapped_column(default=False)
    blind_copies: Mapped[str] = mapped_column(default="", server_default="")  # addresses, « ; » between them
    deleted_at: Mapped[datetime | None]  # a tombstone: an upgrade does not bring it back

    versions: Mapped[list["TemplateVersion"]] = relationship(
        back_populates="template", order_by="TemplateVersion.number"
    )


class TemplateVersion(Model):
    """One text in one language, kept for ever."""

    __tablename__ = "template_version"
    __table_args__ = (
        UniqueConstraint("template_id", "locale", "number"),
        Index("uq_template_version_current", "template_id", "locale", unique=True, postgresql_where="is_current"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("template.id"))
    locale: Mapped[str] = mapped_column(default="fr")
    number: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    is_current: Mapped[bool] = mapped_column(default=True)
    shipped_hash: Mapped[str | None]  # set while the text is the shipped one, untouched
    by: Mapped[str] = mapped_column(default="system")
    at: Mapped[datetime] = mapped_column(default=now)

    template: Mapped[Template] = relationship(back_populates="versions")


class Notification(Model):
    """The outbox row and the history line at once; it may carry several events and documents.

    Frozen while it waits: slot, facts, template, Message-ID, Date. Resolved at the claim and kept
    from then on: address, template version, subject and text.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_due", "channel", "priority", "due_at", "id", postgresql_where="status = 'waiting'"),
        Index("ix_notification_owned", "owner", "claim_order", postgresql_where="status = 'sending'"),
        Index("ix_notification_party", "party_id", "created_at", "id"),
        Index("ix_notification_history", "created_at", "id"),
        Index("ix_notification_access", "access_id", "created_at"),
        Index("ix_notification_waiting", "reason", "created_at", "id", postgresql_where="status = 'waiting'"),
        Index("ix_notification_status", "status", "created_at", "id"),
        Index("ix_notification_sent", "sent_at", postgresql_where="sent_at IS NOT NULL"),
        Index("ix_notification_secret", "secret_until", postgresql_where="secret IS NOT NULL"),
        Index(
            "uq_notification_group",
            "group_key",
            unique=True,
            postgresql_where="status = 'waiting' AND group_key IS NOT NULL",
        ),
        CheckConstraint("status <> 'sent' OR sent_at IS NOT NULL", name="sent_has_time"),
        Index(
            "uq_notification_copy",
            "copy_of_id",
            "fixed_address",
            unique=True,
            postgresql_where="copy_of_id IS NOT NULL",
        ),
        Index("ix_notification_proposed", "created_at", "id", postgresql_where="is_proposal AND status = 'waiting'"),
        Index(
            "uq_notification_telling_access",
            "access_id",
            unique=True,
            postgresql_where="tells_access",
            postgresql_include=["status", "reason", "address", "sent_at"],  # what the access grid sorts and filters by
        ),
        Index("ix_notification_telling_status", "status", "access_id", postgresql_where="tells_access"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[datetime] = mapped_column(default=now)
    event: Mapped[str]  # the name of the first event that caused it
    channel: Mapped[str] = mapped_column(default="email")
    kind: Mapped[str] = mapped_column(default="service")  # service, information, security
    status: Mapped[Status] = mapped_column(default=Status.WAITING)
    reason: Mapped[Reason] = mapped_column(default=Reason.NONE)
    due_at: Mapped[datetime] = mapped_column(default=now)
    priority: Mapped[int] = mapped_column(SmallInteger, default=5)  # 0 codes and security, 5 notices, 8 bulk
    group_key: Mapped[str | None]

    family_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("family.id"))
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"))
    access_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("access.id"))
    # The last message that communicated its access; the database sets it, and takes it from the one before.
    tells_access: Mapped[bool] = mapped_column(server_default=false())
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    rule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rule.id"))  # whose conditions hold until it leaves
    is_proposal: Mapped[bool] = mapped_column(default=False, server_default=false())  # a draft until somebody confirms
    attaches: Mapped[bool] = mapped_column(default=False, server_default=false())
    slot: Mapped[EmailSlot | None]
    fixed_address: Mapped[str | None]  # where the address is a person's own, not a cell: frozen
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("template.id"))
    locale: Mapped[str] = mapped_column(default="fr")
    edited_subject: Mapped[str | None]
    edited_body: Mapped[str | None]
    link_target: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secret: Mapped[str | None]  # encrypted; erased on acceptance or expiry
    secret_until: Mapped[datetime | None]  # when what it carries stops working: it does not leave after that
    message_id: Mapped[str]
    dated: Mapped[datetime] = mapped_column(default=now)

    owner: Mapped[int | None] = mapped_column(BigInteger)  # the advisory lock that its sender holds
    claim_order: Mapped[int | None]
    claimed_at: Mapped[datetime | None]
    intent_at: Mapped[datetime | None]  # written just before the call, where a call can neither be undone nor asked
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    address: Mapped[str | None]
    address_slot: Mapped[EmailSlot | None]  # the cell really used: the fallback may differ from `slot`
    template_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("template_version.id"))
    subject: Mapped[str | None]
    body: Mapped[str | None]  # the text as it left, secrets and links as « ••• »
    reply: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    resend_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notification.id"), index=True)
    requested_by: Mapped[str | None]
    copy_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notification.id"))  # of which it is a blind copy

    template: Mapped[Template] = relationship()
    template_version: Mapped[TemplateVersion | None] = relationship()
    documents: Mapped[list["NotificationDocument"]] = relationship(back_populates="notification")


Index(
    "ix_notification_address",
    func.lower(Notification.address).label("lowered"),
    postgresql_ops={"lowered": "text_pattern_ops"},
)
Index(
    "ix_notification_fixed_address",  # of what has not left: what has, has its address
    func.lower(Notification.fixed_address).label("lowered"),
    postgresql_ops={"lowered": "text_pattern_ops"},
    postgresql_where="address IS NULL AND fixed_address IS NOT NULL",
)


class NotificationDocument(Model):
    """Which documents a message is about."""

    __tablename__ = "notification_document"
    __table_args__ = (Index("ix_notification_document_document", "document_id"),)

    notification_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True
    )
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)

    notification: Mapped[Notification] = relationship(back_populates="documents")


class NotificationRecord(Model):
    """Which records a message is about."""

    __tablename__ = "notification_record"
    __table_args__ = (Index("ix_notification_record_record", "record_id"),)

    notification_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True
    )
    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class InformationRefusal(Model):
    """Who wants no information messages; document notices leave all the same. One subject: party, contact or address.

    A party's refusal covers its cells and its main contact; a further contact and a bare address have their own.
    """

    __tablename__ = "information_refusal"
    __table_args__ = (
        CheckConstraint("num_nonnulls(party_id, contact_id, address) = 1", name="one_subject"),
        Index("uq_information_refusal_party", "party_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("uq_information_refusal_contact", "contact_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("uq_information_refusal_address", "address", unique=True, postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    address: Mapped[str | None]  # in lower case
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]
    ended_at: Mapped[datetime | None]  # information wanted again
    ended_by: Mapped[str | None]
