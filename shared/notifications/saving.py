"""Editing a text: each save is a version, kept for ever; nobody overwrites what somebody else just wrote."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.arranging import check_copied
from shared.notifications.entrusting import context_for
from shared.notifications.fields import check
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.promoting import check_promotion
from shared.notifications.shipped import shipped_messages


def save(*, template: Template, locale: str, subject: str, body: str, seen: int, by: str) -> TemplateVersion:
    """Make a new current version; `seen` is the number of the version that was being edited.

    Raises Refused for an unknown field or an empty text, Stale when somebody saved in between.
    """
    body = body.replace("\r\n", "\n").strip()
    subject = " ".join(subject.split())
    check(subject, body, context_for(template))
    check_promotion(template.kind, body)
    check_copied(template, body)
    current = current_version(template.id, locale, lock=True)
    if current is not None and current.number != seen:
        raise Stale(
            _("Quelqu’un d’autre a enregistré ce modèle entre-temps : comparez les deux textes, puis enregistrez.")
        )
    if current is not None and (current.subject, current.body) == (subject, body):
        return current
    version = _replace(template, locale, current, subject, body, by)
    record("template.saved", by=by, facts={"template": template.key, "locale": locale, "version": version.number})
    return version


def restore_version(*, version: TemplateVersion, by: str) -> TemplateVersion:
    """Make an earlier text current again, as a new version. Raises Refused where the template no longer allows it."""
    template = version.template
    check_promotion(template.kind, version.body)
    check_copied(template, version.body)
    current = current_version(template.id, version.locale, lock=True)
    restored = _replace(template, version.locale, current, version.subject, version.body, by)
    restored.shipped_hash = version.shipped_hash
    record("template.restored", by=by, facts={"template": template.key, "version": version.number})
    return restored


def restore_shipped(*, template: Template, locale: str, by: str) -> TemplateVersion:
    """Back to the text that came with the product; raises Refused for a template that never shipped in it."""
    shipped = next((m for m in shipped_messages() if (m.key, m.locale) == (template.key, locale)), None)
    if shipped is None:
        raise Refused(_("Ce modèle n’a pas de texte d’origine dans cette langue."))
    current = current_version(template.id, locale, lock=True)
    restored = _replace(template, locale, current, shipped.subject, shipped.body, by)
    restored.shipped_hash = shipped.digest
    record("template.restored", by=by, facts={"template": template.key, "version": 0})
    return restored


def current_version(template_id: uuid.UUID, locale: str, *, lock: bool = False) -> TemplateVersion | None:
    """The text in force in one language; with `lock`, nobody else may replace it before we have."""
    query = select(TemplateVersion).where(
        TemplateVersion.template_id == template_id, TemplateVersion.locale == locale, TemplateVersion.is_current
    )
    return db.session.scalars(query.with_for_update() if lock else query).first()


def _replace(
    template: Template, locale: str, current: TemplateVersion | None, subject: str, body: str, by: str
) -> TemplateVersion:
    if current is not None:
        current.is_current = False
        db.session.flush()  # only one text is current
    last = db.session.scalar(
        select(func.max(TemplateVersion.number)).where(
            TemplateVersion.template_id == template.id, TemplateVersion.locale == locale
        )
    )
    version = TemplateVersion(
        template_id=template.id, locale=locale, number=(last or 0) + 1, subject=subject, body=body, by=by
    )
    db.session.add(version)
    db.session.flush()
    return version
