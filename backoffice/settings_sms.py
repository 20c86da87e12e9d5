"""« SMS »: by which provider they leave, and a trial stage by stage with one's own number."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.settings_sms_form import SmsForm, SmsTrialForm
from backoffice.settings_tabs import settings_page
from backoffice.trial_words import told
from shared.config import config
from shared.engines.finding import pause_of
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.channels.sms_numbers import mobile
from shared.notifications.outbox import ring_bell
from shared.settings.reading import has_secret
from shared.settings.sms_provider import SECRET, change_sms_provider, sms_provider, sms_source
from shared.settings.trying import SMS, ask_trial
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/sms")
@requires(Permission.SETTINGS_SEE)
def settings_sms() -> Response:
    """The provider, locked where the machine fixes it."""
    return _page(_standing())


@backoffice.post("/settings/sms")
@requires(Permission.SETTINGS_EDIT)
def settings_sms_change() -> Response:
    """Another provider: used from the next message on."""
    form = SmsForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        change_sms_provider(
            shape=form.shape.data or "",
            url=form.address.data or "",
            account=form.account.data or "",
            key=form.key.data or "",
            sender=form.sender.data or "",
            timeout=form.timeout.data or 0,
            by=visitors.actor(),
        )
    except Refused as refusal:
        return _page(form, status=422, refusal=refusal)
    ring_bell("sms")
    flash(_("Le réglage est enregistré. « Tester » dit s’il fonctionne."), "success")
    return go(url_for("backoffice.settings_sms"))


@backoffice.post("/settings/sms/try")
@requires(Permission.SETTINGS_EDIT)
def settings_sms_try() -> Response:
    """« Tester avec mon numéro »: a worker makes it, the page follows."""
    form = SmsTrialForm()
    if not form.validate_on_submit():
        return _page(_standing(), trying=form, status=422)
    try:
        number = mobile(form.number.data or "", "number")
    except Refused as refusal:
        sentence = blame(form, refusal)
        return _page(_standing(), trying=form, tried=sentence, status=422)
    ask_trial(key=SMS, by=visitors.actor(), address=number)
    flash(_("L’essai est lancé : son résultat s’affiche ici dans quelques secondes."), "info")
    return go(url_for("backoffice.settings_sms", _anchor="essai-sms"))


def _standing() -> SmsForm:
    provider = sms_provider()
    if provider is None or sms_source() == "catcher":
        return SmsForm(formdata=None)
    data = {"shape": provider.shape, "address": provider.url, "account": provider.account, "sender": provider.sender}
    return SmsForm(formdata=None, data={**data, "timeout": int(provider.timeout)})


def _page(
    form: SmsForm,
    *,
    trying: SmsTrialForm | None = None,
    tried: str = "",
    status: int = 200,
    refusal: Refused | None = None,
) -> Response:
    sentence = blame(form, refusal) if refusal is not None else ""
    if status != 200:
        db.session.rollback()
    source = sms_source()
    return settings_page(
        "backoffice/settings/sms.html",
        blocks=("trials",),
        status=status,
        form=form,
        trying=trying or SmsTrialForm(formdata=None),
        sentence=sentence,
        tried=tried,
        source=source,
        has_key=source == "setting" and has_secret(SECRET),
        inbox_url=config().inbox_url if source == "catcher" else None,
        paused=pause_of("sms"),
        trials=told(SMS),
    )
