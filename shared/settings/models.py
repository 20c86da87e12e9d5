"""What an administrator sets on screen; a variable of the environment that is set wins."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class Setting(Model):
    """One value by its key; the catalogue of keys is `settings.catalogue`."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    by: Mapped[str] = mapped_column(default="system")
    at: Mapped[datetime] = mapped_column(default=now)


class ConnectionTest(Model):
    """One « Tester la connexion »: asked by a person, done by a job, stage by stage.

    `stages` is a list of {stage, state, told, at}; `failed` names the stage that stopped it, empty when all passed.
    """

    __tablename__ = "connection_test"
    __table_args__ = (
        Index("ix_connection_test_kind", "kind", "id"),
        Index("ix_connection_test_asked", "asked_at", postgresql_where="started_at IS NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]  # transfer, storage
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    failed: Mapped[str] = mapped_column(default="")
