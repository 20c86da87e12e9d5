"""« Comparer avec le portail »: one comparison asked for, how far it went, and what it found."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from shared.clock import now
from shared.extensions import Model, uuid7


class Difference(enum.StrEnum):
    """The three lists."""

    MISSING = "missing"  # wanted on the portal, and not there
    EXTRA = "extra"  # there without being wanted
    DIFFERENT = "different"  # its bytes are lost, or no longer those that were filed


class Comparison(Model):
    """The documents of some folders, of one party or of all, looked at one after the other by a job."""

    __tablename__ = "comparison"
    __table_args__ = (Index("ix_comparison_family", "family_id", "party_id", "asked_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id"))
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    folder_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))  # what the asker may see, then as now
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    reached_id: Mapped[uuid.UUID | None]  # the last document looked at
    finished_at: Mapped[datetime | None]
    repair_asked_at: Mapped[datetime | None]
    repair_asked_by: Mapped[str | None]
    repaired_at: Mapped[datetime | None]


class Finding(Model):
    """One document that differed, and what became of it."""

    __tablename__ = "comparison_finding"
    __table_args__ = (
        UniqueConstraint("comparison_id", "document_id"),
        Index("ix_comparison_finding_list", "comparison_id", "difference", "document_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    comparison_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("comparison.id", ondelete="CASCADE"))
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    difference: Mapped[Difference]
    found_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")  # a French sentence when it could not be repaired
