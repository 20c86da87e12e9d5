"""A zip as an answer: sent while it is made, its length known, never kept by a browser."""

from collections.abc import Iterator

from flask import Response
from zipstream import ZipStream

from shared.web.delivery import INERT, attachment


def zip_answer(zipped: ZipStream, filename: str) -> Response:
    """The archive as an attachment of that name."""
    answer = Response(_chunks(zipped), mimetype="application/zip")
    answer.content_length = len(zipped)
    answer.headers["Content-Disposition"] = attachment(filename)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = INERT
    return answer


def _chunks(zipped: ZipStream) -> Iterator[bytes]:
    yield from zipped
