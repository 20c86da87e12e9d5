"""A table as a French spreadsheet opens it: UTF-8 with its mark, semicolons, sent as it is read."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def csv_answer(name: str, heads: Sequence[str], pages: Iterable[Iterable[Sequence[str]]]) -> Response:
    """A file to keep, never in a cache; `pages` are read while it is sent."""
    answer = Response(stream_with_context(_written(heads, pages)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _written(heads: Sequence[str], pages: Iterable[Iterable[Sequence[str]]]) -> Iterator[str]:
    yield "\ufeff" + _lines([heads])
    for page in pages:
        yield _lines(page)


def _lines(rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in rows)
    return written.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell
