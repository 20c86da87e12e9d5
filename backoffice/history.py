"""The history of notifications: what left, what waits and why, what came back."""

import uuid

from flask import Response, abort, request

from backoffice import backoffice
from backoffice.history_filter import chosen_filter, lines_shown
from backoffice.party_tabs import party_tabs
from backoffice.reach import party_for, scope
from backoffice.wording import line_words
from shared.events.actors import names_of
from shared.notifications.cancelling import cancelled_with, may_restore
from shared.notifications.finding import line, resends_of, titles_of
from shared.notifications.resending import why_not_again
from shared.web.page import asked, page
from shared.web.permissions import Permission, requires


@backoffice.get("/history")
@requires(Permission.HISTORY_SEE)
def history() -> Response:
    """Every line in reach, narrowed by the address bar, fifty at a time."""
    return page(
        "backoffice/history/list.html",
        blocks=("results",),
        here=request.full_path.rstrip("?"),
        swapped=asked(("results",)) is not None,
        may_synchronise=bool(scope(Permission.SYNCHRONISE).grants),
        **lines_shown(chosen_filter()),
    )


@backoffice.get("/parties/<uuid:party_id>/notifications")
@requires(Permission.HISTORY_SEE)
def party_notifications(party_id: uuid.UUID) -> Response:
    """The same lines, of one party: the tab of its page."""
    party = party_for(party_id, Permission.HISTORY_SEE)
    return page(
        "backoffice/parties/notifications.html",
        blocks=("results",),
        party=party,
        tabs=party_tabs(party),
        here=request.full_path.rstrip("?"),
        **lines_shown(chosen_filter(party_id=party.id)),
    )


@backoffice.get("/history/<uuid:notification_id>")
@requires(Permission.HISTORY_SEE)
def history_line(notification_id: uuid.UUID) -> Response:
    """One line with the text that left, and what may still be done with it."""
    found = line(scope(Permission.HISTORY_SEE), notification_id) or abort(404)
    return page(
        "backoffice/history/line.html",
        line=found,
        words=line_words(found),
        titles=titles_of([found.id]).get(found.id, []),
        names=names_of([found.requested_by] if found.requested_by else []),
        may_act=line(scope(Permission.HISTORY_ACT), notification_id) is not None,
        may_restore=may_restore(found),
        together=cancelled_with(found.id) if may_restore(found) else "",
        why_not_again=why_not_again(found),
        resends=resends_of(scope(Permission.HISTORY_SEE), found.id),
    )
