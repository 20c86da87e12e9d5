"""Earlier texts, and the one that came with the product, put back in force."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._template_editor import locale_asked, template_or_404
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.models import TemplateVersion
from shared.notifications.saving import restore_shipped, restore_version
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.post("/templates/<uuid:template_id>/versions/<uuid:version_id>/restore")
@requires(Permission.TEMPLATES_EDIT)
def template_restore(template_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """An earlier text comes back, as a new version."""
    version = db.session.get(TemplateVersion, version_id)
    if version is None or version.template_id != template_or_404(template_id).id:
        abort(404)
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
