"""« Mon numéro de mobile »: typed by its owner, confirmed by the code received on it, and only then used."""

from flask import Response, flash, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal import portal
from portal.phone_forms import CodeForm, NumberForm
from shared.access.phones import ask_number, awaited, confirm_number, forget_number
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.channels.sms_numbers import shown
from shared.settings.sms_provider import can_send_sms
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@portal.get("/account/phone")
@requires(Permission.PORTAL_ACCOUNT)
def phone() -> Response:
    """The number known, the code awaited, the number to be."""
    return _page()


@portal.post("/account/phone")
@requires(Permission.PORTAL_ACCOUNT)
def phone_asked() -> Response:
    """Send a code to the number typed; the number confirmed before stays until then."""
    form, seat = NumberForm(), visitors.seat()
    if not form.validate_on_submit():
        return _page(number=form, status=422)
    locale = get_locale()
    try:
        sent = ask_number(
            account_id=seat.account_id,
            typed=form.number.data or "",
            country=seat.party.country,
            locale=locale.language if locale else seat.party.locale,
        )
    except Refused as refused:
        sentence = blame(form, refused)
        db.session.rollback()
        return _page(number=form, sentence=sentence, status=422)
    flash(_("Un code part au %(number)s : tapez-le ici.", number=shown(sent.address)), "success")
    return go(url_for("portal.phone", _anchor="recu"))


@portal.post("/account/phone/code")
@requires(Permission.PORTAL_ACCOUNT)
def phone_confirmed() -> Response:
    """The right code makes the number theirs."""
    form, account_id = CodeForm(), visitors.seat().account_id
    if not form.validate_on_submit():
        return _page(code=form, status=422)
    try:
        account = confirm_number(account_id=account_id, typed=form.code.data or "")
    except Refused as refused:
        blame(form, refused)
        return _page(code=form, status=422)
    flash(_("Votre numéro %(number)s est confirmé.", number=shown(account.phone)), "success")
    return go(url_for("portal.phone"))


@portal.post("/account/phone/forget")
@requires(Permission.PORTAL_ACCOUNT)
def phone_forgotten() -> Response:
    """No SMS goes there any more."""
    forget_number(account_id=visitors.seat().account_id)
    flash(_("Votre numéro est effacé : aucun SMS n’y partira plus. Votre accès et vos documents restent."), "success")
    return go(url_for("portal.phone"))


def _page(
    *, number: NumberForm | None = None, code: CodeForm | None = None, sentence: str = "", status: int = 200
) -> Response:
    seat = visitors.seat()
    pending = awaited(seat.account_id)
    return page(
        "portal/phone/phone.html",
        status=status,
        account=seat.account,
        confirmed=shown(seat.account.phone) if seat.account.phone_verified_at else "",
        pending=shown(pending.address) if pending else "",
        ends_at=pending.expires_at if pending else None,
        number=number or NumberForm(formdata=None, data={"number": _known(seat.access.contact.phone)}),
        code=code or CodeForm(formdata=None),
        sentence=sentence,
        works=can_send_sms(),
    )


def _known(phone: str) -> str:
    """What the company's file says already, for its owner to confirm or correct."""
    return phone.strip()[:40]
