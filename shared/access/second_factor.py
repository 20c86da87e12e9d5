"""The second factor of staff: who needs one, proving it at the door, taking one, and taking it away."""

import hashlib
import hmac
import uuid

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from shared.access import recovery, totp
from shared.access.ending import end_staff_sessions
from shared.access.models import Passkey
from shared.access.throttling import Ticket, forgive, succeeded, take
from shared.clock import now
from shared.config import config
from shared.errors import Refused
from shared.events.actors import staff_actor
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Staff

STEP = "staff.second_step"
TOTP, PASSKEY, RECOVERY = "totp", "passkey", "recovery"


def is_required(staff: Staff) -> bool:
    """Whether a role of theirs is « 2FA obligatoire »."""
    return any(grant.role.second_factor for grant in staff.grants)


def must_enrol(staff: Staff) -> bool:
    """Whether no page may open to them before they have taken a second factor."""
    return staff.second_factor_at is None and is_required(staff)


def fingerprint(staff: Staff) -> str:
    """Changes with the password and the factors: what was proved before is then worth nothing."""
    facts = f"{staff.id}\0{staff.password_hash}\0{staff.second_factor_at}"
    return hmac.new(config().derive(b"second-step"), facts.encode(), hashlib.sha256).hexdigest()[:32]


def ask_step(*, staff: Staff, address: str) -> Ticket:
    """Count one try at the second step; to be committed at once. Raises TooMany.

    No device is known here: whoever has the password must not have more tries than a stranger.
    """
    return take(STEP, [_subject(staff)], address=address)


def answer_code(*, staff: Staff, ticket: Ticket, typed: str) -> str | None:
    """Which factor the code proves (`totp` or `recovery`), used from now on; None when it proves nothing."""
    if _subject(staff) not in ticket.allowed:
        return None
    kind = TOTP if totp.use(staff=staff, typed=typed) else RECOVERY if recovery.use(staff=staff, typed=typed) else None
    if kind is None:
        return None
    succeeded(ticket)
    if kind == RECOVERY:
        record("staff.recovery_code_used", by=staff_actor(staff), facts={"staff": str(staff.id)})
    return kind


def enrol_totp(*, staff: Staff, secret: str, typed: str, keep: uuid.UUID | None) -> list[str]:
    """Take the application that shows the codes of `secret`; the recovery codes when it is the first factor.

    Every other session ends. Raises Refused for a code that is not the one shown.
    """
    step = totp.step_of(secret, typed)
    if step is None:
        raise Refused(
            _("Ce n’est pas le code que montre l’application. Vérifiez l’heure du téléphone et tapez le code suivant."),
            field="code",
        )
    totp.keep(staff=staff, secret=secret, step=step)
    return enrolled(staff=staff, kind=TOTP, keep=keep)


def enrolled(*, staff: Staff, kind: str, keep: uuid.UUID | None) -> list[str]:
    """A factor was just proved: write it down, and draw recovery codes when it is the first one."""
    first = staff.second_factor_at is None
    record("staff.factor_added", by=staff_actor(staff), facts={"staff": str(staff.id), "factor": kind})
    if not first:
        return []
    staff.second_factor_at = now()
    end_staff_sessions(staff_id=staff.id, keep=keep)
    return recovery.draw(staff=staff)


def renew_codes(*, staff: Staff) -> list[str]:
    """Ten new recovery codes. Raises Refused without any factor that they could stand in for."""
    if staff.second_factor_at is None:
        raise Refused(_("Ajoutez d’abord une application ou une clé : les codes de secours la remplacent."))
    record("staff.recovery_codes_renewed", by=staff_actor(staff), facts={"staff": str(staff.id)})
    return recovery.draw(staff=staff)


def remove_totp(*, staff: Staff) -> None:
    """Give up the application. Raises Refused when a role asks for a factor and there is no other."""
    if staff.totp_secret is None:
        return
    _check_another(staff, bool(_keys(staff)))
    staff.totp_secret = staff.totp_step = None
    _removed(staff, TOTP, bool(_keys(staff)))


def remove_passkey(*, staff: Staff, passkey_id: uuid.UUID) -> None:
    """Give up one key; another's is nobody's. Raises Refused when a role asks for a factor and there is no other."""
    found = db.session.get(Passkey, passkey_id)
    if found is None or found.staff_id != staff.id:
        return
    others = staff.totp_secret is not None or _keys(staff) > 1
    _check_another(staff, others)
    db.session.delete(found)
    db.session.flush()
    _removed(staff, PASSKEY, others)


def reset(*, staff: Staff, by: str) -> int:
    """Forget every factor of somebody who lost them; their sessions end, and how many they were."""
    db.session.execute(delete(Passkey).where(Passkey.staff_id == staff.id))
    _none_left(staff)
    forgive(STEP, [_subject(staff)])
    record("staff.second_factor_reset", by=by, facts={"staff": str(staff.id)})
    return end_staff_sessions(staff_id=staff.id)


def _check_another(staff: Staff, others: bool) -> None:
    if is_required(staff) and not others:
        raise Refused(
            _(
                "Votre rôle demande un second facteur et vous n’en avez pas d’autre : "
                "ajoutez-en un avant de retirer celui-ci."
            )
        )


def _removed(staff: Staff, kind: str, others: bool) -> None:
    if not others:
        _none_left(staff)
    record("staff.factor_removed", by=staff_actor(staff), facts={"staff": str(staff.id), "factor": kind})


def _none_left(staff: Staff) -> None:
    staff.totp_secret = staff.totp_step = staff.second_factor_at = None
    recovery.forget(staff=staff)


def _keys(staff: Staff) -> int:
    return db.session.scalar(select(func.count()).select_from(Passkey).where(Passkey.staff_id == staff.id)) or 0


def _subject(staff: Staff) -> str:
    return f"staff:{staff.id}"
