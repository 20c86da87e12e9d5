"""« Gestionnaires »: who comes into the back office, with which roles, and where these hold."""

import uuid
from collections.abc import Callable

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.staff_forms import GrantForm, InviteForm
from shared.access import disabling, second_factor
from shared.errors import Refused
from shared.people import granting, inviting
from shared.people.models import Grant, Staff
from shared.people.staff_listing import all_staff, one_staff, places
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/staff")
@requires(Permission.STAFF_EDIT)
def staff() -> Response:
    """The list."""
    return page("backoffice/staff/list.html", people=all_staff(), places=places(), required=second_factor.is_required)


@backoffice.get("/staff/new")
@requires(Permission.STAFF_EDIT)
def staff_new() -> Response:
    """Somebody to be invited."""
    return page("backoffice/staff/new.html", form=InviteForm().offer(places()))


@backoffice.post("/staff")
@requires(Permission.STAFF_EDIT)
def staff_invite() -> Response:
    """The invitation leaves by mail."""
    form = InviteForm().offer(places())
    try:
        if not form.validate_on_submit():
            raise Refused("")
        made = inviting.invite(
            email=form.email.data,
            name=form.name.data,
            locale=form.locale.data,
            role=form.chosen_role(),
            by=visitors.actor(),
            **form.scope(),
        )
    except Refused as refused:
        return page("backoffice/staff/new.html", status=422, form=form, sentence=blame(form, refused))
    flash(_("L’invitation part vers %(email)s. Le lien sert une seule fois.", email=made.email), "success")
    return go(url_for("backoffice.staff_one", staff_id=made.id))


@backoffice.get("/staff/<uuid:staff_id>")
@requires(Permission.STAFF_EDIT)
def staff_one(staff_id: uuid.UUID) -> Response:
    """One person, their habilitations and what may be done."""
    return _page(_found(staff_id), GrantForm())


@backoffice.post("/staff/<uuid:staff_id>/grants")
@requires(Permission.STAFF_EDIT)
def staff_grant(staff_id: uuid.UUID) -> Response:
    """One more habilitation."""
    found, form = _found(staff_id), GrantForm().offer(places())
    try:
        if not form.validate_on_submit():
            raise Refused("")
        granting.grant(staff=found, role=form.chosen_role(), by=visitors.actor(), **form.scope())
    except Refused as refused:
        return _page(found, form, 422, blame(form, refused))
    flash(_("L’habilitation est donnée, dès la prochaine page ouverte."), "success")
    return go(url_for("backoffice.staff_one", staff_id=staff_id))


@backoffice.post("/staff/<uuid:staff_id>/grants/<uuid:grant_id>/remove")
@requires(Permission.STAFF_EDIT)
def staff_grant_remove(staff_id: uuid.UUID, grant_id: uuid.UUID) -> Response:
    """One habilitation less, at once."""
    found = _found(staff_id)
    named = next((each for each in found.grants if each.id == grant_id), None) or abort(404)
    return _do(found, lambda: _remove(named))


@backoffice.post("/staff/<uuid:staff_id>/disable")
@requires(Permission.STAFF_EDIT)
def staff_disable(staff_id: uuid.UUID) -> Response:
    """Sessions end, links die."""
    found = _found(staff_id)
    return _do(found, lambda: _closed(disabling.disable(staff=found, by=visitors.actor())))


@backoffice.post("/staff/<uuid:staff_id>/enable")
@requires(Permission.STAFF_EDIT)
def staff_enable(staff_id: uuid.UUID) -> Response:
    """They may come in again."""
    found = _found(staff_id)
    disabling.enable(staff=found, by=visitors.actor())
    flash(_("%(name)s peut se connecter à nouveau.", name=found.name), "success")
    return go(url_for("backoffice.staff_one", staff_id=staff_id))


@backoffice.post("/staff/<uuid:staff_id>/reset-second-factor")
@requires(Permission.STAFF_EDIT)
def staff_reset_factor(staff_id: uuid.UUID) -> Response:
    """The telephone is lost: another factor at the next sign-in."""
    found = _found(staff_id)
    return _do(found, lambda: _closed(second_factor.reset(staff=found, by=visitors.actor())))


@backoffice.post("/staff/<uuid:staff_id>/invite")
@requires(Permission.STAFF_EDIT)
def staff_invite_again(staff_id: uuid.UUID) -> Response:
    """Another link; the former one dies."""
    found = _found(staff_id)
    return _do(found, lambda: _invite(found))


def _found(staff_id: uuid.UUID) -> Staff:
    return one_staff(staff_id) or abort(404)


def _do(found: Staff, act: Callable[[], str]) -> Response:
    """Do it and say so, or stay on the page with the reason why not."""
    try:
        said = act()
    except Refused as refused:
        return _page(found, GrantForm(formdata=None), 422, refused.sentence)
    flash(said, "success")
    return go(url_for("backoffice.staff_one", staff_id=found.id))


def _remove(grant: Grant) -> str:
    granting.remove(grant=grant, by=visitors.actor())
    return _("L’habilitation est retirée.")


def _invite(found: Staff) -> str:
    inviting.invite_again(staff=found, by=visitors.actor())
    return _("Un lien part vers %(email)s ; le précédent ne marche plus.", email=found.email)


def _closed(ended: int) -> str:
    return _("C’est fait.") + " " + ngettext("%(num)s session fermée.", "%(num)s sessions fermées.", ended)


def _page(found: Staff, form: GrantForm, status: int = 200, sentence: str = "") -> Response:
    known = places()
    return page(
        "backoffice/staff/one.html",
        status=status,
        person=found,
        form=form.offer(known),
        sentence=sentence,
        places=known,
        required=second_factor.is_required(found),
        oneself=found.id == visitors.staff().id,
    )
