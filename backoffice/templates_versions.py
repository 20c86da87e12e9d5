"""Earlier texts: listed, read, put back in force; so is the one that came with the product."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._template_editor import locale_asked, names_in, template_or_404
from backoffice.reach import scope
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.saving import current_version, restore_shipped, restore_version
from shared.notifications.version_reading import differences, versions_of
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/templates/<uuid:template_id>/versions")
@requires(Permission.TEMPLATES_SEE)
def template_versions(template_id: uuid.UUID) -> Response:
    """Every version in one language, twenty at a time, however old."""
    found, locale, after = template_or_404(template_id), locale_asked(), request.args.get("after", "")
    below = int(after) if after.isdecimal() and len(after) < 9 else None
    versions = versions_of(found.id, locale, below)
    return page(
        "backoffice/templates/versions.html",
        text=found,
        locale=locale,
        versions=[version for version, _name in versions.rows],
        older=versions.older,
        names=names_in(versions),
        may_edit=bool(scope(Permission.TEMPLATES_EDIT).grants),
    )


@backoffice.get("/templates/<uuid:template_id>/versions/<uuid:version_id>")
@requires(Permission.TEMPLATES_SEE)
def template_version(template_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """One version to read before it is put back, with what it says otherwise than today's."""
    found, version = _version(template_id, version_id)
    today = current_version(found.id, version.locale)
    return page(
        "backoffice/templates/version.html",
        text=found,
        version=version,
        who=names_of([version.by]).get(version.by, version.by),
        today=today,
        lines=differences(version.body, today.body if today else ""),
        may_edit=bool(scope(Permission.TEMPLATES_EDIT).grants),
    )


@backoffice.post("/templates/<uuid:template_id>/versions/<uuid:version_id>/restore")
@requires(Permission.TEMPLATES_EDIT)
def template_restore(template_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """An earlier text comes back, as a new version."""
    _found, version = _version(template_id, version_id)
    try:
        restored = restore_version(version=version, by=visitors.actor())
        flash(_("La version %(number)s est de nouveau en vigueur.", number=version.number), "success")
    except Refused as refusal:
        restored = version
        flash(refusal.sentence, "error")
    return go(url_for("backoffice.template", template_id=template_id, locale=restored.locale))


@backoffice.post("/templates/<uuid:template_id>/restore")
@requires(Permission.TEMPLATES_EDIT)
def template_restore_shipped(template_id: uuid.UUID) -> Response:
    """Back to the text that came with the product."""
    found, locale = template_or_404(template_id), locale_asked()
    restore_shipped(template=found, locale=locale, by=visitors.actor())
    flash(_("Le texte d’origine est de nouveau en vigueur. Le vôtre reste dans les versions."), "success")
    return go(url_for("backoffice.template", template_id=template_id, locale=locale))


def _version(template_id: uuid.UUID, version_id: uuid.UUID) -> tuple[Template, TemplateVersion]:
    found, version = template_or_404(template_id), db.session.get(TemplateVersion, version_id)
    if version is None or version.template_id != found.id:
        abort(404)
    return found, version
