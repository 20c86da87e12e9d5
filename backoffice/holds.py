"""« Désactiver les notifications »: family by family, with what waits, and what to do with it when they go on."""

import uuid
from datetime import date, datetime

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.reach import scope
from shared.clock import midnight
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.notifications.holding import Then, hold, let_go, standing
from shared.people.models import Family
from shared.settings.reading import company
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/history/holds")
@requires(Permission.HISTORY_SEE)
def holds() -> Response:
    """Each family in reach: its notices leave, or since when they wait, and how many."""
    return _page()


@backoffice.post("/history/holds/<uuid:family_id>")
@requires(Permission.HISTORY_ACT)
def holds_change(family_id: uuid.UUID) -> Response:
    """Hold the family's notices, or let them go on after having said what becomes of those that wait."""
    family = db.session.get(Family, family_id)
    if family is None or not scope(Permission.HISTORY_ACT).covers_family(family.id):
        abort(404)
    if request.form.get("hold") == "on":
        waiting = hold(family=family, by=visitors.actor())
        flash(_told(waiting), "success")
        return go(url_for("backoffice.holds"))
    then = request.form.get("then", "")
    try:
        if then not in set(Then):
            raise Refused(_("Choisissez ce que deviennent les messages qui attendent."))
        released, cancelled = let_go(family=family, then=Then(then), since=_since(), by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        return _page(status=422, sentence=refusal.sentence, refused=family_id)
    flash(_resumed(released, cancelled), "success")
    return go(url_for("backoffice.holds"))


def _page(status: int = 200, sentence: str = "", refused: uuid.UUID | None = None) -> Response:
    found = standing(scope(Permission.HISTORY_SEE))
    return page(
        "backoffice/history/holds.html",
        status=status,
        families=found,
        names=names_of(each.family.notices_off_by for each in found if each.family.notices_off_by),
        may_act={each.family.id for each in found if scope(Permission.HISTORY_ACT).covers_family(each.family.id)},
        sentence=sentence,
        refused=refused,
        typed=request.form,
    )


def _since() -> datetime | None:
    try:
        day = date.fromisoformat(request.form.get("since", ""))
    except ValueError:
        return None
    return midnight(day, company().time_zone)


def _told(waiting: int) -> str:
    return _("Les notifications de cette famille attendent désormais.") + " " + _waiting(waiting)


def _waiting(count: int) -> str:
    if not count:
        return _("Aucun message n’était sur le départ.")
    return ngettext("%(num)s message était sur le départ.", "%(num)s messages étaient sur le départ.", count)


def _resumed(released: int, cancelled: int) -> str:
    parts = [ngettext("%(num)s message repart", "%(num)s messages repartent", released)]
    if cancelled:
        parts.append(ngettext("%(num)s est annulé", "%(num)s sont annulés", cancelled))
    return _("Les notifications de cette famille partent à nouveau : %(what)s.", what=", ".join(parts))
