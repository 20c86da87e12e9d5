"""A company's own texts: made from another, named, marked, copied to, deleted."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice

from backoffice import backoffice
from backoffice._template_editor import asked, current_form, editor, locale_asked, template_or_404
from backoffice.templates_form import ArrangeForm, NewForm, family_choices, values_of
from backoffice.two_clerks import Clash, both_texts, clash, renewed
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.marking import mark_of
from shared.notifications.arranging import LOGIN, arrange, create, delete, standing
from shared.notifications.models import Template
from shared.notifications.version_reading import versions_of
from shared.people.models import Family
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/templates/new")
@requires(Permission.TEMPLATES_EDIT)
def templates_new() -> Response:
    """Which text to start from, and what to call it."""
    return _new(_filled(NewForm(formdata=None, data={"source": request.args.get("source", "")})))


@backoffice.post("/templates/new")
@requires(Permission.TEMPLATES_EDIT)
def templates_create() -> Response:
    """Make the copy, and open it."""
    form = _filled(NewForm())
    if not form.validate_on_submit():
        return _new(form, status=422)
    try:
        made = create(
            source=template_or_404(uuid.UUID(form.source.data)),
            label=form.label.data or "",
            family_id=asked("family_id"),
            by=visitors.actor(),
        )
    except Refused as refusal:
        return _new(form, status=422, sentence=blame(form, refusal))
    flash(_("« %(label)s » est créé. Écrivez son texte.", label=made.label), "success")
    return go(url_for("backoffice.template", template_id=made.id))


@backoffice.post("/templates/<uuid:template_id>/settings")
@requires(Permission.TEMPLATES_EDIT)
def template_arrange(template_id: uuid.UUID) -> Response:
    """Name, family, kind and blind copies; what is refused is said beside its field."""
    found, locale, form = template_or_404(template_id), locale_asked(), ArrangeForm()
    form.family_id.choices = family_choices(_families())
    kind = form.kind.data if found.context not in LOGIN and form.kind.data else found.kind
    if found.context in LOGIN:
        form.kind.validators, form.kind.validate_choice = [], False
    sentence, status, both = "", 422, None
    if form.validate_on_submit():
        try:
            arrange(
                template=found,
                label=form.label.data or "",
                family_id=asked("family_id"),
                kind=kind,
                blind_copies=form.blind_copies.data or "",
                seen=form.seen.data or "",
                by=visitors.actor(),
            )
            flash(_("Réglages du modèle enregistrés."), "success")
            return go(url_for("backoffice.template", template_id=found.id, locale=locale))
        except Stale as stale:
            status, both = 409, _clash(found, form, stale)
        except Refused as refusal:
            sentence = blame(form, refusal)
    text = current_form(found, locale, versions_of(found.id, locale))
    return editor(found, locale, text, status=status, arranging=form, arranging_sentence=sentence, clash=both)


@backoffice.post("/templates/<uuid:template_id>/delete")
@requires(Permission.TEMPLATES_EDIT)
def template_delete(template_id: uuid.UUID) -> Response:
    """Out of the lists, unless something uses it: the sentence says what."""
    found = template_or_404(template_id)
    try:
        delete(template=found, by=visitors.actor())
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return go(url_for("backoffice.template", template_id=found.id))
    flash(
        _("« %(label)s » est supprimé ; les messages déjà partis restent dans l’historique.", label=found.label),
        "success",
    )
    return go(url_for("backoffice.templates"))


def _clash(found: Template, form: ArrangeForm, stale: Stale) -> Clash:
    """Both texts; the form then bears the mark of what stands."""
    renewed(form.seen, mark_of(standing(found)))
    hidden = ("kind", "blind_copies") if found.context in LOGIN else ()
    stands = {name: value for name, value in values_of(found).items() if name not in hidden}
    told = (Event.name == "template.changed", Event.facts["template"].astext == found.label)
    return clash(stale, both_texts(form, stands), *told)


def _new(form: NewForm, status: int = 200, sentence: str = "") -> Response:
    return page("backoffice/templates/new.html", status=status, form=form, sentence=sentence)


def _filled(form: NewForm) -> NewForm:
    stands = (Template.deleted_at.is_(None), Template.context.not_in(LOGIN))
    texts = db.session.execute(select(Template.id, Template.label).where(*stands).order_by(Template.label))
    form.source.choices = [SelectChoice(str(row.id), row.label) for row in texts]
    form.family_id.choices = family_choices(_families())
    return form


def _families() -> list[Family]:
    return list(db.session.scalars(select(Family).order_by(Family.position)))
