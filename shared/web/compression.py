"""HTML is compressed; secrets in it are not given away by its length.

A page holds a CSRF token and may repeat what was typed: an attacker who makes a browser ask for it again
and again could guess the token from the sizes (BREACH). Our cookies are SameSite, so another site's
requests carry no session; and a random name of random length in the gzip header blurs each size,
as Django does ("Heal the breach").
"""

import io
import secrets

from flask import Flask, Response, request
from isal import igzip

LEAST = 500
BLUR = 100
LEVEL = 2  # of isal's 3: a sixth of the work of zlib's 3, for a page some 8 % larger
TYPES = {"text/html", "text/csv", "text/plain", "application/json"}


def install(app: Flask) -> None:
    """Compress every answer that gains by it."""
    app.after_request(compress)


def compress(answer: Response) -> Response:
    """The same answer, compressed when the browser takes gzip and the body is text held in memory."""
    if answer.mimetype not in TYPES:
        return answer
    answer.vary.add("Accept-Encoding")
    if not _worth(answer):
        return answer
    answer.set_data(_packed(answer.get_data()))
    answer.headers["Content-Encoding"] = "gzip"
    return answer


def _worth(answer: Response) -> bool:
    return (
        request.accept_encodings["gzip"] > 0
        and request.method != "HEAD"
        and answer.status_code not in (204, 206, 304)
        and "Content-Encoding" not in answer.headers
        and not answer.is_streamed
        and not answer.direct_passthrough
        and (answer.content_length or 0) >= LEAST
    )


def _packed(body: bytes) -> bytes:
    held = io.BytesIO()
    name = secrets.token_hex(BLUR)[: 1 + secrets.randbelow(BLUR)]
    with igzip.IGzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=held, mtime=0) as packed:
        packed.write(body)
    return held.getvalue()
