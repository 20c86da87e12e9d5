"""« Apparence »: colour, logo and signature, as pages, messages and letters wear them."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice import backoffice
from backoffice.settings_form import ColourForm, LogoForm
from backoffice.settings_tabs import settings_page
from shared.errors import Refused
from shared.extensions import db
from shared.settings.branding import change_colours, remove_logo, set_logo
from shared.settings.changing import change
from shared.settings.reading import company, setting
from shared.web import visitors
from shared.web.blame import blame
from shared.web.colours import contrast, readable
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/appearance")
@requires(Permission.SETTINGS_SEE)
def settings_appearance() -> Response:
    """The panels."""
    return _page()


@backoffice.post("/settings/appearance")
@requires(Permission.SETTINGS_EDIT)
def settings_colours() -> Response:
    """Colours and signature; a pair in which the text could not be read is refused with its ratio."""
    form = ColourForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    colour, ink = str(form.colour.data), "" if form.automatic.data else str(form.ink.data)
    try:
        pair = contrast(ink or readable(colour), colour)
        change_colours(colour=colour, ink=ink, contrast=pair, by=visitors.actor())
    except Refused as refusal:
        return _page(form, status=422, refusal=refusal)
    signature = (form.signature.data or "").replace("\r\n", "\n").strip()
    change(key="mail_signature", value=signature, by=visitors.actor())
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
        return _page(form, status=422, refusal=Refused(refusal.sentence, "logo"))
    return _saved()


@backoffice.post("/settings/logo/remove")
@requires(Permission.SETTINGS_EDIT)
def settings_logo_remove() -> Response:
    """Back to the monogram."""
    remove_logo(by=visitors.actor())
    return _saved()


def _saved() -> Response:
    flash(_("Le réglage est enregistré."), "success")
    return go(url_for("backoffice.settings_appearance"))


def _page(refused: FlaskForm | None = None, status: int = 200, refusal: Refused | None = None) -> Response:
    sentence = blame(refused, refusal) if refused is not None and refusal is not None else ""
    if status != 200:
        db.session.rollback()
    ours = company()
    ink = ours.ink or readable(ours.colour)
    standing = {"colour": ours.colour, "ink": ink, "automatic": not ours.ink, "signature": setting("mail_signature")}
    return settings_page(
        "backoffice/settings/appearance.html",
        status=status,
        colour_form=refused if isinstance(refused, ColourForm) else ColourForm(formdata=None, data=standing),
        logo_form=refused if isinstance(refused, LogoForm) else LogoForm(formdata=None),
        refused=refused,
        sentence=sentence,
        has_logo=ours.logo_sha256 is not None,
        ratio=f"{contrast(ink, ours.colour):.1f}".replace(".", ","),
    )
