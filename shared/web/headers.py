"""What every answer says to the browser about itself."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request
from markupsafe import Markup

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx guichet"
)
FIXED = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}
LEAVING = '"cache", "storage"'


def install(app: Flask) -> None:
    """Set the headers on every answer, and give `csp_nonce()` and `hx_nonce()` to pages."""
    app.after_request(protect)
    app.jinja_env.globals.update(csp_nonce=csp_nonce, hx_nonce=hx_nonce)


def csp_nonce() -> str:
    """The nonce of this answer: the same for its header, its script and its HTMX attributes."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


@contextmanager
def with_nonce(nonce: str) -> Iterator[None]:
    """Within, `csp_nonce()` is `nonce`: for a piece of a page that is kept for other answers."""
    own, g.csp_nonce = csp_nonce(), nonce
    try:
        yield
    finally:
        g.csp_nonce = own


def hx_nonce() -> Markup:
    """The attribute without which an element's HTMX attributes are ignored: `<a hx-get="…" {{ hx_nonce() }}>`."""
    return Markup('hx-nonce="{}"').format(csp_nonce())


def protect(answer: Response) -> Response:
    """Headers that a view has set itself stay (a link page sends `Referrer-Policy: no-referrer`)."""
    answer.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
    for name, value in FIXED.items():
        answer.headers.setdefault(name, value)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def forget(answer: Response) -> Response:
    """Ask the browser, at logout, to drop what it kept of private pages."""
    answer.headers["Clear-Site-Data"] = LEAVING
    return answer
