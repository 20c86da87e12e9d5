"""Codes of six figures that change every half minute (RFC 6238), and the secret behind them."""

import hmac

import pyotp
from sqlalchemy import or_, update

from shared.clock import now
from shared.extensions import db
from shared.people.models import Staff
from shared.secrets import seal, unseal
from shared.settings.reading import company

PURPOSE = "totp"
PERIOD = 30  # seconds
DRIFT = 1  # steps before and after: clocks of telephones are never quite right


def new_secret() -> str:
    """160 bits in base 32, as the applications take it."""
    return pyotp.random_base32()


def code_of(secret: str) -> str:
    """What the application shows at this moment."""
    return str(pyotp.TOTP(secret).generate_otp(_step()))


def address_of(secret: str, staff: Staff) -> str:
    """What the QR code holds: `otpauth://…`, with the company's name and the person's address."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=staff.email, issuer_name=company().name or "Guichet"))


def step_of(secret: str, typed: str) -> int | None:
    """The half minute whose code was typed, now or just beside; None for a code of no such time."""
    figures, present, found = "".join(typed.split()), _step(), None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(str(pyotp.TOTP(secret).generate_otp(step)).encode(), figures.encode()):
            found = step
    return found


def use(*, staff: Staff, typed: str) -> bool:
    """Whether `typed` is a code of theirs that was not used yet, nor one before it; used from now on."""
    if staff.totp_secret is None:
        return False
    step = step_of(unseal(staff.totp_secret, PURPOSE), typed)
    if step is None:
        return False
    fresh = or_(Staff.totp_step.is_(None), Staff.totp_step < step)
    query = update(Staff).where(Staff.id == staff.id, fresh).values(totp_step=step).returning(Staff.id)
    return db.session.execute(query).first() is not None


def keep(*, staff: Staff, secret: str, step: int | None) -> None:
    """Make `secret` theirs; the code of `step`, which proved it, is used."""
    staff.totp_secret, staff.totp_step = seal(secret, PURPOSE), step


def _step() -> int:
    return int(now().timestamp()) // PERIOD
