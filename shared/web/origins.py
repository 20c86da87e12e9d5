"""A post comes from one of our own pages. The token says so; the browser's own word is asked besides.

Flask-WTF's check of the referrer is off: pages behind a mailed link send none, so that the link stays secret.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_babel import gettext as _
from werkzeug.exceptions import SecurityError

from shared.config import config

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def install(app: Flask) -> None:
    """Check every unsafe request that could carry a cookie, before anything else looks at it."""
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.before_request(check)
    app.register_error_handler(SecurityError, another_host)


def check() -> None:
    """403 for a post that a browser says comes from elsewhere; the API reads no cookie."""
    if request.method in SAFE or request.path.startswith("/api/"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin not in (None, "null") and (origin or "").partition("://")[2] not in _ours():
        abort(403)


def another_host(_error: SecurityError) -> Response:
    """Asked under a name that is not ours: nothing of it is repeated, and no page with links is made."""
    return Response(_("Ce site ne répond pas à cette adresse."), 400, content_type="text/plain; charset=utf-8")


def _ours() -> set[str]:
    return {request.host, urlsplit(config().public_url).netloc}
