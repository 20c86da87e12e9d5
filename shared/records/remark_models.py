"""Messages on a document or a record, and staff's notes on it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class Remark(Model):
    """A message on a document or record, by its party or by staff; `is_internal` is for staff only, always."""

    __tablename__ = "remark"
    __table_args__ = (
        CheckConstraint("num_nonnulls(document_id, record_id) = 1", name="one_subject"),
        Index("ix_remark_document", "document_id", "at", "id", postgresql_where="document_id IS NOT NULL"),
        Index("ix_remark_record", "record_id", "at", "id", postgresql_where="record_id IS NOT NULL"),
        Index("ix_remark_unread", "at", "id", postgresql_where="read_at IS NULL AND NOT is_internal"),
        CheckConstraint("NOT (is_internal AND account_id IS NOT NULL)", name="internal_is_staff"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    record_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    is_internal: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]  # by the other side
