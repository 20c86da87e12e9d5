"""What every one-time code remembers, whatever it opens: a keyed hash, never the code itself."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.clock import now
from shared.extensions import uuid7


class CodeColumns:
    """Live until it is used, voided (a newer one, five wrong tries) or expired."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    channel: Mapped[str]  # email, sms
    address: Mapped[str]  # to which it was sent; a phone in E.164
    code_hash: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)  # the right one counts too
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]

    @declared_attr
    def notification_id(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805  the mapper calls it with the class
        """The message that carries it."""
        return mapped_column(ForeignKey("notification.id", ondelete="SET NULL"))
