"""The texts: a list, and an editor whose saves are versions."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from backoffice import backoffice
from backoffice._template_editor import current_form, editor, locale_asked, template_or_404, template_with_versions
from backoffice.reach import scope
from backoffice.templates_form import TemplateForm
from backoffice.templates_groups import grouped
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.extensions import db
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.saving import current_version, save
from shared.people.models import Family
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/templates")
@requires(Permission.TEMPLATES_SEE)
def templates() -> Response:
    """Every text that the product sends, with its version in force, and whether it exists in English."""
    english = aliased(TemplateVersion)
    spoken = select(func.count()).where(english.template_id == Template.id, english.locale == "en", english.is_current)
    rows = db.session.execute(
        select(Template, TemplateVersion, Family.label, spoken.scalar_subquery())
        .join(TemplateVersion, TemplateVersion.template_id == Template.id)
        .outerjoin(Family, Family.id == Template.family_id)
        .where(TemplateVersion.is_current, TemplateVersion.locale == "fr", Template.deleted_at.is_(None))
        .order_by(Template.label)
    ).all()
    q = request.args.get("q", "").strip()
    return page(
        "backoffice/templates/list.html",
        blocks=("results",),
        groups=grouped(rows, q),
        q=q,
        names=names_of(row[1].by for row in rows),
        may_edit=bool(scope(Permission.TEMPLATES_EDIT).grants),
    )


@backoffice.get("/templates/<uuid:template_id>")
@requires(Permission.TEMPLATES_SEE)
def template(template_id: uuid.UUID) -> Response:
    """The editor, with the text in force."""
    locale = locale_asked()
    found, versions = template_with_versions(template_id, locale)
    return editor(found, locale, current_form(found, locale, versions), versions=versions)


@backoffice.post("/templates/<uuid:template_id>")
@requires(Permission.TEMPLATES_EDIT)
def template_save(template_id: uuid.UUID) -> Response:
    """Save a new version; an unknown field, or somebody else's save, is said beside the text, which stays as typed."""
    found, locale, form = template_or_404(template_id), locale_asked(), TemplateForm()
    if not form.validate_on_submit():
        return editor(found, locale, form, status=422)
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else 0
    subject, body = form.subject.data or "", form.body.data or ""
    try:
        version = save(template=found, locale=locale, subject=subject, body=body, seen=seen, by=visitors.actor())
    except Stale as stale:
        theirs = current_version(found.id, locale)
        form.seen.data = str(theirs.number) if theirs else "0"  # both texts were shown: the next save starts from these
        form.seen.raw_data = None
        return editor(found, locale, form, status=409, sentence=stale.sentence, theirs=theirs)
    except Refused as refusal:
        field = form.body if refusal.field == "body" else form.subject
        field.errors = [*field.errors, refusal.sentence]
        return editor(found, locale, form, status=422)
    flash(_("Version %(number)s enregistrée. Les messages à venir l’utiliseront.", number=version.number), "success")
    return go(url_for("backoffice.template", template_id=found.id, locale=locale))
