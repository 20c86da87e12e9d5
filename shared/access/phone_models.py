"""The codes by which people confirm that a phone number is theirs."""

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.access.code_columns import CodeColumns
from shared.extensions import Model


class PhoneCode(CodeColumns, Model):
    """A code sent to a number that an account's owner typed; `address` is that number."""

    __tablename__ = "phone_code"
    __table_args__ = (
        Index("ix_phone_code_account", "account_id", "issued_at"),
        Index(
            "uq_phone_code_live", "account_id", unique=True, postgresql_where="used_at IS NULL AND voided_at IS NULL"
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
