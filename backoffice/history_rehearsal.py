"""« À blanc »: before everything that waits is sent, what would leave, what would not and why."""

from flask import Response, request

from backoffice import backoffice
from backoffice.access_rows import reason_words
from shared.notifications.rehearsing import rehearse
from shared.web.page import page
from shared.web.permissions import Permission, requires


@backoffice.get("/history/rehearsal")
@requires(Permission.SYNCHRONISE)
def history_rehearsal() -> Response:
    """The counts of all families: « Synchroniser » sends for all of them."""
    return page(
        "backoffice/history/rehearsal.html",
        found=rehearse(),
        reasons=reason_words(),
        here=request.full_path.rstrip("?"),
    )
