"""« Activités »: what parts the folders and the records of a company that has several trades or agencies."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from backoffice import backoffice
from backoffice.settings_tabs import settings_page
from backoffice.two_clerks import Clash, both_texts, clash, renewed
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Activity
from shared.settings.activities import LONGEST, activities, add_activity, rename_activity
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go
from shared.web.permissions import Permission, requires


class ActivityForm(FlaskForm):
    """What one is called; `seen` is the name that it was opened with."""

    seen = HiddenField()
    name = StringField(
        lazy_gettext("Nom de l’activité"), [InputRequired(lazy_gettext("Donnez un nom.")), Length(max=LONGEST)]
    )


@backoffice.get("/settings/activities")
@requires(Permission.SETTINGS_SEE)
def settings_activities() -> Response:
    """All of them, and a blank line."""
    return _page(ActivityForm(formdata=None))


@backoffice.post("/settings/activities")
@requires(Permission.SETTINGS_EDIT)
def settings_activity_add() -> Response:
    """One more."""
    form = ActivityForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        made = add_activity(name=form.name.data or "", by=visitors.actor())
    except Refused as refused:
        db.session.rollback()
        return _page(form, 422, blame(form, refused))
    flash(
        _("« %(name)s » est ajoutée : donnez-lui des répertoires, puis des habilitations.", name=made.name), "success"
    )
    return go(url_for("backoffice.settings_activities"))


@backoffice.get("/settings/activities/<uuid:activity_id>")
@requires(Permission.SETTINGS_EDIT)
def settings_activity(activity_id: uuid.UUID) -> Response:
    """Another name for one."""
    found = _found(activity_id)
    return _one(found, ActivityForm(formdata=None, data={"name": found.name, "seen": found.name}))


@backoffice.post("/settings/activities/<uuid:activity_id>")
@requires(Permission.SETTINGS_EDIT)
def settings_activity_rename(activity_id: uuid.UUID) -> Response:
    """Folders, records and grants keep it, under its new name."""
    found, form = _found(activity_id), ActivityForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        rename_activity(activity=found, name=form.name.data or "", seen=form.seen.data or "", by=visitors.actor())
    except Stale as stale:
        renewed(form.seen, found.name)
        written = (Event.name == "activity.renamed", Event.activity_id == found.id)
        return _one(found, form, 409, both=clash(stale, both_texts(form, {"name": found.name}), *written))
    except Refused as refused:
        db.session.rollback()
        return _one(_found(activity_id), form, 422, blame(form, refused))
    flash(_("L’activité s’appelle « %(name)s ».", name=found.name), "success")
    return go(url_for("backoffice.settings_activities"))


def _found(activity_id: uuid.UUID) -> Activity:
    return db.session.get(Activity, activity_id) or abort(404)


def _page(form: ActivityForm, status: int = 200, sentence: str = "") -> Response:
    return settings_page(
        "backoffice/activities/list.html", status=status, activities=activities(), form=form, sentence=sentence
    )


def _one(
    found: Activity, form: ActivityForm, status: int = 200, sentence: str = "", both: Clash | None = None
) -> Response:
    return settings_page(
        "backoffice/activities/one.html",
        status=status,
        activity=found,
        form=form,
        sentence=sentence,
        clash=both,
    )
