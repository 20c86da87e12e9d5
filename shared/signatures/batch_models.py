"""Signatures asked of many parties at once: what was chosen, how far it is, and what could not be asked."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from shared.clock import now
from shared.extensions import Model, uuid7


class SigningBatch(Model):
    """One sending: the documents of a folder not asked for yet, or one PDF for each party."""

    __tablename__ = "signing_batch"
    __table_args__ = (
        Index(
            "ix_signing_batch_unfinished", "asked_at", postgresql_where="started_at IS NOT NULL AND ended_at IS NULL"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    folder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("folder.id"))
    q: Mapped[str] = mapped_column(default="")  # which parties of the folder's family, as typed in the search box
    circuit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signature_circuit.id"))
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_object.sha256"))  # the one PDF, filed for each party
    filename: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    remind_days: Mapped[int | None]
    copies: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    started_at: Mapped[datetime | None]  # confirmed, after the preview
    ended_at: Mapped[datetime | None]


class SigningBatchLine(Model):
    """One party of a sending: the document asked for, the request made, or why it was not."""

    __tablename__ = "signing_batch_line"
    __table_args__ = (
        Index(
            "ix_signing_batch_line_waiting", "batch_id", "position", postgresql_where="request_id IS NULL AND why = ''"
        ),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signing_batch.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signature_request.id"))
    why: Mapped[str] = mapped_column(default="")  # in words, where it could not be asked
