"""How many tries a person gets: counted in PostgreSQL, by what is tried and not by where it comes from.

A whole plant shares one address on payslip day, and an attacker has a thousand addresses. So an account (or
an identifier that names none) has ten free tries a day, then waits between the next ones, and after the
twenty-fifth refuses everything, the right password too. A device that has signed in before has a counter of
its own, which slows it and never locks it out. An address is only slowed, from the 250th failure in an hour.
"""

import hashlib
import hmac
import ipaddress
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, select, update

from shared.access.models import Attempt
from shared.clock import now
from shared.config import config
from shared.errors import Refused
from shared.extensions import db, uuid7

DAY = timedelta(hours=24)
FREE, MOST = 10, 25
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
DEVICE_FREE, DEVICE_FIRST_WAIT, DEVICE_LONGEST_WAIT = 5, timedelta(seconds=2), timedelta(minutes=1)
ADDRESS_FREE, ADDRESS_WAIT, HOUR = 250, timedelta(seconds=2), timedelta(hours=1)


class TooMany(Refused):
    """Too much from one address: says nothing about any account; answered with 429."""


@dataclass(frozen=True)
class Ticket:
    """One try that has been counted. `allowed` are the subjects that may be tried; the others answer no."""

    allowed: frozenset[str]
    attempts: list[uuid.UUID] = field(default_factory=list)


def take(
    action: str, subjects: Iterable[str], *, address: str, device: str | None = None, known: Iterable[str] = ()
) -> Ticket:
    """Count one try at `action` on each of `subjects` before it is made, as a failure until `succeeded` says otherwise.

    `known`: the subjects that have been opened from `device` before. The caller commits at once, so that
    parallel tries see each other. Raises TooMany for an address that must slow down.
    """
    known = frozenset(known) if device else frozenset()
    hashed = {
        subject: subject_hash(action, f"{subject}|{device}" if subject in known else subject) for subject in subjects
    }
    if not known:
        _slow_address(address)
    allowed, attempts = set(), []
    for subject in sorted(hashed, key=lambda one: hashed[one]):  # one order for all: no two tries wait for each other
        may, attempt = _take_one(action, hashed[subject], device if subject in known else None)
        if may:
            allowed.add(subject)
        if attempt:
            attempts.append(attempt)
    attempts.append(_insert("address", subject_hash("address", _network(address)), None))
    return Ticket(frozenset(allowed), attempts)


def succeeded(ticket: Ticket) -> None:
    """The try was the right one: it does not count as a failure."""
    db.session.execute(update(Attempt).where(Attempt.id.in_(ticket.attempts)).values(succeeded=True))


def forgive(action: str, subjects: Iterable[str]) -> None:
    """Forget the failures: the owner has proved to be the owner in another way."""
    hashed = [subject_hash(action, subject) for subject in subjects]
    db.session.execute(delete(Attempt).where(Attempt.action == action, Attempt.subject.in_(hashed)))


def within(action: str, subject: str, most: int, window: timedelta) -> bool:
    """Count one `action` on `subject`; False when there have been `most` in the `window` already."""
    hashed = subject_hash(action, subject)
    _lock(hashed)
    query = select(func.count()).select_from(Attempt).where(*_of(action, hashed), Attempt.at > now() - window)
    if (db.session.scalar(query) or 0) >= most:
        return False
    _insert(action, hashed, None)
    return True


def subject_hash(action: str, subject: str) -> str:
    """Keyed: what people typed cannot be read back from the table."""
    return hmac.new(config().derive(b"attempts"), f"{action}\0{subject}".encode(), hashlib.sha256).hexdigest()


def purge() -> int:
    """Forget the tries older than two days; how many."""
    gone = db.session.execute(delete(Attempt).where(Attempt.at < now() - 2 * DAY).returning(Attempt.id))
    return len(gone.all())


def _take_one(action: str, subject: str, device: str | None) -> tuple[bool, uuid.UUID | None]:
    _lock(subject)
    count, last = db.session.execute(
        select(func.count(), func.max(Attempt.at)).where(*_of(action, subject), Attempt.at > now() - DAY)
    ).one()
    if device is None:
        if count >= MOST:  # not counted any more: the line frees itself a day later whatever is tried meanwhile
            return False, None
        wait = _wait(count - FREE, FIRST_WAIT, LONGEST_WAIT)
        return last is None or now() - last >= wait, _insert(action, subject, None)
    wait = _wait(count - DEVICE_FREE, DEVICE_FIRST_WAIT, DEVICE_LONGEST_WAIT)
    if last is not None and now() - last < wait:
        return False, None
    return True, _insert(action, subject, device)


def _wait(beyond: int, first: timedelta, longest: timedelta) -> timedelta:
    """Nothing up to the free tries, then `first`, doubled at each try, never more than `longest`."""
    return timedelta(0) if beyond < 0 else min(first * 2 ** min(beyond, 12), longest)


def _slow_address(address: str) -> None:
    subject = subject_hash("address", _network(address))
    count, last = db.session.execute(
        select(func.count(), func.max(Attempt.at)).where(*_of("address", subject), Attempt.at > now() - HOUR)
    ).one()
    if count >= ADDRESS_FREE and now() - last < ADDRESS_WAIT:
        raise TooMany(
            _("Beaucoup d’essais viennent de votre réseau. Rien n’est bloqué : recommencez dans quelques secondes.")
        )


def _of(action: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    return Attempt.action == action, Attempt.subject == subject, Attempt.succeeded.is_(False)


def _insert(action: str, subject: str, device: str | None) -> uuid.UUID:
    attempt = Attempt(id=uuid7(), action=action, subject=subject, at=now(), device=device)
    db.session.add(attempt)
    db.session.flush()
    return attempt.id


def _lock(subject: str) -> None:
    """Until the end of the transaction, which the caller keeps short."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))


def _network(address: str) -> str:
    """An IPv6 subscriber has 2^64 addresses: they count as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
