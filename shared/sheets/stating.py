"""The statement of account on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shared.clock import COMPANY_ZONE
from shared.sheets.amounts import NO_BREAK, long_date, number, short_date
from shared.sheets.making import make_sheet
from shared.sheets.writing import Sender


@dataclass(frozen=True)
class Row:
    """One line; a side that is nought is left blank."""

    day: date
    what: str
    number: str
    due_on: date | None
    debit: Decimal
    credit: Decimal
    currency: str


@dataclass(frozen=True)
class Account:
    """One sheet; `at` is the instant that it states (aware), `totals` a line a currency: label, amount."""

    holder: str
    lines: tuple[str, ...]
    code: str
    at: datetime
    rows: Sequence[Row]
    totals: Sequence[tuple[str, str]]
    payment: tuple[str, ...] = ()


def make_account(sender: Sender, told: Account) -> bytes:
    """The PDF/A-3 of that account: the same facts, the same bytes."""
    moment = told.at.astimezone(COMPANY_ZONE)
    data = {
        "title": "Relevé de compte",
        "company": {"name": sender.name, "colour": sender.colour, "lines": [sender.domain], "legal": [sender.legal]},
        "holder": {"name": told.holder, "lines": list(told.lines), "code": told.code},
        "stated": f"Arrêté le {long_date(moment.date())} à {moment:%H}{NO_BREAK}h{NO_BREAK}{moment:%M}",
        "rows": [_cells(row) for row in told.rows],
        "totals": [list(total) for total in told.totals],
        "payment": list(told.payment),
    }
    return make_sheet("statement", data, made_at=told.at)


def _cells(row: Row) -> list[str]:
    due = short_date(row.due_on) if row.due_on else ""
    return [short_date(row.day), row.what, row.number, due, _sum(row.debit, row), _sum(row.credit, row)]


def _sum(amount: Decimal, row: Row) -> str:
    """« 1 234,50 € »; another currency by its code."""
    unit = "€" if row.currency == "EUR" else row.currency
    return f"{number(amount)}{NO_BREAK}{unit}" if amount else ""
