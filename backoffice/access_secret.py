"""The initial password of a line: typed, shown with an audit line, handed over."""

import uuid

from flask import Response, flash, make_response, render_template
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.access_answers import back_to, line_again, revision_of, seen_revision, standing
from backoffice.access_form import PasswordForm
from backoffice.reach import party_for
from shared.access import granting, initial
from shared.errors import Refused
from shared.web import visitors
from shared.web.page import is_htmx, page
from shared.web.permissions import Permission, requires


@backoffice.get("/access/<uuid:party_id>/password")
@requires(Permission.ACCESS_SECRET)
def access_password(party_id: uuid.UUID) -> Response:
    """A form to type an initial password."""
    party = party_for(party_id, Permission.ACCESS_SECRET, seen_by=Permission.ACCESS_SEE)
    form = PasswordForm(formdata=None, data={"seen": revision_of(party)})
    return page("backoffice/access/password.html", blocks=("dialog",), form=form, party=party, back=back_to(party))


@backoffice.post("/access/<uuid:party_id>/password")
@requires(Permission.ACCESS_SECRET)
def access_type(party_id: uuid.UUID) -> Response:
    """Set the initial password that was typed."""
    party = party_for(party_id, Permission.ACCESS_SECRET, seen_by=Permission.ACCESS_SEE)
    form, by = PasswordForm(), visitors.actor()
    if not form.validate_on_submit():
        return page("backoffice/access/password.html", status=422, form=form, party=party, back=back_to(party))
    try:
        access = granting.grant(party=party, by=by)
        confirmed = bool(form.confirmed.data)
        initial.type_in(
            access=access, password=form.password.data or "", by=by, seen=seen_revision(access), confirmed=confirmed
        )
    except initial.Confirm as question:
        form.confirmed.errors = [question.sentence]
        return page("backoffice/access/password.html", status=422, form=form, party=party, back=back_to(party))
    except Refused as refusal:
        form.password.errors = [refusal.sentence]
        return page("backoffice/access/password.html", status=422, form=form, party=party, back=back_to(party))
    flash(_("Le mot de passe initial est enregistré."), "success")
    return line_again(party_id)


@backoffice.post("/access/<uuid:party_id>/show")
@requires(Permission.ACCESS_SECRET)
def access_show(party_id: uuid.UUID) -> Response:
    """« afficher »: the password in clear, once more and never after it was handed over; an audit line each time."""
    party, access = standing(party_id, Permission.ACCESS_SECRET)
    clear = initial.show(access=access, by=visitors.actor())
    answer = page("backoffice/access/secret.html", blocks=("dialog",), party=party, clear=clear, back=back_to(party))
    if is_htmx():
        body = render_template("backoffice/access/secret_dialog.html", party=party, clear=clear, back=back_to(party))
        answer = make_response(body)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#dialog", "innerHTML"
    return answer


@backoffice.post("/access/<uuid:party_id>/hand-over")
@requires(Permission.ACCESS_SECRET)
def access_hand_over(party_id: uuid.UUID) -> Response:
    """« Remis en main propre »."""
    _party, access = standing(party_id, Permission.ACCESS_SECRET)
    initial.hand_over(access=access, how="in_person", by=visitors.actor())
    flash(_("C’est noté : ce mot de passe ne sera plus jamais affiché."), "success")
    return line_again(party_id)
