"""What stands around a party: its places, and what staff wrote down about it."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class NoteKind(enum.StrEnum):
    """What staff write down by hand in the « Cahier de liaison »."""

    CALL = "call"
    NOTE = "note"
    MEETING = "meeting"


class Site(Model):
    """A place of a party: a shop, a plant, a building site."""

    __tablename__ = "site"
    __table_args__ = (Index("ix_site_party", "party_id", "name_folded", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    name: Mapped[str]
    name_folded: Mapped[str]
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="FR")
    phone: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class Note(Model):
    """A call, a meeting or a remark that staff wrote down about a party; it is never changed."""

    __tablename__ = "note"
    __table_args__ = (
        Index("ix_note_party", "party_id", "at"),
        CheckConstraint("length(text) BETWEEN 1 AND 4000", name="text_length"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"))
    kind: Mapped[NoteKind]
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]  # actor, as `events.actors` writes it
