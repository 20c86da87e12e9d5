"""« Paramètres internet », tab Serveur: who the installation is and who writes to each family; and the search."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select

from backoffice import backoffice
from backoffice.settings_clash import Panel, answer, check, marked
from backoffice.settings_form import CompanyForm, DomainsForm, FamilyForm
from backoffice.settings_index import found
from backoffice.settings_panels import DOMAINS, LEGAL, family_panel
from backoffice.settings_tabs import settings_page
from backoffice.trial_words import told
from shared.config import config
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.people.models import ConsentState, Family
from shared.settings.branding import change_family, change_legal, change_sender_domains
from shared.settings.identity import identity
from shared.settings.reading import company, has_secret, mail_domain, setting
from shared.settings.trying import SENDER, SERVER
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings")
@requires(Permission.SETTINGS_SEE)
def settings() -> Response:
    """Every panel, or the settings whose words are searched."""
    return _page()


@backoffice.post("/settings/company")
@requires(Permission.SETTINGS_EDIT)
def settings_company() -> Response:
    """The legal line."""
    form = CompanyForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        check(form, LEGAL)
    except Stale as stale:
        return _page(form, status=409, refusal=stale, panel=LEGAL)
    change_legal(legal=form.legal.data or "", by=visitors.actor())
    return _saved()


@backoffice.post("/settings/domains")
@requires(Permission.SETTINGS_EDIT)
def settings_domains() -> Response:
    """The domains from which the company may write."""
    form = DomainsForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        check(form, DOMAINS)
        change_sender_domains(text=form.domains.data or "", by=visitors.actor())
    except Refused as refusal:
        return _page(form, status=422, refusal=refusal, panel=DOMAINS)
    return _saved()


@backoffice.post("/settings/families/<key>")
@requires(Permission.SETTINGS_EDIT)
def settings_family(key: str) -> Response:
    """Sender, reply address and supposed agreement of one family."""
    family = db.session.scalars(select(Family).where(Family.key == key)).one_or_none()
    if family is None:
        abort(404)
    form = FamilyForm()
    if not form.validate_on_submit():
        return _page(form, status=422, key=key)
    try:
        check(form, family_panel(family))
        change_family(
            family=family,
            sender_name=form.sender_name.data or "",
            sender_address=form.sender_address.data or "",
            reply_to=form.reply_to.data or "",
            default_consent=ConsentState(form.default_consent.data) if form.default_consent.data else None,
            by=visitors.actor(),
        )
    except Refused as refusal:
        return _page(form, status=422, key=key, refusal=refusal, panel=family_panel(family))
    return _saved()


def _saved() -> Response:
    flash(_("Le réglage est enregistré."), "success")
    return go(url_for("backoffice.settings"))


def _page(
    refused: FlaskForm | None = None,
    status: int = 200,
    key: str = "",
    refusal: Refused | None = None,
    panel: Panel | None = None,
) -> Response:
    """All panels as they stand, but the one that was refused, which keeps what was typed."""
    outcome = answer(refused, refusal, panel, status)
    ours, q = company(), request.args.get("q", "").strip()
    families = db.session.scalars(select(Family).order_by(Family.position, Family.label)).all()
    forms = {each.key: family_form(each) for each in families}
    if isinstance(refused, FamilyForm):
        forms[key] = numbered(refused, key)
    domains: dict[str, Any] = {"domains": "\n".join(setting("mail_domains"))}
    return settings_page(
        "backoffice/settings/server.html",
        blocks=("found", "trials"),
        **outcome,
        q=q,
        found=found(visitors.staff(), q) if q else [],
        company_form=refused
        if isinstance(refused, CompanyForm)
        else marked(CompanyForm(formdata=None, obj=ours), LEGAL),
        domains_form=refused
        if isinstance(refused, DomainsForm)
        else marked(DomainsForm(formdata=None, data=domains), DOMAINS),
        identity=identity(),
        own_domain=bool(ours.domain),
        has_password=has_secret("installation_secret"),
        families=families,
        forms=forms,
        refused=refused,
        public_url=config().public_url,
        default_sender=f"noreply@{mail_domain()}",
        trials=told(SERVER, *(f"{SENDER}{each.key}" for each in families)),
    )


def family_form(family: Family) -> FamilyForm:
    """The form of one family, as it stands."""
    state = family.default_consent.value if family.default_consent else ""
    form = FamilyForm(formdata=None, obj=family, data={"default_consent": state})
    form.default_consent.data = state
    return numbered(marked(form, family_panel(family)), family.key)


def numbered(form: FamilyForm, key: str) -> FamilyForm:
    """Several forms of one kind stand on the page: each field needs an id of its own."""
    for field in form:
        field.id = f"{key}-{field.name}"
        field.label.field_id = field.id
    return form
