"""One's own factors, from « Mon compte »: giving one up, and new recovery codes; the password is asked again."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.second_factor_enrolling import show_codes, to_password
from backoffice.second_factor_pending import is_proved
from shared.access import passkeys, recovery, second_factor
from shared.errors import Refused
from shared.people.models import Staff
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


def factors(staff: Staff) -> dict[str, Any]:
    """What « Mon compte » shows of them."""
    return {
        "keys": passkeys.keys_of(staff),
        "codes_left": recovery.left(staff) if staff.second_factor_at else 0,
        "keys_possible": passkeys.are_possible(),
        "factor_required": second_factor.is_required(staff),
    }


@backoffice.post("/account/second-factor/totp/remove")
@requires(Permission.OWN_ACCOUNT)
def remove_totp() -> Response:
    """Give up the application."""
    return _do(lambda: second_factor.remove_totp(staff=visitors.staff()), _("L’application n’ouvre plus rien."))


@backoffice.post("/account/passkeys/<uuid:passkey_id>/remove")
@requires(Permission.OWN_ACCOUNT)
def remove_passkey(passkey_id: uuid.UUID) -> Response:
    """Give up one key."""
    remove = second_factor.remove_passkey
    return _do(lambda: remove(staff=visitors.staff(), passkey_id=passkey_id), _("Cette clé n’ouvre plus rien."))


@backoffice.post("/account/recovery-codes")
@requires(Permission.OWN_ACCOUNT)
def renew_codes() -> Response:
    """Ten new ones, shown this once; the former ones open nothing any more."""
    if not is_proved():
        return to_password(url_for("backoffice.account"))
    try:
        return show_codes(second_factor.renew_codes(staff=visitors.staff()))
    except Refused as refused:
        flash(refused.sentence, "error")
        return go(url_for("backoffice.account"))


def _do(act: Callable[[], None], said: str) -> Response:
    if not is_proved():
        return to_password(url_for("backoffice.account"))
    try:
        act()
        flash(said, "success")
    except Refused as refused:
        flash(refused.sentence, "error")
    return go(url_for("backoffice.account"))
