"""The codes by which people prove that a personal address is theirs."""

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.access.code_columns import CodeColumns
from shared.extensions import Model


class AddressCode(CodeColumns, Model):
    """A code sent to the personal address that an account's owner typed."""

    __tablename__ = "address_code"
    __table_args__ = (
        Index("ix_address_code_account", "account_id", "issued_at"),
        Index(
            "uq_address_code_live", "account_id", unique=True, postgresql_where="used_at IS NULL AND voided_at IS NULL"
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
