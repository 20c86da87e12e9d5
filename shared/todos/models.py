"""What waits for a person: « À traiter »."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.clock import now
from shared.extensions import Model, uuid7
from shared.people.models import EmailSlot, Party


class TodoKind(enum.StrEnum):
    """What there is to do. BOUNCE: an address refuses our messages; NO_ADDRESS: there is none to write to."""

    BOUNCE = "bounce"
    NO_ADDRESS = "no_address"


class Todo(Model):
    """One thing to do about one party. While it is open, the same trouble is added to it and opens no other."""

    __tablename__ = "todo"
    __table_args__ = (
        Index(
            "uq_todo_open",
            "kind",
            "party_id",
            "address",
            unique=True,
            postgresql_where="closed_at IS NULL",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_todo_list", "opened_at", "id", postgresql_where="closed_at IS NULL"),
        Index("ix_todo_party", "party_id", "opened_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[TodoKind]
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    address: Mapped[str] = mapped_column(default="")
    slot: Mapped[EmailSlot | None]  # the cell that held it; None: a person's own address
    reason: Mapped[str] = mapped_column(default="")  # what the server answered
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(default="")  # corrected, dismissed

    party: Mapped[Party | None] = relationship()


class TodoNotification(Model):
    """Which messages wait for it."""

    __tablename__ = "todo_notification"

    todo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("todo.id", ondelete="CASCADE"), primary_key=True)
    notification_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True, index=True
    )
