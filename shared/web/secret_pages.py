"""Pages behind a mailed link: their address is a secret that no other site and no cache may learn."""

from flask import Response


def secretly(answer: Response) -> Response:
    """Send no referrer from this page, and keep no copy of it."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
