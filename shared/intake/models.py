"""What comes in, before it belongs to anyone."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
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


class RemoteState(enum.StrEnum):
    """Where a file of the ERP's server stands."""

    SEEN = "seen"  # listed; taken once it looks the same at the next look
    TAKEN = "taken"  # received here, still to be moved there
    MOVED = "moved"
    LEFT = "left"  # refused: it stays on the server as it is


class RemoteFile(Model):
    """One file dropped on the ERP's server: received once, whatever happens between receiving and moving."""

    __tablename__ = "remote_file"
    __table_args__ = (
        Index("uq_remote_file_open", "place", "name", unique=True, postgresql_where="state <> 'moved'"),
        Index("ix_remote_file_changed", "changed_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    place: Mapped[str]  # which folder of which server, as a hash
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    modified: Mapped[str] = mapped_column(default="")  # as the server writes it; compared, never read
    state: Mapped[RemoteState] = mapped_column(default=RemoteState.SEEN)
    seen_at: Mapped[datetime] = mapped_column(default=now)  # first look at this size and date
    changed_at: Mapped[datetime] = mapped_column(default=now)
    sha256: Mapped[str] = mapped_column(default="")
    arrival_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("arrival.id"))
    moved_to: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")  # a French sentence


class ImportState(enum.StrEnum):
    """Where an import of parties stands."""

    READING = "reading"  # the preview is being made
    READY = "ready"  # previewed; nothing is written
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    REFUSED = "refused"  # the file cannot be read, or what it changes moved meanwhile
    DROPPED = "dropped"  # staff gave it up, or a newer one took its place


class RowVerdict(enum.StrEnum):
    """What a line of an imported file would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


class PartyImport(Model):
    """A file of parties: previewed line by line, then applied as a whole or not at all."""

    __tablename__ = "party_import"
    __table_args__ = (
        Index("ix_party_import_busy", "id", postgresql_where="state IN ('reading', 'applying', 'undoing')"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id"), index=True)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    filename: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256"))
    state: Mapped[ImportState] = mapped_column(default=ImportState.READING)
    reason: Mapped[str] = mapped_column(default="")  # a French sentence when refused
    heads: Mapped[list[str]] = mapped_column(JSONB, default=list)  # the file's first line
    columns: Mapped[list[str]] = mapped_column(JSONB, default=list)  # our field under each, "" for none
    empties_clear: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # verdict -> lines
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class PartyImportRow(Model):
    """One line of the file.

    `cells` as they were read; `errors`: column of the file -> sentence; `changes`: our field -> [was, becomes].
    """

    __tablename__ = "party_import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "line"),
        Index("ix_party_import_row_verdict", "import_id", "verdict", "line"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party_import.id", ondelete="CASCADE"))
    line: Mapped[int]  # as the spreadsheet numbers it
    verdict: Mapped[RowVerdict]
    party_id: Mapped[uuid.UUID | None]  # no key: an undone party is gone
    revision: Mapped[int | None]  # of the party when it was previewed, then as the import left it
    cells: Mapped[list[str]] = mapped_column(JSONB, default=list)
    errors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[str] = mapped_column(default="")  # why undoing left this line as it was
