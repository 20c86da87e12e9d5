"""A button pressed on thousands of lines: what was confirmed, how far it is, what each line was before."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class BulkKind(enum.StrEnum):
    """What is done to each line."""

    DRAW = "draw"
    ALLOW = "allow"
    WITHDRAW = "withdraw"
    NOTIFY = "notify"
    RIGHTS = "rights"
    SESSIONS = "sessions"
    LETTERS = "letters"


class BulkState(enum.StrEnum):
    """How far it is. Nothing but the job moves it on."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class Outcome(enum.StrEnum):
    """What became of one line; `waiting` until its turn."""

    WAITING = "waiting"
    CREATED = "created"
    CHANGED = "changed"
    ALREADY = "already"
    REFUSED = "refused"


class BulkAction(Model):
    """One confirmed action. Its lines are those of the confirmation, whatever the filter finds later."""

    __tablename__ = "bulk_action"
    __table_args__ = (Index("ix_bulk_action_open", "state", postgresql_where="state IN ('running', 'undoing')"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[BulkKind]
    by: Mapped[str]  # actor, as `events.actors` writes it
    at: Mapped[datetime] = mapped_column(default=now)
    family_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("family.id"))
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how the lines were chosen, for the report
    choice: Mapped[dict[str, Any]] = mapped_column(default=dict)  # for « Droits »: {"folder_ids": [...] or null}
    count: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    state: Mapped[BulkState] = mapped_column(default=BulkState.RUNNING)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)  # outcome, or outcome and reason → how many
    ended_at: Mapped[datetime | None]
    undo_until: Mapped[datetime | None]
    undone: Mapped[int] = mapped_column(default=0)  # lines looked at while undoing
    undone_by: Mapped[str | None]
    keeps_until: Mapped[datetime | None]  # when the letters are erased


class BulkRow(Model):
    """One line of it: the revision that was confirmed, and what was wanted before."""

    __tablename__ = "bulk_row"
    __table_args__ = (Index("ix_bulk_row_position", "bulk_action_id", "position", unique=True),)

    bulk_action_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bulk_action.id", ondelete="CASCADE"), primary_key=True
    )
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    seen_revision: Mapped[int]  # 0: there was no access
    access_id: Mapped[uuid.UUID | None]
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.WAITING)
    reason: Mapped[str] = mapped_column(default="")  # a key of `access.bulk_words`
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after_revision: Mapped[int | None]
    undone: Mapped[str] = mapped_column(default="")  # undone, or why not


class LetterSlice(Model):
    """A piece of the letters of one action, sealed: they hold passwords. Erased within the hour."""

    __tablename__ = "letter_slice"

    bulk_action_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bulk_action.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
