"""A forgotten password: asked for by its identifier, chosen again by a mailed link."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from portal import portal
from portal.account_forms import ForgottenForm, NewPasswordForm
from shared.access import resetting, throttling
from shared.access.devices import name_of
from shared.errors import Refused
from shared.transactions import transaction
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import public
from shared.web.secret_pages import secretly


@portal.get("/forgotten")
@public("qui a oublié son mot de passe n’est pas connecté")
def forgotten() -> Response:
    """Ask for a link; also the way back in for whoever holds a dead one."""
    return page("portal/account/forgotten.html", form=ForgottenForm())


@portal.post("/forgotten")
@public("qui a oublié son mot de passe n’est pas connecté")
def ask_reset() -> Response:
    """The same page whoever is named: the mail is queued, never sent from here."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return page("portal/account/forgotten.html", status=422, form=form)
    try:
        with transaction():
            throttling.take(resetting.ASKING, [], address=visitors.client_ip())
    except throttling.TooMany as refused:
        return page("portal/account/forgotten.html", status=429, form=form, sentence=refused.sentence)
    resetting.ask_reset(identifier=form.identifier.data, device=name_of(visitors.user_agent()))
    return page("portal/account/forgotten_asked.html")


@portal.get("/r/<token>")
@public("un lien reçu par courrier : le regarder ne change rien")
def reset_link(token: str) -> Response:
    """Where the link of the mail lands."""
    if resetting.resettable(token) is None:
        return _dead()
    return secretly(page("portal/account/reset.html", form=NewPasswordForm()))


@portal.post("/r/<token>")
@public("un lien reçu par courrier : il faut choisir un mot de passe")
def reset(token: str) -> Response:
    """Keep the new password; every session ends, and one signs in with it."""
    form = NewPasswordForm()
    if resetting.resettable(token) is None:
        return _dead()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        resetting.reset(token=token, password=form.password.data, device=name_of(visitors.user_agent()))
    except Refused as refused:
        return secretly(page("portal/account/reset.html", status=422, form=form, sentence=blame(form, refused)))
    flash(_("Votre nouveau mot de passe est enregistré. Connectez-vous avec lui."), "success")
    return secretly(go(url_for("portal.sign_in")))


def _dead() -> Response:
    return secretly(page("portal/account/dead_link.html", status=410, form=ForgottenForm()))
