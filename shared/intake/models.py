"""What comes in, before it belongs to anyone."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class Verdict(enum.StrEnum):
    """What became of a file that arrived."""

    FILED = "filed"
    TO_ATTACH = "to_attach"  # « À rattacher »: never given to someone by guess
    REFUSED = "refused"
    KNOWN = "known"  # the same bytes already stand in the same folder of the same party
    SET_ASIDE = "set_aside"  # staff decided that it concerns nobody


class Arrival(Model):
    """One file handed in: who by, what was read in it, and where it went."""

    __tablename__ = "arrival"
    __table_args__ = (Index("ix_arrival_tray", "at", "id", postgresql_where="verdict = 'to_attach'"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]
    source: Mapped[str]  # backoffice, api, watched folder…
    filename: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_object.sha256"))
    size: Mapped[int] = mapped_column(default=0)
    verdict: Mapped[Verdict]
    reason: Mapped[str] = mapped_column(default="")  # a French sentence for the clerk
    family_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("family.id"))
    folder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("folder.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what was read: number, total, dates, buyer
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
