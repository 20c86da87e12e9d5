"""« Retours »: the mailbox and the webhook by which delivery reports come back, each tried from here."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.settings_bounces_form import MailboxForm
from backoffice.settings_tabs import settings_page
from backoffice.trial_words import told
from shared.config import config
from shared.errors import Refused
from shared.extensions import db
from shared.intake.trying import ask_trial
from shared.notifications import webhook
from shared.settings.bounce_mailbox import bounce_mailbox, bounce_source, change_bounce_mailbox
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go
from shared.web.permissions import Permission, requires

KIND = "bounces"


@backoffice.get("/settings/bounces")
@requires(Permission.SETTINGS_SEE)
def settings_bounces() -> Response:
    """The mailbox, locked where the machine fixes it, its last trial, and the webhook."""
    return _page(_standing())


@backoffice.post("/settings/bounces")
@requires(Permission.SETTINGS_EDIT)
def settings_bounces_save() -> Response:
    """Another mailbox, tried at once."""
    form = MailboxForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        change_bounce_mailbox(
            host=form.host.data or "",
            port=form.port.data or 0,
            tls=form.tls.data,
            username=form.username.data or "",
            password=form.password.data or "",
            folder=form.folder.data or "",
            by=visitors.actor(),
        )
    except Refused as refusal:
        return _page(form, 422, sentence=blame(form, refusal))
    if bounce_mailbox() is None:
        flash(_("Plus aucune boîte n’est lue. Les retours déjà classés restent dans l’historique."), "success")
        return go(url_for("backoffice.settings_bounces"))
    ask_trial(kind=KIND, by=visitors.actor())
    flash(_("La boîte est enregistrée. L’essai commence."), "success")
    return go(url_for("backoffice.settings_bounces"))


@backoffice.post("/settings/bounces/test")
@requires(Permission.SETTINGS_EDIT)
def settings_bounces_test() -> Response:
    """Ask for a test; a job makes it, and moves nothing in the mailbox."""
    ask_trial(kind=KIND, by=visitors.actor())
    return go(url_for("backoffice.settings_bounces"))


@backoffice.post("/settings/bounces/webhook")
@requires(Permission.SETTINGS_EDIT)
def settings_bounces_webhook() -> Response:
    """Show the address of the webhook, this once, or make a new one and show that."""
    if request.form.get("renew") == "1":
        webhook.renew(by=visitors.actor())
    answer = _page(_standing(), webhook_url=webhook.show(by=visitors.actor()))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _standing() -> MailboxForm:
    imap = bounce_mailbox()
    if imap is None:
        return MailboxForm(formdata=None)
    names = ("host", "port", "tls", "username", "folder")
    return MailboxForm(formdata=None, data={name: getattr(imap, name) for name in names})


def _page(form: MailboxForm, status: int = 200, sentence: str = "", **more: Any) -> Response:
    if status != 200:
        db.session.rollback()
    return settings_page(
        "backoffice/settings/bounces.html",
        blocks=("trials",),
        status=status,
        form=form,
        sentence=sentence,
        source=bounce_source(),
        has_password=bounce_mailbox() is not None,
        envelope=f"bounce+…@{config().envelope_domain}",
        trials=told(KIND),
        **more,
    )
