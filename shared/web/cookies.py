"""The names and marks of our cookies: bound to this host, out of reach of scripts, never sent by other sites' posts."""

from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from shared.config import config


def name_of(base: str) -> str:
    """`__Host-guichet`: browsers then refuse it from a subdomain, a path or a plain connection (loopback excepted)."""
    return base if config().plain_http else f"__Host-{base}"


def put(answer: Response, base: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie; without `seconds` it goes when the browser closes."""
    answer.set_cookie(
        name_of(base), value, max_age=seconds, path="/", secure=not config().plain_http, httponly=True, samesite="Lax"
    )


def drop(answer: Response, base: str) -> None:
    """Take a cookie away."""
    answer.delete_cookie(name_of(base), path="/", secure=not config().plain_http, httponly=True, samesite="Lax")


def signed(value: Any, purpose: str) -> str:
    """A small value that the browser keeps for us and cannot change."""
    return str(_serializer(purpose).dumps(value))


def unsigned(text: str, purpose: str, seconds: int) -> Any:
    """What was signed for `purpose` less than `seconds` ago, or None."""
    try:
        return _serializer(purpose).loads(text, max_age=seconds)
    except BadSignature:
        return None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(config().derive(b"cookies"), salt=f"cookie:{purpose}")
