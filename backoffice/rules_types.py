"""The types of « Paramétrage notification(s) »: headings that group events, made and changed on screen."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice import backoffice
from backoffice.rule_words import event_words
from backoffice.rules import around
from backoffice.rules_form import boxes
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.rule_events import events_of_types, kind_of
from shared.notifications.rule_models import RuleType
from shared.notifications.rule_saving import standing_audiences
from shared.notifications.rule_typing import delete_type, deleted_types, restore_type, save_type, standing_types
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


class TypeForm(FlaskForm):
    """A name and the events that it groups."""

    label = StringField(
        lazy_gettext("Nom du type"), [InputRequired(lazy_gettext("Donnez-lui un nom.")), Length(max=60)]
    )
    events = boxes(lazy_gettext("Événements"))


@backoffice.get("/rules/types")
@requires(Permission.RULES_SEE)
def rule_types() -> Response:
    """Those that stand, with their events; those deleted, each with its button."""
    return page("backoffice/rules/types.html", types=standing_types(), deleted=deleted_types(), **around())


@backoffice.get("/rules/types/new")
@requires(Permission.RULES_EDIT)
def rule_type_new() -> Response:
    """An empty form."""
    return _form_page(None, TypeForm(formdata=None))


@backoffice.get("/rules/types/<uuid:type_id>")
@requires(Permission.RULES_EDIT)
def rule_type(type_id: uuid.UUID) -> Response:
    """One type, to be changed."""
    found = _type(type_id)
    return _form_page(found, TypeForm(formdata=None, data={"label": found.label, "events": found.events}))


@backoffice.post("/rules/types")
@requires(Permission.RULES_EDIT)
def rule_type_create() -> Response:
    """Write a new one."""
    return _save(None)


@backoffice.post("/rules/types/<uuid:type_id>")
@requires(Permission.RULES_EDIT)
def rule_type_save(type_id: uuid.UUID) -> Response:
    """Change its name or what it groups."""
    return _save(_type(type_id))


@backoffice.post("/rules/types/<uuid:type_id>/<any(delete, restore):action>")
@requires(Permission.RULES_EDIT)
def rule_type_act(type_id: uuid.UUID, action: str) -> Response:
    """Take the heading away, or bring it back; the rules stay either way."""
    found, by = db.session.get(RuleType, type_id) or abort(404), visitors.actor()
    try:
        (delete_type if action == "delete" else restore_type)(rule_type=found, by=by)
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "error")
        return go(url_for("backoffice.rule_types"))
    told = _("Le type « %(label)s » est retiré ; ses notifications restent.", label=found.label)
    flash(told if action == "delete" else _("Le type « %(label)s » est rétabli.", label=found.label), "success")
    return go(url_for("backoffice.rule_types"))


def _type(type_id: uuid.UUID) -> RuleType:
    found = db.session.get(RuleType, type_id)
    return found if found is not None and found.deleted_at is None else abort(404)


def _save(found: RuleType | None) -> Response:
    form = TypeForm()
    _offer(form, found)
    try:
        if not form.validate_on_submit():
            raise Refused("")
        made = save_type(
            rule_type=found, label=form.label.data or "", events=form.events.data or [], by=visitors.actor()
        )
    except Refused as refused:
        db.session.rollback()
        return _form_page(_type(found.id) if found else None, form, 422, blame(form, refused))
    flash(_("Le type « %(label)s » est enregistré.", label=made.label), "success")
    return go(url_for("backoffice.rules", type=made.id))


def _offer(form: TypeForm, found: RuleType | None) -> None:
    offered = events_of_types(standing_audiences())
    standing = [each for each in (found.events if found else ()) if each not in offered]
    form.events.choices = [SelectChoice(each, event_words(each)) for each in [*offered, *standing]]


def _form_page(found: RuleType | None, form: TypeForm, status: int = 200, sentence: str = "") -> Response:
    _offer(form, found)
    groups: dict[str, list[object]] = {}
    for option in form.events:
        kind = kind_of(option.data)
        groups.setdefault(str(_(kind.plural)) if kind else str(_("Documents et accès")), []).append(option)
    asked = request.form.getlist("events") or (found.events if found else [])
    return page(
        "backoffice/rules/type.html",
        status=status,
        type=found,
        form=form,
        sentence=sentence,
        groups=groups,
        asked=set(asked),
        event_words=event_words,
    )
