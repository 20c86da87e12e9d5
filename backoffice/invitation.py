"""Where the link of an invitation to the back office lands; looking at it changes nothing."""

from flask import Response, flash
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.entering import after_password
from backoffice.invitation_form import InvitationForm
from shared.access import invitations
from shared.errors import Refused
from shared.web import entering, visitors
from shared.web.blame import blame
from shared.web.errors import EXPLANATIONS, explain
from shared.web.page import page
from shared.web.permissions import public
from shared.web.secret_pages import secretly

MAILED = "un lien reçu par courrier : le regarder ne change rien"


@backoffice.get("/invitation/<token>")
@public(MAILED)
def invitation(token: str) -> Response:
    """The password is chosen here."""
    found = invitations.invited(token)
    if found is None:
        return _dead()
    return secretly(page("backoffice/account/invitation.html", form=InvitationForm(), person=found[1]))


@backoffice.post("/invitation/<token>")
@public(MAILED)
def invitation_now(token: str) -> Response:
    """Keep the password and use up the link; a second factor may have to be shown or taken next."""
    form, found = InvitationForm(), invitations.invited(token)
    if found is None:
        return _dead()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        staff = invitations.accept(token=token, password=form.password.data)
    except Refused as refused:
        sentence = blame(form, refused)
        return secretly(
            page("backoffice/account/invitation.html", status=422, form=form, person=found[1], sentence=sentence)
        )
    if staff is None:
        return _dead()
    if visitors.staff_or_none() is not None:
        entering.leave()
    flash(_("Votre mot de passe est enregistré."), "success")
    return secretly(after_password(staff, None))


def _dead() -> Response:
    return secretly(explain(410, EXPLANATIONS[410]))
