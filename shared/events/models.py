"""What happened: the audit log and the trigger at once."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class Chain(enum.StrEnum):
    """Evidence is kept as long as what it proves; security lines 6 to 12 months."""

    EVIDENCE = "evidence"
    SECURITY = "security"


class Event(Model):
    """Something that happened. Only ever inserted; the facts hold no secret.

    The columns that name other rows carry no foreign key: a line of the log outlives what it names.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_party", "party_id", "at"),
        Index("ix_event_document", "document_id", "at"),
        Index("ix_event_access", "access_id", "at"),
        Index("ix_event_name", "name", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    chain: Mapped[Chain] = mapped_column(default=Chain.EVIDENCE)
    actor: Mapped[str]  # staff:<id>, account:<id>, system, command, anonymous
    activity_id: Mapped[uuid.UUID | None]
    party_id: Mapped[uuid.UUID | None]
    document_id: Mapped[uuid.UUID | None]
    access_id: Mapped[uuid.UUID | None]
    account_id: Mapped[uuid.UUID | None]
    notification_id: Mapped[uuid.UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
