"""Errors of the API: RFC 9457 problem details, `errors` naming each field."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, make_response

TYPE = "application/problem+json"
KINDS = {  # status → the anchor of its paragraph in the documentation
    400: "malformed",
    401: "token",
    403: "scope",
    404: "unknown",
    409: "state",
    413: "size",
    415: "media-type",
    422: "invalid",
    429: "too-many",
    500: "ours",
    503: "unavailable",
}

RETRY_AFTER = {429: 300, 503: 30}  # seconds

Fault = tuple[str, str]  # field, sentence


def body_of(status: int, title: str, detail: str, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """The members of a problem."""
    return {
        "type": f"/api/v1/docs#problem-{KINDS[status]}" if status in KINDS else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": [{"field": field, "detail": sentence} for field, sentence in faults],
    }


def answer(body: dict[str, Any]) -> Response:
    """A problem as an answer that no cache keeps."""
    made = make_response(json.dumps(body, ensure_ascii=False), body["status"])
    made.content_type = TYPE
    made.headers["Cache-Control"] = "no-store"
    if body["status"] == 401:
        made.headers["WWW-Authenticate"] = 'Bearer realm="Guichet"'
    if body["status"] in RETRY_AFTER:
        made.headers["Retry-After"] = str(RETRY_AFTER[body["status"]])
    return made
