"""Lists by pages: `limit`, and `after` with the cursor that the page before gave."""

from typing import Any, TypedDict

from flask import Response, request
from flask_babel import gettext as _

from shared.web.api.answering import said
from shared.web.api.problems import Problem

USUAL, MOST = 100, 500


class Asked(TypedDict):
    """Where a page starts and how long it is."""

    after: str
    size: int


def asked() -> Asked:
    """What this request asks for. Raises Problem for a limit that is none."""
    limit = request.args.get("limit", str(USUAL))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 5 and 0 < int(limit) <= MOST):
        raise Problem(422, faults=[("limit", _("De 1 à %(most)s.", most=MOST))])
    return {"after": request.args.get("after", ""), "size": int(limit)}


def said_page(rows: list[dict[str, Any]], after: str) -> Response:
    """The page, and `next`: the cursor of the one after it, null at the end."""
    return said({"data": rows, "next": after or None})
