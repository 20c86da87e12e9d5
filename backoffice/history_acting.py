"""What may be done with one line of the history: cancel, take that back, send again, settle."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.reach import scope
from shared.errors import Refused
from shared.notifications.cancelling import cancel, restore
from shared.notifications.finding import line
from shared.notifications.rehearsing import lacking
from shared.notifications.resending import resend, settle_as_sent
from shared.web import visitors
from shared.web.filters import said
from shared.web.form_key import form_key
from shared.web.page import go
from shared.web.permissions import Permission, requires

ACTIONS = {"cancel": cancel, "restore": restore, "resend": resend, "sent": settle_as_sent}


@backoffice.post("/history/<uuid:notification_id>/<any(cancel, restore, resend, sent):action>")
@requires(Permission.HISTORY_ACT)
def history_act(notification_id: uuid.UUID, action: str) -> Response:
    """Cancel a line that waits or take that back, send a final one again, say that one « à vérifier » did arrive."""
    found = line(scope(Permission.HISTORY_ACT), notification_id) or abort(404)
    lacks = lacking([found]) if action == "resend" else {}
    once = {"key": form_key()} if action == "resend" else {}
    try:
        ACTIONS[action](notification_id=notification_id, by=visitors.actor(), **once)
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return go(url_for("backoffice.history_line", notification_id=notification_id))
    flash(_done(action), "success")
    if lacks:
        flash(_("Elle ne partira pas telle quelle : %(why)s", why=said(lacks[found.id])), "warning")
    return go(url_for("backoffice.history_line", notification_id=notification_id))


def _done(action: str) -> str:
    return {
        "cancel": _("La notification est annulée : elle ne partira pas. Vous avez dix minutes pour revenir dessus."),
        "restore": _("L’annulation est reprise : la notification attend de nouveau."),
        "resend": _("La notification repart, à l’adresse d’aujourd’hui."),
        "sent": _("La ligne est notée comme envoyée."),
    }[action]
