"""« Familles de tiers »: data, so that a new one has its tabs everywhere without programming."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from backoffice import backoffice
from backoffice.families_form import FamilyForm, values_of
from backoffice.party_page import slot_words
from backoffice.reach import refuse, scope
from backoffice.two_clerks import both_texts, clash, renewed
from shared.documents.models import Folder
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.people import founding
from shared.people.finding import families as families_in
from shared.people.models import Family, Party
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/families")
@requires(Permission.FOLDERS_SEE)
def families() -> Response:
    """The families with what each holds."""
    reached = families_in(scope(Permission.FOLDERS_SEE))
    return page(
        "backoffice/families/list.html",
        families=reached,
        parties=_counts(Party),
        folders=_counts(Folder),
        slot_words=slot_words(),
        may_found=_may_found(),
    )


@backoffice.get("/families/new")
@requires(Permission.FOLDERS_EDIT)
def families_new() -> Response:
    """A blank form."""
    _check_all()
    return page("backoffice/families/edit.html", family=None, form=FamilyForm())


@backoffice.post("/families/new")
@requires(Permission.FOLDERS_EDIT)
def families_create() -> Response:
    """Its tabs are there at the next page."""
    _check_all()
    form = FamilyForm()
    if form.validate():
        try:
            made = founding.found(key=form.key.data or "", kind=form.kind(), by=visitors.actor())
        except Refused as refusal:
            db.session.rollback()
            form[refusal.field or "label"].errors = [refusal.sentence]
        else:
            flash(_("La famille « %(family)s » est créée : ajoutez ses répertoires.", family=made.label), "success")
            return go(url_for("backoffice.folders", family=made.key))
    return page("backoffice/families/edit.html", status=422, family=None, form=form)


@backoffice.get("/families/<uuid:family_id>/edit")
@requires(Permission.FOLDERS_EDIT)
def families_edit(family_id: uuid.UUID) -> Response:
    """The family as it stands."""
    family = _family(family_id)
    return page("backoffice/families/edit.html", family=family, form=FamilyForm(formdata=None, data=values_of(family)))


@backoffice.post("/families/<uuid:family_id>/edit")
@requires(Permission.FOLDERS_EDIT)
def families_save(family_id: uuid.UUID) -> Response:
    """What differs; 409 with both texts when somebody was faster: saved again, it was seen."""
    family, form = _family(family_id), FamilyForm()
    seen = form.kind_seen()
    if form.validate() and seen is not None:
        try:
            founding.alter(family=family, kind=form.kind(), seen=seen, by=visitors.actor())
        except Refused as refusal:
            db.session.rollback()
            family = _family(family_id)
            if isinstance(refusal, Stale):
                return _both(family, form, refusal)
            form[refusal.field or "label"].errors = [refusal.sentence]
        else:
            flash(_("La famille « %(family)s » est enregistrée.", family=family.label), "success")
            return go(url_for("backoffice.families"))
    return page("backoffice/families/edit.html", status=422, family=family, form=form)


def _both(family: Family, form: FamilyForm, stale: Stale) -> Response:
    stands = values_of(family)
    rows = both_texts(form, {name: value for name, value in stands.items() if name not in ("key", "seen")})
    both = clash(stale, rows, Event.name == "family.changed", Event.facts["key"].astext == family.key)
    renewed(form.seen, stands["seen"])
    return page("backoffice/families/edit.html", status=409, family=family, form=form, clash=both)


def _family(family_id: uuid.UUID) -> Family:
    family = db.session.get(Family, family_id)
    if family is None or not scope(Permission.FOLDERS_SEE).reaches_family(family.id):
        abort(404)
    if not scope(Permission.FOLDERS_EDIT).reaches_family(family.id):
        refuse(Permission.FOLDERS_EDIT)
    return family


def _may_found() -> bool:
    """A new family concerns the whole company: nobody whose grants stop at one."""
    return scope(Permission.FOLDERS_EDIT).is_everywhere()


def _check_all() -> None:
    if not _may_found():
        refuse(Permission.FOLDERS_EDIT)


def _counts(kind: type[Party] | type[Folder]) -> dict[uuid.UUID, int]:
    rows = db.session.execute(select(kind.family_id, func.count()).group_by(kind.family_id))
    return {row[0]: row[1] for row in rows}
