"""What happened: the audit log and the trigger at once."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
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
        Index("ix_event_chain", "chain", "at", "id"),
        Index("ix_event_actor", "actor", "at", "id"),
        Index("ix_event_record", "record_id", "at", "id", postgresql_where="record_id IS NOT NULL"),
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
    record_id: Mapped[uuid.UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class EventSeal(Model):
    """One link of a chain: the keyed hash of a line and of the link before it. Added by the tick, never changed."""

    __tablename__ = "event_seal"
    __table_args__ = (UniqueConstraint("chain", "number"),)

    event_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)  # no foreign key: a line taken away leaves its seal
    chain: Mapped[Chain]
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]


class EventChainHead(Model):
    """Where a chain ends, signed: lines cut off its end are missed too."""

    __tablename__ = "event_chain_head"

    chain: Mapped[Chain] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]
    at: Mapped[datetime]
    signature: Mapped[bytes]


class EventCheckpoint(Model):
    """What a purge leaves: up to which link the chain was taken away, why and when, signed."""

    __tablename__ = "event_checkpoint"
    __table_args__ = (UniqueConstraint("chain", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    chain: Mapped[Chain]
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]
    purged: Mapped[int] = mapped_column(BigInteger)
    older_than: Mapped[datetime]
    at: Mapped[datetime]
    signature: Mapped[bytes]


class JournalCheck(Model):
    """One verification of both chains: who asked, how far it is, what it found."""

    __tablename__ = "journal_check"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    seen: Mapped[int] = mapped_column(BigInteger, default=0)
    moved_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    is_sound: Mapped[bool | None]
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)  # chain → `verifying.Finding` as a dict
