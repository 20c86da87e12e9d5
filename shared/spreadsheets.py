"""Rows as a French spreadsheet opens them: semicolons, and no cell that it would run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"  # before the first line: how a spreadsheet knows UTF-8
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in rows)
    return written.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell
