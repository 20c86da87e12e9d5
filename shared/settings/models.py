"""What an administrator sets on screen, and what became of it: trials of a setting, runs of the synchronisation.

A variable of the environment that is set wins over its Setting.
"""

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


class SettingTrial(Model):
    """One try of a setting, asked by somebody: its stages in order, each with its result and its time."""

    __tablename__ = "setting_trial"
    __table_args__ = (
        Index("uq_setting_trial_running", "key", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_setting_trial_last", "key", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str]  # mail, server, sender:<family>, step:<step>
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    address: Mapped[str] = mapped_column(default="")  # of whoever asked: where the test message goes
    ended_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)  # key, ok, said, at


class SynchronisationRun(Model):
    """One press of « Synchroniser » and what it did; only one runs at a time, however often the button is pressed."""

    __tablename__ = "synchronisation_run"
    __table_args__ = (
        Index("uq_synchronisation_run_running", "portal", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_synchronisation_run_last", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    portal: Mapped[str] = mapped_column(default="portal")  # what is synchronised: one portal, hence one run
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    expected: Mapped[int] = mapped_column(default=0)  # accesses and documents that differed when it was asked
    accesses: Mapped[int] = mapped_column(default=0)
    documents: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)
