"""« Propositions » together: counted and read first, then confirmed or dropped, all that still wait or none."""

import uuid
from typing import Any, NoReturn

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Row

from backoffice import backoffice
from backoffice._proposal_words import told_of
from backoffice.forbidden import forbid
from backoffice.reach import scope
from shared.notifications import proposals as reading
from shared.notifications.finding import some
from shared.notifications.models import Notification
from shared.notifications.proposals import SIZE, Outlook, confirm_all, drop_all, outlook, waiting_among
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

ACTIONS = ("confirm", "drop")


@backoffice.post("/proposals/selection")
@requires(Permission.NOTICES_SEND)
def proposal_selection() -> Response:
    """What the button would do, counted first: how many leave, who has no address, what no longer applies."""
    action, chosen, decided = _asked()
    foreseen = outlook(chosen) if action == "confirm" else Outlook(set(), {}, {})
    halted = {each for group in foreseen for each in group}
    return page(
        "backoffice/rules/proposals_confirm.html",
        action=action,
        leaving=[each for each in chosen if each.id not in halted],
        lacking=[each for each in chosen if each.id in foreseen.lacking],
        over=[each for each in chosen if each.id in foreseen.over],
        holes=[each for each in chosen if each.id in foreseen.holes],
        reasons=foreseen.over | foreseen.holes,
        decided=decided,
        about=reading.about([each.id for each in chosen]),
        parties=reading.parties_of([each.id for each in chosen]),
    )


@backoffice.post("/proposals/selection/apply")
@requires(Permission.NOTICES_SEND)
def proposal_apply() -> Response:
    """All of the drafts: those that somebody else decided meanwhile are said, and left as they are."""
    action, chosen, decided = _asked()
    if action == "drop":
        dropped = drop_all(drafts=chosen, by=visitors.actor())
        flash(ngettext("%(num)s proposition écartée.", "%(num)s propositions écartées.", dropped), "success")
    else:
        done = confirm_all(drafts=chosen, by=visitors.actor())
        flash(told_of(done._replace(too_late=done.too_late + len(decided))), "success")
    return go(url_for("backoffice.proposals"))


def _asked() -> tuple[str, list[Notification], list[Row[Any]]]:
    """The action, the drafts that wait, the lines that a colleague decided; one out of reach and nothing is done."""
    action, ids = request.form.get("action", ""), set()
    for text in request.form.getlist("ids")[: SIZE + 1]:
        try:
            ids.add(uuid.UUID(text))
        except ValueError:
            continue
    if action not in ACTIONS or len(ids) > SIZE:
        abort(400)
    mine = {row.id: row for row in some(scope(Permission.NOTICES_SEND), list(ids))}
    if len(mine) != len(ids):
        _forbid(action, ids, set(mine))
    waiting = waiting_among(mine)
    return action, waiting, [mine[each] for each in mine.keys() - {draft.id for draft in waiting}]


def _forbid(action: str, ids: set[uuid.UUID], mine: set[uuid.UUID]) -> NoReturn:
    seen = some(scope(Permission.HISTORY_SEE), list(ids - mine))
    forbid(
        title=_("Envoyer ces propositions") if action == "confirm" else _("Écarter ces propositions"),
        back=url_for("backoffice.proposals"),
        permission=Permission.NOTICES_SEND,
        names=[f"{row.party_name or '—'} : {row.subject or row.template}" for row in seen],
        unknown=len(ids - mine) - len(seen),
    )
