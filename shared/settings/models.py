"""What an administrator sets on screen; a variable of the environment that is set wins."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model


class Setting(Model):
    """One value by its key; the catalogue of keys is `settings.catalogue`."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    by: Mapped[str] = mapped_column(default="system")
    at: Mapped[datetime] = mapped_column(default=now)
