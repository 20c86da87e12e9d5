"""State codes: the states that the company itself gives its interventions, such as 103 « Intervention planifiée »."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.two_clerks import Clash, both_texts, clash, renewed
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.records.coding import add_code, codes, kinds_with_codes, remove_code, rename_code, reopen_code
from shared.records.models import StateCode
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


class CodeForm(FlaskForm):
    """One code of one kind of record."""

    kind = SelectField(lazy_gettext("Pièce"), choices=[])
    code = StringField(lazy_gettext("Code"), [InputRequired(lazy_gettext("Donnez le code.")), Length(max=20)])
    label = StringField(lazy_gettext("Libellé"), [InputRequired(lazy_gettext("Donnez un libellé.")), Length(max=80)])


class LabelForm(FlaskForm):
    """The libellé of a code that stands; `seen` is the one that it was opened with."""

    seen = HiddenField()
    label = StringField(lazy_gettext("Libellé"), [InputRequired(lazy_gettext("Donnez un libellé.")), Length(max=80)])


@backoffice.get("/state-codes")
@requires(Permission.RULES_SEE)
def state_codes() -> Response:
    """Every code; the closed ones last."""
    return _page(CodeForm(formdata=None))


@backoffice.post("/state-codes")
@requires(Permission.RULES_EDIT)
def state_code_add() -> Response:
    """A new code: it may be entered and asked for by a rule at once."""
    form = CodeForm()
    form.kind.choices = [SelectChoice(key, label) for key, label in _kinds()]
    try:
        if not form.validate_on_submit():
            raise Refused("")
        typed = {name: form[name].data or "" for name in ("kind", "code", "label")}
        made = add_code(**typed, by=visitors.actor())
    except Refused as refused:
        db.session.rollback()
        return _page(form, 422, blame(form, refused))
    flash(_("Le code %(code)s est ajouté : une notification peut le demander.", code=made.code), "success")
    return go(url_for("backoffice.state_codes"))


@backoffice.get("/state-codes/<uuid:code_id>")
@requires(Permission.RULES_EDIT)
def state_code(code_id: uuid.UUID) -> Response:
    """One code: another libellé."""
    found = _code(code_id)
    return _one(found, LabelForm(formdata=None, data={"label": found.label, "seen": found.label}))


@backoffice.post("/state-codes/<uuid:code_id>")
@requires(Permission.RULES_EDIT)
def state_code_rename(code_id: uuid.UUID) -> Response:
    """The records that bear it keep it, under its new name."""
    found, form = _code(code_id), LabelForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        rename_code(code=found, label=form.label.data or "", seen=form.seen.data or "", by=visitors.actor())
    except Stale as stale:
        renewed(form.seen, found.label)
        facts = (Event.facts["kind"].astext == found.kind, Event.facts["code"].astext == found.code)
        both = clash(stale, both_texts(form, {"label": found.label}), Event.name == "state_code.changed", *facts)
        return _one(found, form, 409, both=both)
    except Refused as refused:
        db.session.rollback()
        return _one(_code(code_id), form, 422, blame(form, refused))
    flash(_("Le code %(code)s s’appelle « %(label)s ».", code=found.code, label=found.label), "success")
    return go(url_for("backoffice.state_codes"))


@backoffice.post("/state-codes/<uuid:code_id>/<any(remove, reopen):action>")
@requires(Permission.RULES_EDIT)
def state_code_act(code_id: uuid.UUID, action: str) -> Response:
    """Delete what nothing bears, close what something does; open a closed one again."""
    found, by = _code(code_id), visitors.actor()
    code = found.code
    if action == "reopen":
        reopen_code(code=found, by=by)
        flash(_("Le code %(code)s est de nouveau proposé.", code=code), "success")
    elif remove_code(code=found, by=by):
        flash(_("Le code %(code)s est supprimé : rien ne le portait.", code=code), "success")
    else:
        flash(_("Le code %(code)s sert : il est fermé. Les pièces qui le portent le gardent.", code=code), "success")
    return go(url_for("backoffice.state_codes"))


def _code(code_id: uuid.UUID) -> StateCode:
    return db.session.get(StateCode, code_id) or abort(404)


def _kinds() -> list[tuple[str, str]]:
    return [(key, str(_(label))) for key, label in kinds_with_codes().items()]


def _page(form: CodeForm, status: int = 200, sentence: str = "") -> Response:
    form.kind.choices = [SelectChoice(key, label) for key, label in _kinds()]
    return page(
        "backoffice/rules/codes.html",
        status=status,
        codes=codes(),
        kinds=dict(_kinds()),
        form=form,
        sentence=sentence,
        may_edit=bool(scope(Permission.RULES_EDIT).grants),
    )


def _one(
    found: StateCode, form: LabelForm, status: int = 200, sentence: str = "", both: Clash | None = None
) -> Response:
    return page(
        "backoffice/rules/code.html",
        status=status,
        code=found,
        kinds=dict(_kinds()),
        form=form,
        sentence=sentence,
        clash=both,
    )
