"""Coming in and going out at the back office, and the very first start."""

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.account_forms import FirstStartForm, SignInForm
from backoffice.entering import HOME, after_password, let_in
from shared.access import staff_signing_in
from shared.access.throttling import TooMany
from shared.errors import Refused
from shared.events.recording import record
from shared.people.staffing import is_first_start
from shared.transactions import transaction
from shared.web import entering, headers, known_devices, refusals, visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import public
from shared.web.redirects import safe_next
from shared.web.sessions import BACKOFFICE


@backoffice.get("/sign-in")
@public("la page de connexion")
def sign_in() -> Response:
    """The login; the very first visitor makes the first administrator instead."""
    wanted = safe_next(request.args.get("next"), otherwise=HOME)
    if visitors.staff_or_none() is not None:
        return go(wanted)
    if is_first_start():
        return go(url_for("backoffice.first_start", code=request.args.get("code")))
    return page("backoffice/account/sign_in.html", form=SignInForm(next=wanted))


@backoffice.post("/sign-in")
@public("la page de connexion")
def sign_in_now() -> Response:
    """One try. Wrong, unknown, locked and disabled get the same page at the same cost."""
    form = SignInForm()
    if not form.validate_on_submit():
        return page("backoffice/account/sign_in.html", status=422, form=form)
    device, known = known_devices.known(BACKOFFICE)
    try:
        with transaction():
            asked = staff_signing_in.ask_staff(
                email=form.email.data, address=visitors.client_ip(), device=device, known=known
            )
    except TooMany as refused:
        return page("backoffice/account/sign_in.html", status=429, form=form, sentence=refused.sentence)
    found = staff_signing_in.answer_staff(asked=asked, password=form.password.data)
    if found is None:
        refusals.refused("staff.login_refused")
        return page("backoffice/account/sign_in.html", status=422, form=form, sentence=_neutral())
    return after_password(found, form.next.data)


@backoffice.get("/first-start")
@public("tant qu’il n’y a aucun gestionnaire, et avec le code du terminal")
def first_start() -> Response:
    """The first administrator; the page is gone for ever once there is one."""
    if not is_first_start():
        abort(404)
    return page("backoffice/account/first_start.html", form=FirstStartForm(code=request.args.get("code", "")))


@backoffice.post("/first-start")
@public("tant qu’il n’y a aucun gestionnaire, et avec le code du terminal")
def first_start_now() -> Response:
    """Make the first administrator, who is in at once, and takes a second factor before anything else."""
    if not is_first_start():
        abort(404)
    form = FirstStartForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        with transaction():
            ticket = staff_signing_in.ask_setup(address=visitors.client_ip())
        found = staff_signing_in.first_administrator(
            ticket=ticket,
            code=form.code.data,
            email=form.email.data,
            name=form.name.data,
            password=form.password.data,
        )
    except Refused as refused:
        return page("backoffice/account/first_start.html", status=422, form=form, sentence=blame(form, refused))
    flash(_("Bienvenue. Votre compte d’administrateur est créé."), "success")
    return let_in(found, None)


@backoffice.post("/sign-out")
@public("partir est permis à tous")
def sign_out() -> Response:
    """End the session; the browser forgets the private pages it kept."""
    if visitors.staff_or_none() is not None:
        record("staff.signed_out", by=visitors.actor())
    entering.leave()
    flash(_("Vous êtes déconnecté."), "success")
    return headers.forget(go(url_for("backoffice.sign_in")))


def _neutral() -> str:
    return _(
        "Adresse ou mot de passe incorrect, ou trop d’essais pour le moment. "
        "Vérifiez les deux et attendez un peu ; un administrateur peut vous donner un nouveau mot de passe."
    )
