"""The texts: a list, an editor with the fields to insert, how it reads for a real party, its versions."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from backoffice import backoffice
from backoffice.reach import scope
from shared.errors import Refused, Stale
from shared.events.actors import WORDS, names_of, staff_name
from shared.extensions import db
from shared.notifications.entrusting import context_of
from shared.notifications.fields import offered
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.saving import current_version, restore_shipped, restore_version, save
from shared.notifications.trying import Trial, lacking, parties_to_try, try_on
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

LOCALES = {"fr": "Français", "en": "English"}


class TemplateForm(FlaskForm):
    """Subject and text of one version; `seen` is the number of the version that was opened."""

    subject = StringField(lazy_gettext("Objet"), validators=[InputRequired(), Length(max=200)])
    body = TextAreaField(lazy_gettext("Message"), validators=[InputRequired(), Length(max=20_000)])
    seen = HiddenField()


@backoffice.get("/templates")
@requires(Permission.TEMPLATES_SEE)
def templates() -> Response:
    """Every text that the product sends, with its version in force."""
    rows = db.session.execute(
        select(Template, TemplateVersion)
        .join(TemplateVersion, TemplateVersion.template_id == Template.id)
        .where(TemplateVersion.is_current, TemplateVersion.locale == "fr", Template.deleted_at.is_(None))
        .order_by(Template.context, Template.label)
    ).all()
    return page("backoffice/templates/list.html", rows=rows, names=names_of(version.by for _t, version in rows))


@backoffice.get("/templates/<uuid:template_id>")
@requires(Permission.TEMPLATES_SEE)
def template(template_id: uuid.UUID) -> Response:
    """The editor, with the text in force."""
    found, locale = _template(template_id), _locale()
    versions = _versions(found, locale)
    current = next((version for version, _name in versions if version.is_current), None)
    form = TemplateForm(
        formdata=None,
        data={
            "subject": current.subject if current else "",
            "body": current.body if current else "",
            "seen": current.number if current else 0,
        },
    )
    return _editor(found, locale, form, versions=versions)


@backoffice.post("/templates/<uuid:template_id>")
@requires(Permission.TEMPLATES_EDIT)
def template_save(template_id: uuid.UUID) -> Response:
    """Save a new version; an unknown field, or somebody else's save, is said beside the text, which stays as typed."""
    found, locale, form = _template(template_id), _locale(), TemplateForm()
    if not form.validate_on_submit():
        return _editor(found, locale, form, status=422)
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else 0
    subject, body = form.subject.data or "", form.body.data or ""
    try:
        version = save(template=found, locale=locale, subject=subject, body=body, seen=seen, by=visitors.actor())
    except Stale as stale:
        return _editor(
            found, locale, form, status=409, sentence=stale.sentence, theirs=current_version(found.id, locale)
        )
    except Refused as refusal:
        field = form.body if refusal.field == "body" else form.subject
        field.errors = [*field.errors, refusal.sentence]
        return _editor(found, locale, form, status=422)
    flash(_("Version %(number)s enregistrée. Les messages à venir l’utiliseront.", number=version.number), "success")
    return go(url_for("backoffice.template", template_id=found.id, locale=locale))


@backoffice.post("/templates/<uuid:template_id>/preview")
@requires(Permission.TEMPLATES_SEE)
def template_preview(template_id: uuid.UUID) -> Response:
    """How the text as typed reads for the party chosen; nothing is saved."""
    found, locale = _template(template_id), _locale()
    form = TemplateForm(meta={"csrf": False})
    return page("backoffice/templates/preview.html", status=200, locale=locale, **_trial(found, locale, form))


@backoffice.post("/templates/<uuid:template_id>/versions/<uuid:version_id>/restore")
@requires(Permission.TEMPLATES_EDIT)
def template_restore(template_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """An earlier text comes back, as a new version."""
    version = db.session.get(TemplateVersion, version_id)
    if version is None or version.template_id != _template(template_id).id:
        abort(404)
    restored = restore_version(version=version, by=visitors.actor())
    flash(_("La version %(number)s est de nouveau en vigueur.", number=version.number), "success")
    return go(url_for("backoffice.template", template_id=template_id, locale=restored.locale))


@backoffice.post("/templates/<uuid:template_id>/restore")
@requires(Permission.TEMPLATES_EDIT)
def template_restore_shipped(template_id: uuid.UUID) -> Response:
    """Back to the text that came with the product."""
    found, locale = _template(template_id), _locale()
    restore_shipped(template=found, locale=locale, by=visitors.actor())
    flash(_("Le texte d’origine est de nouveau en vigueur. Le vôtre reste dans les versions."), "success")
    return go(url_for("backoffice.template", template_id=template_id, locale=locale))


def _editor(
    found: Template,
    locale: str,
    form: TemplateForm,
    *,
    status: int = 200,
    sentence: str = "",
    theirs: TemplateVersion | None = None,
    versions: list[tuple[TemplateVersion, str | None]] | None = None,
) -> Response:
    versions = _versions(found, locale) if versions is None else versions
    seen = scope(Permission.TEMPLATES_EDIT)
    return page(
        "backoffice/templates/edit.html",
        status=status,
        text=found,
        locale=locale,
        locales=LOCALES,
        form=form,
        sentence=sentence,
        theirs=theirs,
        fields=offered(context_of(found.context)),
        versions=[version for version, _name in versions],
        names={version.by: name or WORDS.get(version.by, version.by) for version, name in versions},
        may_edit=bool(seen.grants),
        **_trial(found, locale, form),
    )


def _versions(found: Template, locale: str) -> list[tuple[TemplateVersion, str | None]]:
    """The latest texts, the one in force first, each with the name of the member of staff who wrote it."""
    query = (
        select(TemplateVersion, staff_name(TemplateVersion.by.expression))
        .where(TemplateVersion.template_id == found.id, TemplateVersion.locale == locale)
        .order_by(TemplateVersion.number.desc())
        .limit(20)
    )
    return [(version, name) for version, name in db.session.execute(query)]


def _trial(found: Template, locale: str, form: TemplateForm) -> dict[str, object]:
    """The text tried on the party of the address bar or form, and the parties for whom it would have holes."""
    reach = scope(Permission.PARTIES_SEE)
    subject, body = form.subject.data or "", form.body.data or ""
    parties = parties_to_try(reach)
    party_id = _party_id() or next((row.id for row in parties), None)
    trial: Trial | None = None
    problem, holes = "", []
    try:
        if party_id is not None and body:
            trial = try_on(
                subject=subject,
                body=body,
                context=found.context,
                locale=locale,
                party_id=party_id,
                scope=reach,
                known=parties,
            )
        if found.context == "document" and body:
            holes = lacking(subject=subject, body=body, template=found, locale=locale, scope=reach)
    except Refused as refusal:
        problem = refusal.sentence
    return {"trial": trial, "problem": problem, "holes": holes, "party_id": party_id, "parties": parties}


def _template(template_id: uuid.UUID) -> Template:
    found = db.session.get(Template, template_id)
    if found is None or found.deleted_at is not None:
        abort(404)
    return found


def _locale() -> str:
    asked = request.args.get("locale", "fr")
    return asked if asked in LOCALES else "fr"


def _party_id() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.values.get("party", ""))
    except ValueError:
        return None
