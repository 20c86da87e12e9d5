"""« Mes espaces »: the parties for which one comes in, going from one to the other, adding one more."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from portal import portal
from portal.account_forms import SeatForm
from portal.switching_forms import AddSpaceForm
from shared.access import signing_in, throttling
from shared.access.choosing import LOGIN, subject_of
from shared.access.switching import add_space
from shared.errors import Refused
from shared.transactions import transaction
from shared.web import known_devices, refusals, visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.sessions import PORTAL


@portal.get("/account/spaces")
@requires(Permission.PORTAL_ACCOUNT)
def spaces() -> Response:
    """Every space of this person, and the form that adds another."""
    return _page(AddSpaceForm(formdata=None))


@portal.post("/account/spaces")
@requires(Permission.PORTAL_ACCOUNT)
def space_added() -> Response:
    """Both passwords are right: one person, both spaces; the other account's devices are out."""
    form, account = AddSpaceForm(), visitors.seat().account
    if not form.validate_on_submit():
        return _page(form, status=422)
    device, known = known_devices.known(PORTAL)
    where = visitors.client_ip()
    try:
        with transaction():
            mine = [subject_of(account.id)]
            ticket = throttling.take(LOGIN, mine, address=where, device=device, known=mine)
            asked = signing_in.ask(identifier=form.identifier.data, address=where, device=device, known=known)
        came = add_space(account=account, own=form.own.data, ticket=ticket, asked=asked, password=form.password.data)
    except throttling.TooMany as refused:
        return _page(form, status=429, sentence=refused.sentence)
    except Refused as refused:
        refusals.refused("account.login_refused", account_id=account.id)
        return _page(form, status=422, sentence=blame(form, refused))
    names = ", ".join(seat.party.name for seat in came)
    flash(_("C’est fait : vous passez à « %(names)s » sans autre mot de passe que le vôtre.", names=names), "success")
    return go(url_for("portal.spaces"))


def _page(form: AddSpaceForm, status: int = 200, sentence: str = "") -> Response:
    seat = visitors.seat()
    return page(
        "portal/account/switch.html",
        status=status,
        form=form,
        seat_form=SeatForm(formdata=None),
        sentence=sentence,
        seat=seat,
        seats=signing_in.seats_of(seat.account_id),
    )
