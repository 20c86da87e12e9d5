"""A sign drawn on a telephone while the document is read on a computer."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.clock import now
from shared.extensions import Model, uuid7
from shared.signatures.models import Signer


class Drawing(Model):
    """One page that only draws: its secret is hashed here, it lives minutes and takes one drawing."""

    __tablename__ = "signature_drawing"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    signer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signer.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # PNG
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]

    signer: Mapped[Signer] = relationship()
