"""« Mon adresse personnelle »: proved by a code, it opens the space once one has left the company."""

from flask import Response, abort, flash, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal import portal
from portal.personal_forms import AddressCodeForm, AddressForm
from shared.access.models import Seat
from shared.access.personal import ask_address, awaited_address, forget_address, prove_address
from shared.errors import Refused
from shared.extensions import db
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@portal.get("/account/personal-address")
@requires(Permission.PORTAL_ACCOUNT)
def personal_address() -> Response:
    """The address proved, the code awaited, the address to be."""
    _seat()
    return _page()


@portal.post("/account/personal-address")
@requires(Permission.PORTAL_ACCOUNT)
def personal_address_asked() -> Response:
    """Send a code to the address typed; the one proved before stays until then."""
    form, seat, locale = AddressForm(), _seat(), get_locale()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        words = locale.language if locale else seat.party.locale
        sent = ask_address(seat=seat, typed=form.address.data or "", locale=words)
    except Refused as refused:
        sentence = blame(form, refused)
        db.session.rollback()
        return _page(address=form, sentence=sentence, status=422)
    flash(_("Un code part à %(address)s : tapez-le ici.", address=sent.address), "success")
    return go(url_for("portal.personal_address", _anchor="code"))


@portal.post("/account/personal-address/code")
@requires(Permission.PORTAL_ACCOUNT)
def personal_address_proved() -> Response:
    """The right code makes the address theirs."""
    form, account_id = AddressCodeForm(), _seat().account_id
    if not form.validate_on_submit():
        return _page(code=form, status=422)
    try:
        account = prove_address(account_id=account_id, typed=form.code.data or "")
    except Refused as refused:
        blame(form, refused)
        return _page(code=form, status=422)
    flash(_("%(address)s est votre adresse personnelle.", address=account.personal_email), "success")
    return go(url_for("portal.personal_address"))


@portal.post("/account/personal-address/forget")
@requires(Permission.PORTAL_ACCOUNT)
def personal_address_forgotten() -> Response:
    """It opens nothing any more."""
    try:
        forget_address(account_id=_seat().account_id)
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "error")
        return go(url_for("portal.personal_address"))
    flash(_("Votre adresse personnelle est effacée. Votre accès et vos documents restent."), "success")
    return go(url_for("portal.personal_address"))


def _seat() -> Seat:
    """A person's own space: a company has no personal address."""
    seat = visitors.seat()
    if not seat.party.family.of_people:
        abort(404)
    return seat


def _page(
    *, address: AddressForm | None = None, code: AddressCodeForm | None = None, sentence: str = "", status: int = 200
) -> Response:
    seat = _seat()
    pending = awaited_address(seat.account_id)
    return page(
        "portal/account/personal.html",
        status=status,
        account=seat.account,
        pending=pending.address if pending else "",
        ends_at=pending.expires_at if pending else None,
        address=address or AddressForm(formdata=None),
        code=code or AddressCodeForm(formdata=None),
        sentence=sentence,
    )
