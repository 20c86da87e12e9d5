"""A text before anybody receives it: how it reads for a party, the value of each field, a message to oneself."""

import uuid

from flask import Response, flash, request
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._template_editor import asked, editor, locale_asked, template_or_404, trial_of
from backoffice.reach import scope
from backoffice.templates_form import TemplateForm
from shared.errors import Refused
from shared.notifications.sampling import send_trial
from shared.web import visitors
from shared.web.page import page
from shared.web.permissions import Permission, requires


@backoffice.post("/templates/<uuid:template_id>/preview")
@requires(Permission.TEMPLATES_SEE)
def template_preview(template_id: uuid.UUID) -> Response:
    """How the text as typed reads for the party chosen; nothing is saved."""
    found, locale = template_or_404(template_id), locale_asked()
    form = TemplateForm(meta={"csrf": False})
    return page("backoffice/templates/preview.html", status=200, locale=locale, **trial_of(found, locale, form))


@backoffice.post("/templates/<uuid:template_id>/trial")
@requires(Permission.TEMPLATES_EDIT)
def template_trial(template_id: uuid.UUID) -> Response:
    """The text as typed leaves for whoever asks; nothing is saved."""
    found, locale, form = template_or_404(template_id), locale_asked(), TemplateForm()
    staff, status = visitors.staff(), 200
    try:
        send_trial(
            template=found,
            locale=locale,
            subject=form.subject.data or "",
            body=form.body.data or "",
            staff=staff,
            by=visitors.actor(),
            scope=scope(Permission.PARTIES_SEE),
            party_id=None if request.form.get("made_up") else asked("party"),
            document_id=asked("document"),
        )
        flash(_("Un essai part vers %(address)s. Rien n’est enregistré.", address=staff.email), "success")
    except Refused as refusal:
        status = 422
        flash(refusal.sentence, "error")
    if request.headers.get("HX-Request"):
        shown = trial_of(found, locale, form)
        return page("backoffice/templates/preview.html", status=status, locale=locale, **shown)
    return editor(found, locale, form, status=status)
