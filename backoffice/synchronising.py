"""« Synchroniser »: what waits for it is applied by the worker; the page says what waits for something else."""

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.access_rows import reason_words
from shared.access.synchronising import ask, red_count
from shared.notifications.models import Reason
from shared.notifications.releasing import waiting_reasons
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

RELEASED = (Reason.NONE, Reason.SYNCHRONISATION, Reason.RETRY)


@backoffice.post("/synchronise")
@requires(Permission.SYNCHRONISE)
def synchronise() -> Response:
    """Ask for it and say what it will do. Clicked fifty times, it runs once."""
    count, waiting = red_count(), waiting_reasons()
    ask(by=visitors.actor())
    flash(_result(count, waiting), "success")
    return go(safe_next(request.form.get("back"), otherwise="/backoffice/"))


def _result(count: int, waiting: dict[Reason, int]) -> str:
    leaving = sum(waiting.get(reason, 0) for reason in RELEASED)
    sentences = [
        _("Synchronisation demandée."),
        ngettext("%(num)s accès à mettre à jour", "%(num)s accès à mettre à jour", count)
        + ", "
        + ngettext("%(num)s message à envoyer.", "%(num)s messages à envoyer.", leaving),
    ]
    words = reason_words()
    held = [f"{words[reason]} : {number}" for reason, number in waiting.items() if reason not in RELEASED and number]
    if held:
        sentences.append(_("Restent en attente pour une autre raison — %(reasons)s.", reasons=", ".join(held)))
    return " ".join(sentences)
