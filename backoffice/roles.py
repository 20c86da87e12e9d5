"""« Rôles »: permissions as data."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.staff_forms import RoleForm
from backoffice.two_clerks import Clash, both_texts, clash, renewed
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.marking import mark_of
from shared.people import changing_roles
from shared.people.changing_roles import standing
from shared.people.models import Role
from shared.people.permission_words import GROUPS, WORDS
from shared.people.roles import ADMINISTRATOR, ALWAYS
from shared.people.staff_listing import holders, roles
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/roles")
@requires(Permission.STAFF_EDIT)
def role_list() -> Response:
    """Every role, what it asks for and who has it."""
    return page("backoffice/staff/roles.html", roles=roles(), holders=holders())


@backoffice.get("/roles/new")
@requires(Permission.STAFF_EDIT)
def role_new() -> Response:
    """A role of one's own."""
    return _page(None, RoleForm(permissions=list(ALWAYS)))


@backoffice.post("/roles")
@requires(Permission.STAFF_EDIT)
def role_create() -> Response:
    """Make it."""
    form = RoleForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        made = changing_roles.create_role(by=visitors.actor(), **_typed(form))
    except Refused as refused:
        return _page(None, form, 422, blame(form, refused))
    flash(_("Le rôle « %(role)s » est créé : donnez-le depuis la page d’un gestionnaire.", role=made.label), "success")
    return go(url_for("backoffice.role_list"))


@backoffice.get("/roles/<uuid:role_id>")
@requires(Permission.STAFF_EDIT)
def role_one(role_id: uuid.UUID) -> Response:
    """What it may do, ticked."""
    role = _found(role_id)
    return _page(role, RoleForm(formdata=None, **standing(role), seen=mark_of(standing(role))))


@backoffice.post("/roles/<uuid:role_id>")
@requires(Permission.STAFF_EDIT)
def role_change(role_id: uuid.UUID) -> Response:
    """From the next page that its holders open."""
    role, form = _found(role_id), RoleForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        changing_roles.change_role(role=role, seen=form.seen.data or "", by=visitors.actor(), **_typed(form))
    except Stale as stale:
        return _page(role, form, 409, both=_clash(role, form, stale))
    except Refused as refused:
        return _page(role, form, 422, blame(form, refused))
    flash(_("Le rôle « %(role)s » est enregistré.", role=role.label), "success")
    return go(url_for("backoffice.role_list"))


@backoffice.post("/roles/<uuid:role_id>/delete")
@requires(Permission.STAFF_EDIT)
def role_delete(role_id: uuid.UUID) -> Response:
    """Unless somebody has it."""
    role = _found(role_id)
    form = RoleForm(formdata=None, **standing(role), seen=mark_of(standing(role)))
    try:
        changing_roles.delete_role(role=role, by=visitors.actor())
    except Refused as refused:
        return _page(role, form, 422, refused.sentence)
    flash(_("Le rôle est supprimé."), "success")
    return go(url_for("backoffice.role_list"))


def _found(role_id: uuid.UUID) -> Role:
    return next((role for role in roles() if role.id == role_id), None) or abort(404)


def _typed(form: RoleForm) -> dict[str, object]:
    return {
        "label": form.label.data,
        "permissions": form.permissions.data or [],
        "second_factor": bool(form.second_factor.data),
    }


def _clash(role: Role, form: RoleForm, stale: Stale) -> Clash:
    """Both, one line a permission that one has and the other has not; the form then bears the mark of what stands."""
    stands = standing(role)
    renewed(form.seen, mark_of(stands))
    rows = both_texts(form, {"label": role.label})
    if role.key != ADMINISTRATOR:
        if stands["second_factor"] is not form.second_factor.data:
            rows.append((str(form.second_factor.label.text), role.second_factor, form.second_factor.data))
        has, typed = set(role.permissions), {*(form.permissions.data or []), *ALWAYS}
        rows += [(str(words), key in has, key in typed) for key, words in WORDS.items() if key in has ^ typed]
    return clash(stale, rows, Event.name == "role.changed", Event.facts["role"].astext == role.label)


def _page(
    role: Role | None, form: RoleForm, status: int = 200, sentence: str = "", both: Clash | None = None
) -> Response:
    return page(
        "backoffice/staff/role.html",
        status=status,
        role=role,
        form=form,
        sentence=sentence,
        clash=both,
        groups=GROUPS,
        always=ALWAYS,
        locked=role is not None and role.key == ADMINISTRATOR,
        used=holders().get(role.id, 0) if role is not None else 0,
    )
