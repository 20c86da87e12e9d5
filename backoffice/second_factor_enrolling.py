"""Taking a second factor: at the first sign-in where the role asks for it, or from one's own account."""

import base64

from flask import Response, flash, session, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.second_factor_forms import CodeForm, ConfirmForm, KeyForm
from backoffice.second_factor_pending import is_proved, keep_challenge, prove, take_challenge
from shared.access import passkeys, second_factor, staff_signing_in, totp
from shared.access.throttling import TooMany
from shared.errors import Refused
from shared.secrets import seal, unseal
from shared.sheets.qr import qr_svg
from shared.transactions import transaction
from shared.web import entering, refusals, visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, before_enrolling, requires
from shared.web.redirects import safe_next

HOME, SECRET, PURPOSE = "/backoffice/account", "totp", "totp-enrolling"


@backoffice.get("/second-factor")
@requires(Permission.OWN_ACCOUNT)
@before_enrolling
def enrol() -> Response:
    """The QR code, the secret in letters, and the key where the browser can make one."""
    if not is_proved():
        return to_password(url_for("backoffice.enrol"))
    return _page(CodeForm())


@backoffice.post("/second-factor")
@requires(Permission.OWN_ACCOUNT)
@before_enrolling
def enrol_now() -> Response:
    """The application shows the right code: it is theirs."""
    form = CodeForm()
    if not is_proved():
        return to_password(url_for("backoffice.enrol"))
    try:
        if not form.validate_on_submit():
            raise Refused("")
        codes = second_factor.enrol_totp(
            staff=visitors.staff(), secret=_secret(), typed=form.code.data, keep=entering.current().row_id
        )
    except Refused as refused:
        return _page(form, 422, blame(form, refused))
    return enrolled(codes)


@backoffice.post("/second-factor/passkey")
@requires(Permission.OWN_ACCOUNT)
@before_enrolling
def enrol_passkey() -> Response:
    """The key that the browser made is theirs."""
    form, challenge = KeyForm(), take_challenge()
    if not is_proved():
        return to_password(url_for("backoffice.enrol"))
    try:
        codes = passkeys.add(
            staff=visitors.staff(),
            answer=form.credential.data or "",
            challenge=challenge,
            label=form.label.data or "",
            keep=entering.current().row_id,
        )
    except Refused as refused:
        return _page(CodeForm(), 422, refused.sentence)
    return enrolled(codes)


@backoffice.get("/account/confirm")
@requires(Permission.OWN_ACCOUNT)
@before_enrolling
def confirm() -> Response:
    """The password, once more, before anything of the second factor changes."""
    return page("backoffice/account/confirm.html", form=ConfirmForm(next=url_for("backoffice.account")))


@backoffice.post("/account/confirm")
@requires(Permission.OWN_ACCOUNT)
@before_enrolling
def confirm_now() -> Response:
    """One try, counted like those of the login."""
    form, staff = ConfirmForm(), visitors.staff()
    wanted = safe_next(form.next.data, otherwise=HOME)
    if not form.validate_on_submit():
        return page("backoffice/account/confirm.html", status=422, form=form)
    try:
        with transaction():
            asked = staff_signing_in.ask_staff(
                email=staff.email, address=visitors.client_ip(), device=None, known=frozenset()
            )
    except TooMany as refused:
        return page("backoffice/account/confirm.html", status=429, form=form, sentence=refused.sentence)
    if staff_signing_in.answer_staff(asked=asked, password=form.password.data) is None:
        refusals.refused("staff.login_refused", stage="confirmation")
        sentence = _("Ce n’est pas votre mot de passe, ou il y a eu trop d’essais. Rien n’a été changé.")
        return page("backoffice/account/confirm.html", status=422, form=form, sentence=sentence)
    prove()
    return go(wanted)


def to_password(wanted: str) -> Response:
    """The page that asks for the password again, then `wanted`."""
    form = ConfirmForm(formdata=None, next=wanted)
    return page("backoffice/account/confirm.html", form=form)


def enrolled(codes: list[str]) -> Response:
    """A new secret for the session; the recovery codes are shown this once."""
    entering.renew()
    prove()
    if not codes:
        flash(_("Votre second facteur est ajouté."), "success")
        return go(url_for("backoffice.account"))
    return show_codes(codes)


def show_codes(codes: list[str]) -> Response:
    """The ten codes, to be kept on paper or in a safe."""
    text = "\n".join(codes)
    download = "data:text/plain;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()
    return page("backoffice/account/codes.html", codes=codes, download=download)


def _page(form: CodeForm, status: int = 200, sentence: str = "") -> Response:
    staff, secret, options = visitors.staff(), _secret(), ""
    if passkeys.are_possible():
        options, challenge = passkeys.options_to_add(staff)
        keep_challenge(challenge)
    qr = base64.b64encode(qr_svg(totp.address_of(secret, staff)).encode()).decode()
    return page(
        "backoffice/account/enrol.html",
        status=status,
        form=form,
        key_form=KeyForm(formdata=None),
        sentence=sentence,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        qr=f"data:image/svg+xml;base64,{qr}",
        options=options,
        obliged=second_factor.must_enrol(staff),
        replaces=staff.totp_secret is not None,
    )


def _secret() -> str:
    """The secret that this session proposes, the same until a code has proved it."""
    if SECRET not in session:
        session[SECRET] = seal(totp.new_secret(), PURPOSE)
    return unseal(session[SECRET], PURPOSE)
