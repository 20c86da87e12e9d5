"""« Fermeture du service »: everybody is told ninety days ahead, and nothing closes before."""

import uuid
from datetime import date

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.retention import around, everywhere
from shared.clock import today
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.people import closing
from shared.people.rights_models import ServiceClosing
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/retention/closing")
@requires(Permission.RETENTION_SEE)
def retention_closing() -> Response:
    """The countdown, or the form that starts it."""
    everywhere(Permission.RETENTION_SEE)
    return _page()


@backoffice.post("/retention/closing")
@requires(Permission.RETENTION_ACT)
def retention_close() -> Response:
    """Announce it to everyone; the word typed says that it is meant."""
    everywhere(Permission.RETENTION_ACT)
    try:
        if request.form.get("sure") != "1":
            raise Refused(_("Cochez la case : tout le monde sera prévenu. Rien n’a été annoncé."))
        closing.start(reason=request.form.get("reason", ""), closes_on=_day(), by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        return _page(status=422, sentence=refusal.sentence)
    flash(
        _("La fermeture est annoncée. Chaque titulaire d’un accès est prévenu ; rien ne ferme avant la date."),
        "success",
    )
    return go(url_for("backoffice.retention_closing"))


@backoffice.post("/retention/closing/<uuid:closing_id>/cancel")
@requires(Permission.RETENTION_ACT)
def retention_reopen(closing_id: uuid.UUID) -> Response:
    """Call it off, with a reason; whoever was told is told."""
    everywhere(Permission.RETENTION_ACT)
    found = db.session.get(ServiceClosing, closing_id) or abort(404)
    try:
        closing.cancel(closing=found, because=request.form.get("reason", ""), by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        return _page(status=422, sentence=refusal.sentence)
    flash(_("La fermeture est annulée, et chacun en est prévenu."), "success")
    return go(url_for("backoffice.retention_closing"))


def _day() -> date | None:
    written = request.form.get("closes_on", "")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Refused(_("Cette date ne se lit pas : écrivez-la comme 31/12/2027.")) from None


def _page(status: int = 200, sentence: str = "") -> Response:
    current = closing.current()
    past = closing.past()
    return page(
        "backoffice/retention/closing.html",
        status=status,
        blocks=("results",),
        current=current,
        days=closing.days_left(current) if current else 0,
        past=[each for each in past if each.cancelled_at is not None],
        names=names_of({each.asked_by for each in past} | {each.cancelled_by for each in past if each.cancelled_by}),
        soonest=today() + closing.NOTICE,
        sentence=sentence,
        typed=request.form,
        **around(),
    )
