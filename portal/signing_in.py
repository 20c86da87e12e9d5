"""Coming in and going out: login, choice among several parties, first password, sign-out."""

import uuid

from flask import Response, flash, request, session, url_for
from flask_babel import gettext as _

from portal import portal
from portal._arriving import FIRST_TIME, NEXT, PROVED, arrive, enter, halfway, let_in, next_page
from portal.account_forms import NewPasswordForm, SeatForm, SignInForm
from shared.access import choosing, signing_in
from shared.access.devices import name_of
from shared.access.models import Account, Seat
from shared.access.throttling import TooMany
from shared.errors import Refused
from shared.events.recording import record
from shared.transactions import transaction
from shared.web import entering, headers, known_devices, refusals, visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import public
from shared.web.sessions import PORTAL


@portal.get("/sign-in")
@public("la page de connexion")
def sign_in() -> Response:
    """The login; whoever is in already goes on."""
    if visitors.seat_or_none() is not None:
        return go(next_page(request.args.get("next")))
    if halfway() is not None:
        return go(url_for("portal.choose_password" if session.get(FIRST_TIME) else "portal.choose_seat"))
    return page("portal/account/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@portal.post("/sign-in")
@public("la page de connexion")
def sign_in_now() -> Response:
    """One try. Wrong, unknown, locked, withdrawn and expired get the same page at the same cost."""
    form = SignInForm()
    if not form.validate_on_submit():
        return page("portal/account/sign_in.html", status=422, form=form)
    device, known = known_devices.known(PORTAL)
    try:
        with transaction():
            asked = signing_in.ask(
                identifier=form.identifier.data, address=visitors.client_ip(), device=device, known=known
            )
    except TooMany as refused:
        return page("portal/account/sign_in.html", status=429, form=form, sentence=refused.sentence)
    opened = signing_in.answer(asked=asked, password=form.password.data)
    if opened is None:
        refusals.refused("account.login_refused", account_id=asked.account_id)
        return page("portal/account/sign_in.html", status=422, form=form, sentence=_neutral())
    return let_in(opened, form.next.data)


@portal.get("/choose-seat")
@public("réservée à qui vient de donner son mot de passe, ou à qui est entré : la vue le vérifie")
def choose_seat() -> Response:
    """The parties for which one may come in."""
    seats = _choice()
    if not seats:
        visitors.turn_away()
    present = visitors.seat_or_none()
    return page(
        "portal/account/choose_seat.html",
        form=SeatForm(next=request.args.get("next") or session.get(NEXT, "")),
        seats=seats,
        present=present,
    )


@portal.post("/choose-seat")
@public("réservée à qui vient de donner son mot de passe, ou à qui est entré : la vue le vérifie")
def take_seat() -> Response:
    """Come in, or go over to another party without a second password; the session changes its secret."""
    form, seats = SeatForm(), {str(seat.id): seat for seat in _choice()}
    if not form.validate_on_submit() or form.seat.data not in seats:
        visitors.turn_away()
    seat = seats[form.seat.data]
    if visitors.seat_or_none() is None:
        return enter(seat, form.next.data)
    entering.switch_seat(seat)
    signing_in.entered(seat=seat, device=name_of(visitors.user_agent()))
    return go(next_page(form.next.data))


@portal.get("/choose-password")
@public("réservée à qui vient de donner son mot de passe initial : la vue le vérifie")
def choose_password() -> Response:
    """All that an initial password opens."""
    account = _first_time()
    return page("portal/account/choose_password.html", form=NewPasswordForm(), account=account)


@portal.post("/choose-password")
@public("réservée à qui vient de donner son mot de passe initial : la vue le vérifie")
def keep_password() -> Response:
    """Keep the password chosen, and come in."""
    account, form, wanted = _first_time(), NewPasswordForm(), session.get(NEXT)
    try:
        if not form.validate_on_submit():
            raise Refused("")
        choosing.choose_first(account=account, new=form.password.data, device=name_of(visitors.user_agent()))
    except Refused as refused:
        return page(
            "portal/account/choose_password.html", status=422, form=form, account=account, sentence=blame(form, refused)
        )
    flash(_("Votre mot de passe est enregistré : il remplace celui qui vous avait été remis."), "success")
    return arrive(account, wanted)


@portal.post("/sign-out")
@public("partir est permis à tous")
def sign_out() -> Response:
    """End the session; the browser forgets the private pages it kept."""
    seat = visitors.seat_or_none()
    if seat is not None:
        record("account.signed_out", by=visitors.actor(), account_id=seat.account_id, party_id=seat.party_id)
    entering.leave()
    flash(_("Vous êtes déconnecté."), "success")
    return headers.forget(go(url_for("portal.sign_in")))


def _neutral() -> str:
    return _(
        "Identifiant ou mot de passe incorrect, ou trop d’essais pour le moment. "
        "Vérifiez les deux, attendez un peu, ou choisissez un nouveau mot de passe par « Mot de passe oublié »."
    )


def _first_time() -> Account:
    account = halfway()
    if account is None or not session.get(FIRST_TIME):
        visitors.turn_away()
    return account


def _choice() -> list[Seat]:
    """The seats of the account that is in; or of those whose password was just proved."""
    present = visitors.seat_or_none()
    if present is not None:
        return signing_in.seats_of(present.account_id)
    if halfway() is None or session.get(FIRST_TIME):
        return []
    return [seat for proved in session.get(PROVED, []) for seat in signing_in.seats_of(uuid.UUID(proved))]
