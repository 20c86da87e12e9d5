"""Departures of employees: the last day, and who has no personal address yet to come back by."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.validators import Optional

from backoffice import backoffice
from backoffice.reach import family_for, party_for, scope
from shared.errors import Refused
from shared.people import leaving
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


class DepartureForm(FlaskForm):
    """The last day; empty takes it back."""

    left_on = DateField(lazy_gettext("Dernier jour dans la société"), [Optional()])


@backoffice.get("/departures")
@requires(Permission.PARTIES_SEE)
def departures() -> Response:
    """The persons who leave or have left, or with `?show=without` those without a personal address."""
    _first, reached = family_for(None, Permission.PARTIES_SEE)
    people = [each for each in reached if each.of_people]
    family = next((each for each in people if each.key == request.args.get("family")), people[0] if people else None)
    show = leaving.WITHOUT if request.args.get("show") == leaving.WITHOUT else leaving.LEFT
    found = None
    if family is not None:
        cursors = {name: request.args.get(name, "") for name in ("after", "before")}
        found = leaving.leavers(family, scope(Permission.PARTIES_SEE), show=show, **cursors)
    return page(
        "backoffice/departures/list.html", blocks=("results",), family=family, families=people, show=show, found=found
    )


@backoffice.get("/parties/<uuid:party_id>/departure")
@requires(Permission.PARTIES_EDIT)
def departure(party_id: uuid.UUID) -> Response:
    """What a departure changes, and its day."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    form = DepartureForm(formdata=None, left_on=party.left_on)
    return page("backoffice/departures/edit.html", party=party, form=form, standing=leaving.standing(party.id))


@backoffice.post("/parties/<uuid:party_id>/departure")
@requires(Permission.PARTIES_EDIT)
def departure_record(party_id: uuid.UUID) -> Response:
    """Write the day, or take it back."""
    party, form = party_for(party_id, Permission.PARTIES_EDIT), DepartureForm()
    try:
        if not form.validate():
            raise Refused("")
        leaving.record_departure(party=party, left_on=form.left_on.data, by=visitors.actor())
    except Refused as refusal:
        if refusal.sentence:
            form.left_on.errors = [refusal.sentence]
        standing = leaving.standing(party.id)
        return page("backoffice/departures/edit.html", status=422, party=party, form=form, standing=standing)
    if form.left_on.data:
        flash(_("Le départ de %(who)s est enregistré. Son accès et ses documents restent.", who=party.name), "success")
    else:
        flash(_("%(who)s ne part plus.", who=party.name), "success")
    return go(url_for("backoffice.party", party_id=party.id))
