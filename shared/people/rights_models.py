"""What the law owes a person: notice before the electronic payslip, notice before the service closes, erasure."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.clock import now
from shared.extensions import Model, uuid7
from shared.people.models import Party


class PayslipNotice(Model):
    """The notice of the right to object to electronic payslips, with its certain date (Code du travail, D3243-7)."""

    __tablename__ = "payslip_notice"
    __table_args__ = (Index("ix_payslip_notice_party", "party_id", "given_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    given_on: Mapped[date]  # the certain date
    at_hiring: Mapped[bool] = mapped_column(default=False)
    first_issue_on: Mapped[date]  # the first issue it announces
    on_paper: Mapped[bool] = mapped_column(default=False)  # by letter: there was no address
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]

    party: Mapped[Party] = relationship()


class NoticeRound(Model):
    """One round of notices to the employees of a filter, counted first and carried out by a job."""

    __tablename__ = "notice_round"
    __table_args__ = (Index("ix_notice_round_asked", "asked_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id"))
    first_issue_on: Mapped[date]
    chosen: Mapped[list[str]] = mapped_column(JSONB)  # ids of parties, as they were counted
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    letters: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class ServiceClosing(Model):
    """The end of the service, told to everyone three months ahead (Code du travail, D3243-8)."""

    __tablename__ = "service_closing"
    __table_args__ = (
        Index("uq_service_closing_current", "service", unique=True, postgresql_where="cancelled_at IS NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    service: Mapped[str] = mapped_column(default="portal")  # one closing at a time stands
    closes_on: Mapped[date]
    reason: Mapped[str]
    told: Mapped[int] = mapped_column(default=0)
    reached_id: Mapped[uuid.UUID | None]  # the last party that was told
    all_told_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    cancelled_because: Mapped[str] = mapped_column(default="")


class Erasure(Model):
    """An erasure that was carried out: what went, what stays, why and until when. It is its own receipt."""

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_at", "at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]
    reason: Mapped[str]
    erased: Mapped[dict[str, Any]] = mapped_column(JSONB)  # what → how many
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # folder, count, law, until

    party: Mapped[Party] = relationship()
