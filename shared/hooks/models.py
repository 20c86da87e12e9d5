"""Who is called when something happens, and each call with its outcome."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from shared.clock import now
from shared.extensions import Model, uuid7


class Hook(Model):
    """An address that is called with the events that it names; the secret signs each call and is encrypted here."""

    __tablename__ = "hook"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    label: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)  # names of events, or « invoice.* »
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]
    failing_since: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class HookCall(Model):
    """One event for one address: tried until accepted, like a message."""

    __tablename__ = "hook_call"
    __table_args__ = (
        UniqueConstraint("hook_id", "event_id"),
        Index("ix_hook_call_due", "due_at", "id", postgresql_where="ended_at IS NULL"),
        Index("ix_hook_call_list", "hook_id", "at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    hook_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hook.id", ondelete="CASCADE"))
    event_id: Mapped[uuid.UUID]  # no key: a line of the log may be purged before
    event: Mapped[str]  # its name
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)  # frozen at the first try: the same again each time
    at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    status: Mapped[int | None]  # of the last answer
    reply: Mapped[str] = mapped_column(default="")
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # accepted, or given up

    hook: Mapped[Hook] = relationship()
