"""The last known state of each engine and process, shared by every machine."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from shared.extensions import Model


class EngineState(Model):
    """One row per engine. `reason` is empty while it is up; `since` is when it last went up or down."""

    __tablename__ = "engine_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    up: Mapped[bool]
    reason: Mapped[str]
    since: Mapped[datetime]
    checked_at: Mapped[datetime]


class Heartbeat(Model):
    """The last sign of life of a process that has no port to be asked on; one row per kind, any machine."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
