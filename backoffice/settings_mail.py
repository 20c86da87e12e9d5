"""« Messagerie »: by which server messages leave, its trial stage by stage, and what waits for it."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.settings_clash import answer, check, marked
from backoffice.settings_form import MailForm
from backoffice.settings_panels import MAILING
from backoffice.settings_tabs import settings_page
from backoffice.trial_words import told
from shared.config import config
from shared.engines.finding import look
from shared.errors import Refused
from shared.notifications.outbox import ring_bell
from shared.settings.mail_server import SECRET, change_mail_server, mail_server, mail_source
from shared.settings.reading import has_secret
from shared.settings.trying import MAIL, ask_trial
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/mail")
@requires(Permission.SETTINGS_SEE)
def settings_mail() -> Response:
    """The server, locked where the machine fixes it."""
    return _page(marked(_standing(), MAILING))


@backoffice.post("/settings/mail")
@requires(Permission.SETTINGS_EDIT)
def settings_mail_change() -> Response:
    """Another server: used from the next message on, and tried at once, so that no trial of the former one stays."""
    form = MailForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        check(form, MAILING)
        change_mail_server(
            host=form.host.data or "",
            port=form.port.data or 0,
            tls=form.tls.data,
            username=form.username.data or "",
            password=form.password.data or "",
            keeps_password=not form.forget.data,
            timeout=form.timeout.data or 0,
            by=visitors.actor(),
        )
    except Refused as refusal:
        return _page(form, status=422, refusal=refusal)
    ring_bell("email")
    ask_trial(key=MAIL, by=visitors.actor(), address=visitors.staff().email)
    flash(_("Le réglage est enregistré. L’essai commence."), "success")
    return go(url_for("backoffice.settings_mail", _anchor="essai-mail"))


def _standing() -> MailForm:
    if mail_source() == "catcher":
        return MailForm(formdata=None)
    server = mail_server()
    data = {"host": server.host, "port": server.port, "tls": server.tls, "username": server.username or ""}
    return MailForm(formdata=None, data={**data, "timeout": int(server.timeout)})


def _page(form: MailForm, status: int = 200, refusal: Refused | None = None) -> Response:
    outcome = answer(form, refusal, MAILING, status)
    source = mail_source()
    return settings_page(
        "backoffice/settings/mail.html",
        blocks=("trials",),
        **outcome,
        form=form,
        source=source,
        has_password=has_secret(SECRET) if source == "setting" else bool(mail_server().password),
        inbox_url=config().inbox_url if source == "catcher" else None,
        mail=look().mail,
        trials=told(MAIL),
    )
