"""What a party puts on the counter: its deposits, and the documents that staff ask it for."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.clock import now
from shared.documents.models import Folder
from shared.extensions import Model, uuid7
from shared.people.models import Party


class Deposit(Model):
    """What somebody sent in one go from the portal; its documents name it."""

    __tablename__ = "deposit"
    __table_args__ = (
        UniqueConstraint("seat_id", "once", name="uq_deposit_once"),
        Index("ix_deposit_party", "party_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    folder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("folder.id"), index=True)
    seat_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("seat.id", ondelete="SET NULL"))
    once: Mapped[uuid.UUID] = mapped_column(default=uuid7)  # of the form: sent twice, it is one deposit
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    documents: Mapped[int] = mapped_column(default=1)

    folder: Mapped[Folder] = relationship()
    party: Mapped[Party] = relationship()


class DocumentRequest(Model):
    """A document that staff ask a party for (« demande de pièce »): closes by itself when it is deposited."""

    __tablename__ = "document_request"
    __table_args__ = (
        Index(
            "ix_document_request_open",
            "party_id",
            "folder_id",
            "due_on",
            postgresql_where="closed_at IS NULL AND cancelled_at IS NULL",
        ),
        Index("ix_document_request_asked", "asked_at", "id"),
        Index("ix_document_request_batch", "batch_id"),
        Index("uq_document_request_renews", "renews_id", unique=True, postgresql_where="renews_id IS NOT NULL"),
        CheckConstraint("closed_at IS NULL OR cancelled_at IS NULL", name="one_end"),
        CheckConstraint("months IS NULL OR months BETWEEN 1 AND 60", name="months"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("request_batch.id"))
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    folder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("folder.id"), index=True)
    label: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    reminds: Mapped[bool] = mapped_column(default=True, server_default=true())
    reminded_on: Mapped[date | None]
    reminders: Mapped[int] = mapped_column(default=0)
    months: Mapped[int | None]  # how long the document holds: asked for again before it expires
    renews_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    deposit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("deposit.id", ondelete="SET NULL"), index=True)
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]

    folder: Mapped[Folder] = relationship()
    party: Mapped[Party] = relationship()


class RequestBatch(Model):
    """The same document asked of many parties: what was counted, and how far the job is."""

    __tablename__ = "request_batch"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id"))
    folder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("folder.id"))
    search: Mapped[str] = mapped_column(default="")
    label: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    reminds: Mapped[bool] = mapped_column(default=True, server_default=true())
    months: Mapped[int | None]
    counted: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)  # asked for this document already
    last_party_id: Mapped[uuid.UUID | None]  # how far the job is
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]
    ended_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    folder: Mapped[Folder] = relationship()
