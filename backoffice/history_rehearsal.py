"""« À blanc »: before everything that waits is sent, what would leave, what would not and why."""

from flask import Response

from backoffice import backoffice
from backoffice.access_rows import reason_words
from shared.notifications.models import Reason
from shared.notifications.rehearsing import Rehearsal, rehearse
from shared.notifications.releasing import waiting_reasons
from shared.web.page import page
from shared.web.permissions import Permission, requires


@backoffice.get("/history/rehearsal")
@requires(Permission.SYNCHRONISE)
def history_rehearsal() -> Response:
    """What waits, by reason, and the button that looks at each line."""
    return _page(None, waiting_reasons())


@backoffice.post("/history/rehearsal")
@requires(Permission.SYNCHRONISE)
def history_rehearse() -> Response:
    """The counts of all families: « Synchroniser » sends for all of them. Nothing is sent, nothing changes."""
    found = rehearse()
    return _page(found, found.waiting)


def _page(found: Rehearsal | None, waiting: dict[Reason, int]) -> Response:
    return page("backoffice/history/rehearsal.html", found=found, waiting=waiting, reasons=reason_words())
