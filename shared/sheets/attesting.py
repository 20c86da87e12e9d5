"""Statements of fact with a date: the receipt of an objection, a certificate of deletion, the receipt of an erasure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.clock import COMPANY_ZONE
from shared.sheets.amounts import NO_BREAK, long_date
from shared.sheets.making import make_sheet
from shared.sheets.writing import Sender

WRAP = "\u200b"  # lets a hash break at the end of its cell


@dataclass(frozen=True)
class Table:
    """What the statement is about; `widths` are shares of the line, one a column."""

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Attestation:
    """One sheet; `at` is the instant that it states (aware)."""

    title: str
    at: datetime
    facts: Sequence[tuple[str, str]] = ()
    paragraphs: Sequence[str] = ()
    table: Table | None = None


def make_attestation(sender: Sender, told: Attestation) -> bytes:
    """The PDF/A-3 of that statement: the same facts, the same bytes."""
    moment = told.at.astimezone(COMPANY_ZONE)
    table = told.table or Table((), (), ())
    data = {
        "title": told.title,
        "company": {"name": sender.name, "colour": sender.colour, "lines": [sender.domain], "legal": [sender.legal]},
        "place-and-date": f"Le{NO_BREAK}{long_date(moment.date())} à {moment:%H}{NO_BREAK}h{NO_BREAK}{moment:%M}",
        "facts": [{"label": label, "value": value} for label, value in told.facts],
        "paragraphs": list(told.paragraphs),
        "columns": list(table.columns),
        "widths": list(table.widths),
        "rows": [[breakable(cell) for cell in row] for row in table.rows],
    }
    return make_sheet("attestation", data, made_at=told.at)


def breakable(cell: str) -> str:
    """A hash that may go to the next line."""
    return WRAP.join(cell[at : at + 8] for at in range(0, len(cell), 8)) if len(cell) == 64 else cell
