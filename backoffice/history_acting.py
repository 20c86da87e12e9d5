"""What may be done with lines of the history: cancel, take that back, send again, settle; one line or a selection."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Row

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.wording import line_words
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.cancelling import cancel, restore
from shared.notifications.finding import documents_of, line, some
from shared.notifications.forcing import force
from shared.notifications.models import Status
from shared.notifications.resending import FINAL, resend, settle_as_sent
from shared.web import visitors
from shared.web.form_key import form_key
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

ACTIONS = {"cancel": cancel, "restore": restore, "resend": resend, "sent": settle_as_sent}
BULK = ("cancel", "resend", "together")
AT_ONCE = 200  # lines


@backoffice.post("/history/<uuid:notification_id>/<any(cancel, restore, resend, sent):action>")
@requires(Permission.HISTORY_ACT)
def history_act(notification_id: uuid.UUID, action: str) -> Response:
    """Cancel a line that waits or take that back, send a final one again, say that one « à vérifier » did arrive."""
    if line(scope(Permission.HISTORY_ACT), notification_id) is None:
        abort(404)
    once = {"key": form_key()} if action == "resend" else {}
    try:
        ACTIONS[action](notification_id=notification_id, by=visitors.actor(), **once)
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return go(url_for("backoffice.history_line", notification_id=notification_id))
    flash(_done(action), "success")
    return go(url_for("backoffice.history_line", notification_id=notification_id))


@backoffice.post("/history/selection")
@requires(Permission.HISTORY_ACT)
def history_selection() -> Response:
    """What the button would touch, counted first: which of the lines, and why not the others."""
    action, chosen = _asked()
    touched = [row for row in chosen if _concerned(action, row)]
    return page(
        "backoffice/history/selection.html",
        action=action,
        touched=touched,
        spared=[row for row in chosen if row not in touched],
        words=line_words,
        back=_back(),
    )


@backoffice.post("/history/selection/apply")
@requires(Permission.HISTORY_ACT)
def history_apply() -> Response:
    """All of the lines or none: one that changed meanwhile and nothing is done."""
    action, chosen = _asked()
    try:
        done = _apply(action, chosen)
    except Refused as refusal:
        db.session.rollback()
        flash(_("%(why)s Rien n’a été fait : revoyez la sélection.", why=refusal.sentence), "error")
        return go(_back())
    flash(done, "success")
    return go(_back())


def _apply(action: str, chosen: Sequence[Row[Any]]) -> str:
    by, ids = visitors.actor(), [row.id for row in chosen]
    if action == "together":
        made = force(document_ids=documents_of(ids), by=by, key=form_key())
        return ngettext(
            "%(num)s message part, documents groupés.", "%(num)s messages partent, documents groupés.", made
        )
    if action == "cancel":
        for each in ids:
            cancel(notification_id=each, by=by)
        return ngettext("%(num)s notification annulée.", "%(num)s notifications annulées.", len(ids))
    for each in ids:
        resend(notification_id=each, by=by, key=form_key())
    return ngettext("%(num)s notification renvoyée.", "%(num)s notifications renvoyées.", len(ids))


def _concerned(action: str, row: Row[Any]) -> bool:
    """Only what waits is cancelled, only what is final is sent again, only documents are gathered."""
    if action == "cancel":
        return row.status is Status.WAITING
    final = row.status in (*FINAL, Status.UNKNOWN)
    return final and (action == "resend" or row.has_documents)


def _asked() -> tuple[str, Sequence[Row[Any]]]:
    """The action and its lines; a stranger's line among them, and none exists."""
    action = request.form.get("action", "")
    ids = list(dict.fromkeys(found for text in request.form.getlist("ids") if (found := _uuid(text))))
    if action not in BULK or len(ids) > AT_ONCE:
        abort(400)
    found = some(scope(Permission.HISTORY_ACT), ids)
    if len(found) != len(ids):
        abort(404)
    return action, found


def _back() -> str:
    return safe_next(request.form.get("back"), otherwise=url_for("backoffice.history"))


def _done(action: str) -> str:
    return {
        "cancel": _("La notification est annulée : elle ne partira pas. Vous avez dix minutes pour revenir dessus."),
        "restore": _("L’annulation est reprise : la notification attend de nouveau."),
        "resend": _("La notification repart, à l’adresse d’aujourd’hui."),
        "sent": _("La ligne est notée comme envoyée."),
    }[action]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
