"""« Mon compte »: who one is here, one's password, and the devices from which the account is open."""

import uuid

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from portal import portal
from portal.account_forms import ChangePasswordForm
from shared.access import choosing, ending, signing_in
from shared.access.devices import devices_of_account, name_of
from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.notifications.channels.sms_numbers import shown
from shared.notifications.preferring import refuses
from shared.notifications.refusals import subject_of_contact
from shared.web import entering, visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.sessions import PORTAL


@portal.get("/account")
@requires(Permission.PORTAL_ACCOUNT)
def account() -> Response:
    """The whole page."""
    return _page(ChangePasswordForm())


@portal.post("/account/password")
@requires(Permission.PORTAL_ACCOUNT)
def change_password() -> Response:
    """Change the password: the other sessions end, a notice leaves."""
    form, present = ChangePasswordForm(), entering.current()
    if not form.validate_on_submit() or present.row_id is None:
        return _page(form, status=422)
    device = name_of(visitors.user_agent())
    try:
        ended = choosing.change_password(
            account=visitors.seat().account,
            old=form.old.data,
            new=form.password.data,
            keep=present.row_id,
            device=device,
        )
    except Refused as refused:
        return _page(form, status=422, sentence=blame(form, refused))
    entering.renew()
    flash(_("Votre mot de passe est changé.") + " " + _closed(ended), "success")
    return go(url_for("portal.account"))


@portal.post("/account/devices/<uuid:session_id>/end")
@requires(Permission.PORTAL_ACCOUNT)
def end_device(session_id: uuid.UUID) -> Response:
    """Close one session of one's own; another's is nobody's."""
    _tell(ending.end_session(account_id=visitors.seat().account_id, session_id=session_id))
    return go(url_for("portal.account"))


@portal.post("/account/devices/end-all")
@requires(Permission.PORTAL_ACCOUNT)
def end_all_devices() -> Response:
    """Close every session but this one."""
    _tell(ending.end_sessions(account_id=visitors.seat().account_id, keep=entering.current().row_id))
    return go(url_for("portal.account"))


def _page(form: FlaskForm, status: int = 200, sentence: str = "") -> Response:
    seat, present = visitors.seat(), entering.current()
    return page(
        "portal/account/account.html",
        status=status,
        form=form,
        sentence=sentence,
        seat=seat,
        phone=shown(seat.account.phone) if seat.account.phone_verified_at else "",
        refuses_information=refuses(subject_of_contact(seat.access.contact)),
        seats=signing_in.seats_of(seat.account_id),
        devices=devices_of_account(seat.account_id, present.row_id, now() - PORTAL.absolute, now() - PORTAL.idle),
    )


def _tell(ended: int) -> None:
    seat = visitors.seat()
    if ended:
        record(
            "account.sessions_ended",
            by=visitors.actor(),
            account_id=seat.account_id,
            party_id=seat.party_id,
            facts={"count": ended},
        )
    flash(_closed(ended), "success")


def _closed(ended: int) -> str:
    if not ended:
        return _("Aucun autre appareil n’était connecté.")
    return ngettext("%(num)s autre appareil est déconnecté.", "%(num)s autres appareils sont déconnectés.", ended)
