"""One's own account at the back office: password, second factor and sessions."""

import uuid

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from backoffice import backoffice
from backoffice.account_forms import ChangePasswordForm
from backoffice.second_factor_account import factors
from shared.access import ending, staff_signing_in
from shared.access.devices import devices_of_staff
from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.web import entering, visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.sessions import BACKOFFICE


@backoffice.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> Response:
    """The whole page."""
    return _page(ChangePasswordForm())


@backoffice.post("/account/password")
@requires(Permission.OWN_ACCOUNT)
def change_password() -> Response:
    """Change the password: the other sessions end."""
    form, present = ChangePasswordForm(), entering.current()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        ended = staff_signing_in.change_staff_password(
            staff=visitors.staff(), old=form.old.data, new=form.password.data, keep=present.row_id
        )
    except Refused as refused:
        return _page(form, status=422, sentence=blame(form, refused))
    entering.renew()
    flash(_("Votre mot de passe est changé.") + " " + _closed(ended), "success")
    return go(url_for("backoffice.account"))


@backoffice.post("/account/devices/<uuid:session_id>/end")
@requires(Permission.OWN_ACCOUNT)
def end_device(session_id: uuid.UUID) -> Response:
    """Close one session of one's own; another's is nobody's."""
    _tell(ending.end_staff_session(staff_id=visitors.staff().id, session_id=session_id))
    return go(url_for("backoffice.account"))


@backoffice.post("/account/devices/end-all")
@requires(Permission.OWN_ACCOUNT)
def end_all_devices() -> Response:
    """Close every session but this one."""
    _tell(ending.end_staff_sessions(staff_id=visitors.staff().id, keep=entering.current().row_id))
    return go(url_for("backoffice.account"))


def _page(form: FlaskForm, status: int = 200, sentence: str = "") -> Response:
    staff, present = visitors.staff(), entering.current()
    return page(
        "backoffice/account/account.html",
        status=status,
        form=form,
        sentence=sentence,
        staff=staff,
        roles=sorted({grant.role.label for grant in staff.grants}),
        **factors(staff),
        devices=devices_of_staff(staff.id, present.row_id, now() - BACKOFFICE.absolute, now() - BACKOFFICE.idle),
    )


def _tell(ended: int) -> None:
    if ended:
        record("staff.sessions_ended", by=visitors.actor(), facts={"count": ended})
    flash(_closed(ended), "success")


def _closed(ended: int) -> str:
    if not ended:
        return _("Aucun autre appareil n’était connecté.")
    return ngettext("%(num)s autre appareil est déconnecté.", "%(num)s autres appareils sont déconnectés.", ended)
