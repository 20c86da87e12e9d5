"""Durations of retention, holds, what falls due, and the certificates of what was deleted."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.clock import now
from shared.extensions import Model, uuid7
from shared.people.models import Party


class RetentionStart(enum.StrEnum):
    """From which day a duration counts."""

    ISSUE = "issue"  # the date of the document, else the day it was filed
    YEAR_END = "year_end"  # 31 December of that year: what the accounts rest on
    DEPARTURE = "departure"  # the end of the relation: never, as long as it goes on
    FILING = "filing"  # the day it was filed


class RetentionRule(Model):
    """How long the documents of one retention class are kept. Shipped with what the law asks, lengthened at will."""

    __tablename__ = "retention_rule"
    __table_args__ = (CheckConstraint("months >= legal_months", name="never_below_law"),)

    key: Mapped[str] = mapped_column(primary_key=True)  # of `documents.classes.RETENTIONS`
    months: Mapped[int]
    legal_months: Mapped[int]
    start: Mapped[RetentionStart]
    is_duty: Mapped[bool]  # the law obliges the company to keep it: an erasure leaves it
    law: Mapped[str]
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[str | None]


class RetentionHold(Model):
    """« Gel »: nothing of this party, or not this document, is deleted while it stands."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        CheckConstraint("(party_id IS NULL) <> (document_id IS NULL)", name="one_thing"),
        Index("uq_retention_hold_party", "party_id", unique=True, postgresql_where="lifted_at IS NULL"),
        Index("uq_retention_hold_document", "document_id", unique=True, postgresql_where="lifted_at IS NULL"),
        Index("ix_retention_hold_placed", "placed_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    document_id: Mapped[uuid.UUID | None]  # no foreign key: a hold that was lifted outlives its document
    reason: Mapped[str]
    placed_at: Mapped[datetime] = mapped_column(default=now)
    placed_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_because: Mapped[str] = mapped_column(default="")

    party: Mapped[Party | None] = relationship()


class Purge(Model):
    """One list of what fell due: made by the daily round, confirmed by staff, carried out by a job."""

    __tablename__ = "purge"
    __table_args__ = (
        Index("uq_purge_open", "because", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_purge_listed", "listed_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    because: Mapped[str] = mapped_column(default="term")  # one list at a time is open
    listed_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    deleted: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)


class PurgeLine(Model):
    """One document of such a list, and what became of it."""

    __tablename__ = "purge_line"
    __table_args__ = (
        UniqueConstraint("purge_id", "document_id"),
        Index("ix_purge_line_document", "document_id"),
        Index("ix_purge_line_order", "purge_id", "term_on", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    purge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("purge.id", ondelete="CASCADE"))
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id", ondelete="SET NULL"))
    term_on: Mapped[date]
    done_at: Mapped[datetime | None]
    kept_because: Mapped[str] = mapped_column(default="")  # a sentence: held meanwhile, lengthened meanwhile


class DeletionCertificate(Model):
    """What is left of a deleted document: which it was, its hashes, why it went, who said so. Never changed."""

    __tablename__ = "deletion_certificate"
    __table_args__ = (Index("ix_deletion_certificate_at", "at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]
    because: Mapped[str]  # term, erasure
    document_id: Mapped[uuid.UUID]  # no foreign key: it outlives what it names
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id"))
    folder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("folder.id", ondelete="SET NULL"))
    party_code: Mapped[str]
    folder_label: Mapped[str]
    document_class: Mapped[str]
    retention_class: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date | None]
    filed_at: Mapped[datetime]
    term_on: Mapped[date | None]
    law: Mapped[str] = mapped_column(default="")
    versions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # number, sha256, size


class PayslipCheck(Model):
    """One check of the hashes of all payslips: how many were verified, which were not as they were filed."""

    __tablename__ = "payslip_check"
    __table_args__ = (
        Index("uq_payslip_check_running", "document_class", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_payslip_check_asked", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    document_class: Mapped[str] = mapped_column(default="payslip")  # one check at a time runs
    reached: Mapped[str] = mapped_column(default="")  # the last hash that was looked at
    total: Mapped[int] = mapped_column(default=0)
    verified: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
