"""Payslip day: how a payroll program lays its pages out, the batches dropped, their pages and their payslips."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class PayslipLayout(Model):
    """Where one payroll program prints who a page is for and which month it pays: a rule made from a sample page.

    `fields`: `matricule`, `name` and `period`, each {"label": …} (the text after it) or {"box": [x0, y0, x1, y1]}
    (fractions of the page as displayed, from its upper left corner).
    """

    __tablename__ = "payslip_layout"
    __table_args__ = (UniqueConstraint("folder_id", "name_folded", name="uq_payslip_layout_name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    folder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("folder.id", ondelete="CASCADE"))
    name: Mapped[str]
    name_folded: Mapped[str]
    mark: Mapped[str]  # a text that stands on each of its pages, and on no other program's
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column(default=1)


class BatchState(enum.StrEnum):
    """Where a batch stands; nothing is filed before `publishing`."""

    READING = "reading"
    READY = "ready"
    PLANNED = "planned"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    DROPPED = "dropped"  # given up: nothing of it was filed


class PayslipBatch(Model):
    """What was dropped on a payslip day, for one month and one folder."""

    __tablename__ = "payslip_batch"
    __table_args__ = (
        Index("ix_payslip_batch_folder", "folder_id", "at"),
        Index("ix_payslip_batch_busy", "id", postgresql_where="state IN ('reading', 'planned', 'publishing')"),
        CheckConstraint("extract(day from month) = 1", name="month_first_day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    folder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("folder.id"))
    month: Mapped[date]  # the first day of the month that it pays
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[BatchState] = mapped_column(default=BatchState.READING)
    pages: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)  # pages
    split: Mapped[int] = mapped_column(default=0)  # payslips
    wanted: Mapped[int] = mapped_column(default=0)  # payslips of the last publication
    filed: Mapped[int] = mapped_column(default=0)
    kept_apart: Mapped[int] = mapped_column(default=0)  # that the last publication did not file after all
    publish_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]


class PayslipFile(Model):
    """One PDF of a batch; `reason` is the French sentence when it could not be read at all."""

    __tablename__ = "payslip_file"
    __table_args__ = (
        UniqueConstraint("batch_id", "position", name="uq_payslip_file_position"),
        Index("ix_payslip_file_sha256", "sha256"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payslip_batch.id", ondelete="CASCADE"))
    position: Mapped[int]
    filename: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_object.sha256"))
    pages: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    matched: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")


class PageVerdict(enum.StrEnum):
    """What became of a page, or of the payslip that begins there."""

    MATCHED = "matched"
    CONTINUED = "continued"  # a page only: the rest of the payslip before it
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    DELIVERED = "delivered"  # the same payslip is there already
    LEFT = "left"
    WRONG_MONTH = "wrong_month"
    WRONG_COMPANY = "wrong_company"
    NO_TEXT = "no_text"
    DAMAGED = "damaged"


class SlipDecision(enum.StrEnum):
    """What staff said of a payslip that was held."""

    SEND = "send"
    DISCARD = "discard"


class PayslipSlip(Model):
    """Consecutive pages of one file that are one payslip; held unless it is matched or staff said to send it."""

    __tablename__ = "payslip_slip"
    __table_args__ = (
        UniqueConstraint("batch_id", "position", name="uq_payslip_slip_position"),
        Index("ix_payslip_slip_verdict", "batch_id", "verdict", "position"),
        Index("ix_payslip_slip_sha256", "sha256"),
        Index("ix_payslip_slip_document", "document_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payslip_batch.id", ondelete="CASCADE"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payslip_file.id", ondelete="CASCADE"))
    position: Mapped[int]  # of its first page in the whole batch
    first: Mapped[int]  # page of the file; 1 is the first
    last: Mapped[int]
    verdict: Mapped[PageVerdict]
    reason: Mapped[str] = mapped_column(default="")  # a French sentence for whoever settles it
    layout_id: Mapped[uuid.UUID | None]  # no key: a deleted rule leaves what it read
    matricule: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    period: Mapped[date | None]
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(default="")  # of its words, without social security number
    rectifies: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[SlipDecision | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_object.sha256"))
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))


class PayslipPage(Model):
    """One page of a batch, whatever became of it: what was read there, and the payslip it is part of."""

    __tablename__ = "payslip_page"
    __table_args__ = (
        UniqueConstraint("batch_id", "position", name="uq_payslip_page_position"),
        Index("ix_payslip_page_slip", "slip_id"),
        Index("ix_payslip_page_verdict", "batch_id", "verdict", "position"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payslip_batch.id", ondelete="CASCADE"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payslip_file.id", ondelete="CASCADE"))
    slip_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payslip_slip.id", ondelete="SET NULL"))
    position: Mapped[int]  # in the whole batch; 1 is the first
    number: Mapped[int]  # in its file
    verdict: Mapped[PageVerdict | None]  # None until it is matched
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # as `payslip_reading.Seen`
