"""What payments take off invoices, the entries of closed ones, and where customers pay."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import now
from shared.extensions import Model, uuid7


class PaymentShare(Model):
    """What one payment takes off one invoice; negative shares give back."""

    __tablename__ = "payment_share"
    __table_args__ = (Index("ix_payment_share_invoice", "invoice_id"),)

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 2))


class AccountingEntry(Model):
    """One line of the entries of an invoice that was closed; those of one record balance. Written once."""

    __tablename__ = "accounting_entry"
    __table_args__ = (
        UniqueConstraint("record_id", "line"),
        Index("ix_accounting_entry_export", "exported_at", "at", "id"),
        CheckConstraint("debit >= 0 AND credit >= 0 AND (debit = 0 OR credit = 0)", name="one_side"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id"))
    line: Mapped[int]
    day: Mapped[date]
    journal: Mapped[str]
    account: Mapped[str]
    party_account: Mapped[str] = mapped_column(default="")
    label: Mapped[str]
    debit: Mapped[Decimal] = mapped_column(Numeric(14, 2), default=Decimal(0))
    credit: Mapped[Decimal] = mapped_column(Numeric(14, 2), default=Decimal(0))
    at: Mapped[datetime] = mapped_column(default=now)
    exported_at: Mapped[datetime | None]


class BankAccount(Model):
    """Where customers pay: shown only once a second person, or a second factor, has verified it."""

    __tablename__ = "bank_account"
    __table_args__ = (
        Index(
            "uq_bank_account_current",
            "activity_id",
            unique=True,
            postgresql_where="verified_at IS NOT NULL AND retired_at IS NULL",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    holder: Mapped[str]
    iban: Mapped[str]
    bic: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime] = mapped_column(default=now)
    entered_by: Mapped[str]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[str | None]
    verified_how: Mapped[str] = mapped_column(default="")  # second_person, second_factor
    retired_at: Mapped[datetime | None]
