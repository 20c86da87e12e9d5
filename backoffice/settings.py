"""« Paramètres »: the company, the portal, and who writes to whom."""

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select

from backoffice import backoffice
from backoffice.settings_form import CompanyForm, FamilyForm, LogoForm, ModeForm
from shared.access.wanting import ring_if_automatic
from shared.config import config
from shared.errors import Refused
from shared.extensions import db
from shared.people.models import ConsentState, Family
from shared.settings.branding import change_company, change_family, remove_logo, set_logo
from shared.settings.changing import change
from shared.settings.reading import company, setting
from shared.web import visitors
from shared.web.colours import contrast, readable
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/settings")
@requires(Permission.SETTINGS_SEE)
def settings() -> Response:
    """Every panel."""
    return _page()


@backoffice.post("/settings/company")
@requires(Permission.SETTINGS_EDIT)
def settings_company() -> Response:
    """Name, legal line, domain and colour."""
    form = CompanyForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    colour = str(form.colour.data)
    try:
        change_company(
            name=form.name.data or "",
            legal=form.legal.data or "",
            domain=form.domain.data or "",
            colour=colour,
            contrast=contrast(readable(colour), colour),
            by=visitors.actor(),
        )
    except Refused as refusal:
        return _page(_blame(form, refusal), status=422)
    return _saved()


@backoffice.post("/settings/logo")
@requires(Permission.SETTINGS_EDIT)
def settings_logo() -> Response:
    """A new logo."""
    form = LogoForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        set_logo(data=form.logo.data.read(), filename=form.logo.data.filename or "", by=visitors.actor())
    except Refused as refusal:
        return _page(_blame(form, refusal, "logo"), status=422)
    return _saved()


@backoffice.post("/settings/logo/remove")
@requires(Permission.SETTINGS_EDIT)
def settings_logo_remove() -> Response:
    """Back to the monogram."""
    remove_logo(by=visitors.actor())
    return _saved()


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


@backoffice.post("/settings/families/<key>")
@requires(Permission.SETTINGS_EDIT)
def settings_family(key: str) -> Response:
    """Sender, reply address and supposed agreement of one family."""
    family = db.session.scalars(select(Family).where(Family.key == key)).one_or_none()
    if family is None:
        abort(404)
    form = FamilyForm()
    if not form.validate_on_submit():
        return _page(form, status=422, family=family)
    try:
        change_family(
            family=family,
            sender_name=form.sender_name.data or "",
            sender_address=form.sender_address.data or "",
            reply_to=form.reply_to.data or "",
            default_consent=ConsentState(form.default_consent.data) if form.default_consent.data else None,
            by=visitors.actor(),
        )
    except Refused as refusal:
        return _page(_blame(form, refusal), status=422, family=family)
    return _saved()


def _saved() -> Response:
    flash(_("Le réglage est enregistré."), "success")
    return go(url_for("backoffice.settings"))


def _page(refused: FlaskForm | None = None, status: int = 200, family: Family | None = None) -> Response:
    """All panels as they stand, but the one that was refused, which keeps what was typed."""
    key = family.key if family is not None else ""
    if status != 200:
        db.session.rollback()
    ours = company()
    families = db.session.scalars(select(Family).order_by(Family.position)).all()
    forms = {each.key: _family_form(each) for each in families}
    if isinstance(refused, FamilyForm):
        forms[key] = _numbered(refused, key)
    return page(
        "backoffice/settings/show.html",
        status=status,
        company_form=refused if isinstance(refused, CompanyForm) else CompanyForm(formdata=None, obj=ours),
        logo_form=refused if isinstance(refused, LogoForm) else LogoForm(formdata=None),
        mode_form=refused
        if isinstance(refused, ModeForm)
        else ModeForm(formdata=None, data={"synchronisation": setting("synchronisation")}),
        families=families,
        forms=forms,
        refused=refused,
        has_logo=ours.logo_sha256 is not None,
        ratio=f"{contrast(readable(ours.colour), ours.colour):.1f}".replace(".", ","),
        public_url=config().public_url,
        default_sender=f"noreply@{ours.domain or config().public_host}",
    )


def _family_form(family: Family) -> FamilyForm:
    state = family.default_consent.value if family.default_consent else ""
    form = FamilyForm(formdata=None, obj=family, data={"default_consent": state})
    form.default_consent.data = state
    return _numbered(form, family.key)


def _numbered(form: FamilyForm, key: str) -> FamilyForm:
    """Three forms of one kind stand on the page: each field needs an id of its own."""
    for field in form:
        field.id = f"{key}-{field.name}"
        field.label.field_id = field.id
    return form


def _blame(form: FlaskForm, refusal: Refused, usual: str = "") -> FlaskForm:
    name = refusal.field or usual
    if name and name in form:
        form[name].errors = [refusal.sentence]
    else:
        form.form_errors.append(refusal.sentence)
    return form
