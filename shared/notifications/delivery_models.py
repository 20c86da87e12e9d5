"""What came back about messages, and whether each channel sends."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class DeliveryReport(Model):
    """A report that came back (RFC 3464), filed on the notification that caused it."""

    __tablename__ = "delivery_report"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    notification_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notification.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="")
    diagnostic: Mapped[str] = mapped_column(default="")
    digest: Mapped[str] = mapped_column(unique=True)  # of the raw report: the same one is filed once


class Channel(Model):
    """Whether a channel sends, and why it does not: a circuit that opens after five failures."""

    __tablename__ = "channel"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None]
    paused_because: Mapped[str] = mapped_column(default="")
    paused_since: Mapped[datetime | None]
