"""« Portail »: automatic or manual synchronisation, its last run, and how long what the portal sends works."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.run_words import told_run
from backoffice.settings_clash import Panel, answer, check, marked
from backoffice.settings_form import ByMailForm, DelaysForm, ModeForm
from backoffice.settings_panels import BY_MAIL, DELAYED, DELAYS, MODE
from backoffice.settings_tabs import settings_page
from shared.access import running
from shared.access.wanting import ring_if_automatic
from shared.config import config
from shared.errors import Refused, Stale
from shared.settings.changing import change
from shared.settings.reading import is_automatic
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/portal")
@requires(Permission.SETTINGS_SEE)
def settings_portal() -> Response:
    """The panels."""
    return _page()


@backoffice.post("/settings/mode")
@requires(Permission.SETTINGS_EDIT)
def settings_mode() -> Response:
    """Automatic or manual; going back to automatic applies what waited."""
    form = ModeForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        check(form, MODE)
    except Stale as stale:
        return _page(form, status=409, refusal=stale, panel=MODE)
    change(key="synchronisation", value=form.synchronisation.data, by=visitors.actor())
    ring_if_automatic()
    return _saved()


@backoffice.post("/settings/delays")
@requires(Permission.SETTINGS_EDIT)
def settings_delays() -> Response:
    """All five, or none."""
    form = DelaysForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        check(form, DELAYED)
        for key in DELAYS:
            change(key=key, value=form[key].data, by=visitors.actor())
    except Refused as refusal:
        return _page(form, status=422, refusal=refusal, panel=DELAYED)
    return _saved()


@backoffice.post("/settings/password-by-mail")
@requires(Permission.SETTINGS_EDIT)
def settings_password_by_mail() -> Response:
    """Whether #mot_de_passe# may stand in an e-mail; a text that holds it already waits as a draft when it may not."""
    form = ByMailForm()
    try:
        check(form, BY_MAIL)
    except Stale as stale:
        return _page(form, status=409, refusal=stale, panel=BY_MAIL)
    change(key="password_by_mail", value=form.allowed.data, by=visitors.actor())
    return _saved()


def _saved() -> Response:
    flash(_("Le réglage est enregistré."), "success")
    return go(url_for("backoffice.settings_portal"))


def _page(
    refused: FlaskForm | None = None, status: int = 200, refusal: Refused | None = None, panel: Panel | None = None
) -> Response:
    outcome = answer(refused, refusal, panel, status)
    return settings_page(
        "backoffice/settings/portal.html",
        blocks=("run",),
        **outcome,
        tab=url_for("backoffice.settings_portal"),
        mode_form=_form(ModeForm, refused, MODE),
        delays_form=_form(DelaysForm, refused, DELAYED),
        by_mail_form=_form(ByMailForm, refused, BY_MAIL),
        refused=refused,
        public_url=config().public_url,
        run=told_run(),
        applied=running.last_applied(),
        automatic=is_automatic(),
        may_synchronise=bool(scope(Permission.SYNCHRONISE).grants),
    )


def _form(kind: type[FlaskForm], refused: FlaskForm | None, panel: Panel) -> FlaskForm:
    """As it was typed when it is the one that was refused, else as it stands."""
    return refused if isinstance(refused, kind) else marked(kind(formdata=None, data=panel.stands()), panel)
