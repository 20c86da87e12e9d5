"""Hands bytes over: by nginx where it can reach them, else by ourselves, with ranges, never cut short."""

import unicodedata
import uuid
from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from flask import Response, request

from shared.config import config
from shared.documents.checking import faithful
from shared.documents.storage import CHUNK, original_key

# Whatever else was filed is handed over as plain bytes: a browser that ignores the rest still runs nothing.
NAMED_TYPES = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "image/tiff",
    }
)
INERT = "sandbox; default-src 'none'"
FORBIDDEN = '/\\"<>|:*?'


def hand_over(*, sha256: str, size: int, mime: str, filename: str, version_id: uuid.UUID) -> Response:
    """The original as an attachment under its own name.

    Raises Missing, Altered or Unavailable before anything is answered.
    """
    file = faithful(sha256=sha256, size=size)
    if config().accel_prefix and config().storage == "folder":
        file.close()
        answer = Response()
        answer.headers["X-Accel-Redirect"] = f"{config().accel_prefix}/{original_key(sha256)}"
        _describe(answer, mime, filename, version_id)
        return answer
    answer = _stream(file, size)
    _describe(answer, mime, filename, version_id)
    return _ranged(answer, size)


def is_first_part() -> bool:
    """Whether this request takes a document from its beginning: not a HEAD, not the rest of a broken transfer."""
    asked = request.range
    return request.method != "HEAD" and (asked is None or asked.units != "bytes" or asked.ranges[0][0] == 0)


def attachment(filename: str) -> str:
    """The Content-Disposition of a file of that name (RFC 6266), with a plain spelling for old programs."""
    name = "".join(mark for mark in filename if mark.isprintable() and mark not in FORBIDDEN).strip(". ") or "document"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip() or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='!#$&+-.^_`|~')}"


class _Chunks:
    """An open file in chunks, from where it stands; closed with the answer, or when nobody asks for it any more."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if chunk := self._file.read(CHUNK):
            return chunk
        raise StopIteration

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int) -> None:
        self._file.seek(offset)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()

    __del__ = close


def _stream(file: IO[bytes], size: int) -> Response:
    answer = Response(_Chunks(file), direct_passthrough=True)
    answer.content_length = size
    return answer


def _describe(answer: Response, mime: str, filename: str, version_id: uuid.UUID) -> None:
    answer.content_type = mime if mime in NAMED_TYPES else "application/octet-stream"
    answer.headers["Content-Disposition"] = attachment(filename)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = INERT
    answer.set_etag(version_id.hex)


def _ranged(answer: Response, size: int) -> Response:
    """The part asked for; never a 304, since a private answer is kept nowhere."""
    environ = {k: v for k, v in request.environ.items() if k not in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")}
    if "," in environ.get("HTTP_RANGE", ""):
        del environ["HTTP_RANGE"]
    answer.make_conditional(environ, accept_ranges=True, complete_length=size)
    return answer
