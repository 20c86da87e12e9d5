"""The codes by which a signer shows who they are, at the level « renforcée »."""

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.access.code_columns import CodeColumns
from shared.extensions import Model


class SigningCode(CodeColumns, Model):
    """Good for one signer and the bytes that they were shown; kept as long as the signature that it proves."""

    __tablename__ = "signing_code"
    __table_args__ = (
        Index("ix_signing_code_signer", "signer_id", "issued_at"),
        Index(
            "uq_signing_code_live", "signer_id", unique=True, postgresql_where="used_at IS NULL AND voided_at IS NULL"
        ),
    )

    signer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signer.id", ondelete="CASCADE"))
    digest: Mapped[str]  # SHA-256 of the document shown
    is_confirmed: Mapped[bool]  # whether its owner had confirmed that address or number before
