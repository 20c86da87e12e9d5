"""Records: what the company and a party do together, whatever the kind (`kinds.KINDS`)."""

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.clock import now
from shared.documents.models import Document
from shared.extensions import Model, uuid7
from shared.people.models import Contact, Party


class Record(Model):
    """One quote, invoice, order, intervention, expense report, exchange, opportunity or payment.

    Amounts include tax and are negative for a credit note; `paid` is what payments have taken off `amount`.
    `is_open` is its status's, kept beside it so that what is due is found by index.
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("uq_record_number", "kind", "number", unique=True, postgresql_where="number <> ''"),
        Index("uq_record_external", "kind", "external_id", unique=True, postgresql_where="external_id IS NOT NULL"),
        Index("ix_record_list", "kind", "created_at", "id"),
        Index("ix_record_status", "kind", "status", "created_at", "id"),
        Index("ix_record_party", "party_id", "kind", "issued_on", "id"),
        Index("ix_record_issued", "kind", "issued_on", "id", postgresql_where="issued_on IS NOT NULL"),
        Index("ix_record_amount", "kind", "amount", "id", postgresql_where="amount IS NOT NULL"),
        Index("ix_record_state", "kind", "state_code", "id", postgresql_where="state_code IS NOT NULL"),
        Index("ix_record_number", "number_folded", postgresql_ops={"number_folded": "text_pattern_ops"}),
        Index("ix_record_due", "kind", "due_on", "id", postgresql_where="is_open AND due_on IS NOT NULL"),
        Index("ix_record_valid", "kind", "valid_until", "id", postgresql_where="is_open AND valid_until IS NOT NULL"),
        Index(
            "ix_record_appointment",
            "kind",
            "appointment_at",
            "id",
            postgresql_where="is_open AND appointment_at IS NOT NULL",
        ),
        CheckConstraint(
            "appointment_ends_at IS NULL OR appointment_ends_at > appointment_at", name="appointment_order"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    number_folded: Mapped[str] = mapped_column(default="")
    external_id: Mapped[str | None]  # by which the ERP calls it
    source: Mapped[str] = mapped_column(default="backoffice")  # backoffice, csv, api, facturx, demo
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"))  # the person tied to it
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    status: Mapped[str]
    is_open: Mapped[bool] = mapped_column(default=False, server_default=false())
    state_code: Mapped[str | None]  # of `StateCode`, defined by staff
    title: Mapped[str] = mapped_column(default="")
    memo: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    accepted_on: Mapped[date | None]
    appointment_at: Mapped[datetime | None]
    appointment_ends_at: Mapped[datetime | None]
    appointment_place: Mapped[str] = mapped_column(default="")
    appointment_answer: Mapped[str | None]  # confirmed, move_asked
    appointment_note: Mapped[str] = mapped_column(default="")  # what the party wrote with its answer
    appointment_revision: Mapped[int] = mapped_column(default=0, server_default="0")  # SEQUENCE of its .ics, RFC 5545
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    net_amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    paid: Mapped[Decimal] = mapped_column(Numeric(14, 2), default=Decimal(0), server_default="0")
    deposit: Mapped[Decimal] = mapped_column(Numeric(14, 2), default=Decimal(0), server_default="0")  # of an order
    currency: Mapped[str] = mapped_column(default="EUR")
    is_credit_note: Mapped[bool] = mapped_column(default=False, server_default=false())
    disputed_at: Mapped[datetime | None]
    refusal_reason: Mapped[str] = mapped_column(default="")
    platform: Mapped[str] = mapped_column(default="")  # the approved platform that carried the original (CGI 289 bis)
    platform_status: Mapped[str] = mapped_column(default="")
    transmitted_at: Mapped[datetime | None]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("record.id"), index=True)  # quote of an order…
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]
    moved_at: Mapped[datetime | None]  # when its status last changed
    moved_by: Mapped[str | None]

    party: Mapped[Party] = relationship()
    contact: Mapped[Contact | None] = relationship()
    lines: Mapped[list["RecordLine"]] = relationship(
        back_populates="record", order_by="RecordLine.position", cascade="all, delete-orphan"
    )
    documents: Mapped[list["RecordDocument"]] = relationship(back_populates="record", cascade="all, delete-orphan")
    parties: Mapped[list["RecordParty"]] = relationship(back_populates="record", cascade="all, delete-orphan")

    @property
    def balance(self) -> Decimal:
        return (self.amount or Decimal(0)) - self.paid

    @property
    def has_refusal(self) -> bool:
        return self.status == "submitted" and any(row.answer is Answer.REFUSED for row in self.parties)


class RecordLine(Model):
    """One line of a record: `price` before tax for one unit, `rate` of VAT in percent; `allocated` goods received."""

    __tablename__ = "record_line"
    __table_args__ = (
        UniqueConstraint("record_id", "position"),
        Index("ix_record_line_waiting", "reference", "id", postgresql_where="allocated < quantity"),
        CheckConstraint("allocated >= 0 AND allocated <= quantity", name="allocated_within"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"))
    position: Mapped[int]
    reference: Mapped[str] = mapped_column(default="")
    label: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(1))
    price: Mapped[Decimal] = mapped_column(Numeric(14, 4), default=Decimal(0))
    rate: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(20))
    allocated: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0), server_default="0")

    record: Mapped[Record] = relationship(back_populates="lines")


class RecordDocument(Model):
    """A paper of a record. `is_main`: the record itself on paper (the invoice's PDF), and not an attachment."""

    __tablename__ = "record_document"
    __table_args__ = (Index("ix_record_document_document", "document_id"),)

    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    is_main: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime] = mapped_column(default=now)

    record: Mapped[Record] = relationship(back_populates="documents")
    document: Mapped[Document] = relationship()


class Answer(enum.StrEnum):
    """What a party of an internal exchange said."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class RecordParty(Model):
    """A party of an internal exchange, besides the record's own, with its answer."""

    __tablename__ = "record_party"
    __table_args__ = (Index("ix_record_party_party", "party_id"),)

    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"), primary_key=True)
    sees_answers: Mapped[bool] = mapped_column(default=True)
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")

    record: Mapped[Record] = relationship(back_populates="parties")
    party: Mapped[Party] = relationship()


class StateCode(Model):
    """A state that staff defined for a kind of record, such as 103 « Intervention planifiée »."""

    __tablename__ = "state_code"
    __table_args__ = (UniqueConstraint("kind", "code"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    code: Mapped[str]
    label: Mapped[str]
    closed_at: Mapped[datetime | None]  # no longer offered; records that stand there keep it


class RecordImport(Model):
    """A CSV of records: previewed, then applied by a job."""

    __tablename__ = "record_import"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256"))
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str] = mapped_column(default="read")  # read, applying, done, given_up
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)  # column of the file → field
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problems: Mapped[dict[str, Any]] = mapped_column(default=dict)  # line → field → sentence
    done_rows: Mapped[int] = mapped_column(default=0)
    total_rows: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
