"""Ten codes that open the back office once each, for the day when the telephone is lost."""

import hashlib
import hmac
import secrets

from sqlalchemy import delete, func, select, update

from shared.access.models import RecoveryCode
from shared.access.passwords import ALPHABET
from shared.clock import now
from shared.config import config
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Staff

NUMBER, GROUPS, GROUP = 10, 3, 4  # 12 characters of 23: 54 bits, behind a throttle


def draw(*, staff: Staff) -> list[str]:
    """Ten new codes, in clear this once; the former ones are worth nothing any more."""
    forget(staff=staff)
    codes = [_drawn() for _ in range(NUMBER)]
    db.session.add_all(RecoveryCode(staff_id=staff.id, code_hash=_hash(staff, code)) for code in codes)
    db.session.flush()
    return codes


def use(*, staff: Staff, typed: str) -> bool:
    """Whether `typed` is one of theirs that was not used yet; used from now on."""
    mine = (RecoveryCode.staff_id == staff.id, RecoveryCode.code_hash == _hash(staff, typed))
    query = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=now())
    return db.session.execute(query.returning(RecoveryCode.id)).first() is not None


def left(staff: Staff) -> int:
    """How many codes still work."""
    query = select(func.count()).select_from(RecoveryCode)
    return db.session.scalar(query.where(RecoveryCode.staff_id == staff.id, RecoveryCode.used_at.is_(None))) or 0


def forget(*, staff: Staff) -> None:
    """Drop them all."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))


def _drawn() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _character in range(GROUP)) for _group in range(GROUPS))
    return "-".join(groups)


def _hash(staff: Staff, code: str) -> str:
    """Keyed by a key that is not in the database, and by the person."""
    plain = fold(code).replace("-", "").replace(" ", "")
    return hmac.new(config().derive(b"recovery"), f"{staff.id}\0{plain}".encode(), hashlib.sha256).hexdigest()
