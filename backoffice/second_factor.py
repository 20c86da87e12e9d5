"""The second step of coming in: a code of the application, a recovery code, or a passkey."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.entering import let_in
from backoffice.second_factor_forms import CodeForm, KeyForm
from backoffice.second_factor_pending import keep_challenge, take_challenge, waiting
from shared.access import passkeys, recovery, second_factor
from shared.access.throttling import Ticket, TooMany
from shared.people.models import Staff
from shared.transactions import transaction
from shared.web import refusals, visitors
from shared.web.page import go, page
from shared.web.permissions import public


@backoffice.get("/second-step")
@public("le second facteur de qui vient de donner son mot de passe")
def second_step() -> Response:
    """The page that asks for it; whoever has not typed a password is sent to do so."""
    found = waiting()
    return _page(found[0], CodeForm()) if found else go(url_for("backoffice.sign_in"))


@backoffice.post("/second-step")
@public("le second facteur de qui vient de donner son mot de passe")
def second_step_now() -> Response:
    """One try at a code."""
    found, form = waiting(), CodeForm()
    if found is None:
        return _late()
    staff, wanted = found
    if not form.validate_on_submit():
        return _page(staff, form, 422)
    try:
        ticket = _ticket(staff)
    except TooMany as refused:
        return _page(staff, form, 429, refused.sentence)
    kind = second_factor.answer_code(staff=staff, ticket=ticket, typed=form.code.data)
    if kind is None:
        return _refused(form)
    if kind == second_factor.RECOVERY:
        _count(recovery.left(staff))
    return let_in(staff, wanted, kind)


@backoffice.post("/second-step/passkey")
@public("le second facteur de qui vient de donner son mot de passe")
def second_step_passkey() -> Response:
    """One try with a key."""
    found, form, challenge = waiting(), KeyForm(), take_challenge()
    if found is None:
        return _late()
    staff, wanted = found
    try:
        ticket = _ticket(staff)
    except TooMany as refused:
        return _page(staff, CodeForm(), 429, refused.sentence)
    answer = form.credential.data or ""
    if not passkeys.prove(staff=staff, ticket=ticket, answer=answer, challenge=challenge):
        return _refused(CodeForm())
    return let_in(staff, wanted, second_factor.PASSKEY)


def _ticket(staff: Staff) -> Ticket:
    with transaction():
        return second_factor.ask_step(staff=staff, address=visitors.client_ip())


def _page(staff: Staff, form: CodeForm, status: int = 200, sentence: str = "") -> Response:
    options = ""
    if passkeys.are_possible() and passkeys.keys_of(staff):
        options, challenge = passkeys.options_to_prove(staff)
        keep_challenge(challenge)
    return page(
        "backoffice/account/second_step.html",
        status=status,
        form=form,
        sentence=sentence,
        options=options,
        has_codes=staff.totp_secret is not None,
    )


def _refused(form: CodeForm) -> Response:
    """Wrong, used already, locked: one page."""
    refusals.refused("staff.login_refused", stage="second_factor")
    found = waiting()
    if found is None:
        return _late()
    sentence = _(
        "Ce code n’ouvre pas : il est faux, a déjà servi, ou il y a eu trop d’essais. "
        "Attendez le code suivant et réessayez."
    )
    return _page(found[0], form, 422, sentence)


def _late() -> Response:
    flash(_("Le temps est passé depuis votre mot de passe : recommencez, rien n’est perdu."), "info")
    return go(url_for("backoffice.sign_in"))


def _count(left: int) -> None:
    flash(
        _("Ce code de secours a servi. Il vous en reste %(num)s ; « Mon compte » en donne de nouveaux.", num=left),
        "warning",
    )
