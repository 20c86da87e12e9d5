"""The statement as lines of debit and credit, from the first day on, for the PDF and the CSV."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from shared.records.statement import Line, Settlement, Statement

NOTHING = Decimal(0)


class Entry(NamedTuple):
    """What was invoiced is debit; a credit note and a payment are credit. Neither is negative."""

    day: date
    what: str  # invoice, credit_note, payment
    number: str
    title: str
    due_on: date | None
    debit: Decimal
    credit: Decimal
    currency: str


def ledger(whole: Statement) -> list[Entry]:
    """Every line of a statement that lists everything: debits less credits are its balance, in each currency."""
    entries = [*map(_sold, whole.lines), *map(_paid, whole.settlements)]
    return sorted(entries, key=lambda entry: (entry.currency, entry.day, entry.what != "invoice", entry.number))


def _sold(line: Line) -> Entry:
    amount = line.amount or NOTHING
    what = "credit_note" if line.is_credit_note or amount < 0 else "invoice"
    return Entry(line.day, what, line.number, line.title, line.due_on, *_sides(amount), line.currency)


def _paid(paid: Settlement) -> Entry:
    return Entry(paid.day, "payment", paid.number, paid.title, None, *_sides(-paid.amount), paid.currency)


def _sides(amount: Decimal) -> tuple[Decimal, Decimal]:
    return (amount, NOTHING) if amount >= 0 else (NOTHING, -amount)
