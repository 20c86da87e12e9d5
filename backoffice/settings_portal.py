"""« Portail »: automatic or manual synchronisation, its last run, and how long what the portal sends works."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.run_words import told_run
from backoffice.settings_form import DelaysForm, ModeForm
from backoffice.settings_tabs import settings_page
from shared.access import running
from shared.access.wanting import ring_if_automatic
from shared.config import config
from shared.errors import Refused
from shared.extensions import db
from shared.settings.changing import change
from shared.settings.reading import is_automatic, setting
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go
from shared.web.permissions import Permission, requires

DELAYS = (
    "grouping_window_seconds",
    "activation_link_hours",
    "reset_link_hours",
    "document_link_days",
    "initial_password_days",
)


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
        for key in DELAYS:
            change(key=key, value=form[key].data, by=visitors.actor())
    except Refused as refusal:
        return _page(form, status=422, refusal=refusal)
    return _saved()


@backoffice.post("/settings/password-by-mail")
@requires(Permission.SETTINGS_EDIT)
def settings_password_by_mail() -> Response:
    """Whether #mot_de_passe# may stand in an e-mail; a text that holds it already waits as a draft when it may not."""
    change(key="password_by_mail", value=bool(request.form.get("allowed")), by=visitors.actor())
    return _saved()


def _saved() -> Response:
    flash(_("Le réglage est enregistré."), "success")
    return go(url_for("backoffice.settings_portal"))


def _page(refused: FlaskForm | None = None, status: int = 200, refusal: Refused | None = None) -> Response:
    sentence = blame(refused, refusal) if refused is not None and refusal is not None else ""
    if status != 200:
        db.session.rollback()
    mode = {"synchronisation": setting("synchronisation")}
    return settings_page(
        "backoffice/settings/portal.html",
        blocks=("run",),
        status=status,
        mode_form=refused if isinstance(refused, ModeForm) else ModeForm(formdata=None, data=mode),
        delays_form=refused
        if isinstance(refused, DelaysForm)
        else DelaysForm(formdata=None, data={key: setting(key) for key in DELAYS}),
        refused=refused,
        sentence=sentence,
        public_url=config().public_url,
        run=told_run(),
        applied=running.last_applied(),
        automatic=is_automatic(),
        password_by_mail=setting("password_by_mail"),
        may_synchronise=bool(scope(Permission.SYNCHRONISE).grants),
    )
