"""What seals: the keys of the installation, the timestamp servers it asks. Private keys are kept sealed."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import LargeBinary

from shared.clock import now
from shared.extensions import Model, uuid7


class KeyKind(enum.StrEnum):
    """What a key is for."""

    AUTHORITY = "authority"  # issues the others, and one for each signature
    TIMESTAMP = "timestamp"  # the timestamps given here
    COMPANY = "company"  # certifies and countersigns


class KeySource(enum.StrEnum):
    """Where a key comes from."""

    MADE = "made"
    PKCS12 = "pkcs12"
    PKCS11 = "pkcs11"


class SigningKey(Model):
    """A certificate and its key; the one that serves is the one of its kind that is not retired."""

    __tablename__ = "signing_key"
    __table_args__ = (
        Index("uq_signing_key_current", "kind", unique=True, postgresql_where="retired_at IS NULL"),
        Index("ix_signing_key_revoked", "revoked_at", postgresql_where="revoked_at IS NOT NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[KeyKind]
    source: Mapped[KeySource]
    certificate: Mapped[bytes]  # DER
    chain: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), default=list)  # DER, from issuer to root
    sealed_key: Mapped[bytes | None] = mapped_column(default=None)  # PKCS#8; the PIN for PKCS#11
    token: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # module, token, label
    not_after: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str] = mapped_column(default="system")
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class TimestampServer(Model):
    """A timestamp authority of the network (RFC 3161), asked in the order of `position` before our own."""

    __tablename__ = "timestamp_server"
    __table_args__ = (Index("uq_timestamp_server_url", "url", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    position: Mapped[int]
    url: Mapped[str]
    username: Mapped[str] = mapped_column(default="")
    sealed_password: Mapped[str] = mapped_column(default="")
    anchor: Mapped[bytes | None]  # DER of the certificate it was seen to answer under, at its first good try
    added_by: Mapped[str]
    tried_at: Mapped[datetime | None]
    answered: Mapped[bool | None]
    outcome: Mapped[str] = mapped_column(default="")  # a French sentence
