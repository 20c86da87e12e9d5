"""A table as a French spreadsheet opens it: UTF-8 with its mark, semicolons, sent as it is read."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from shared.extensions import db
from shared.spreadsheets import MARK, csv_lines


def csv_answer(name: str, heads: Sequence[str], pages: Iterable[Iterable[Sequence[str]]]) -> Response:
    """A file to keep, never in a cache; `pages` are read while it is sent."""
    # The request ends, and its session with it, before the pages are read: what they were asked with stays known.
    db.session().expire_on_commit = False
    answer = Response(stream_with_context(_written(heads, pages)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _written(heads: Sequence[str], pages: Iterable[Iterable[Sequence[str]]]) -> Iterator[str]:
    yield MARK + csv_lines([heads])
    for page in pages:
        yield csv_lines(page)
