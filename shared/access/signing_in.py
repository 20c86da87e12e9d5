"""Signing in at the portal: an identifier, a password, and the same cost and answer whoever asks."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from shared.access import passwords
from shared.access.choosing import LOGIN, subject_of
from shared.access.identifiers import accounts_named, most_shared, spellings
from shared.access.models import Account, Seat
from shared.access.seats import open_among
from shared.access.throttling import Ticket, succeeded, take
from shared.clock import now
from shared.events.actors import account_actor
from shared.events.recording import record
from shared.extensions import db


@dataclass(frozen=True)
class Asked:
    """A counted try at what an identifier names. `verifications`: how many each login costs at present."""

    identifier: str
    account_ids: tuple[uuid.UUID, ...]
    ticket: Ticket
    verifications: int

    @property
    def account_id(self) -> uuid.UUID | None:
        """Whom the journal names, where there is one account and no doubt."""
        return self.account_ids[0] if len(self.account_ids) == 1 else None


@dataclass(frozen=True)
class Opened:
    """What the right password opens: seats to choose among, or only the choice of a password."""

    seats: tuple[Seat, ...] = ()
    first_time: Account | None = None


def ask(*, identifier: str, address: str, device: str | None, known: Iterable[uuid.UUID]) -> Asked:
    """Count one try, before it is made; to be committed at once. `known`: accounts opened from this `device` before.

    Raises TooMany.
    """
    verifications = most_shared()
    ids = tuple(account.id for account in accounts_named(identifier, verifications))
    subjects = [subject_of(account_id) for account_id in ids] or [f"nobody:{spellings(identifier)[0]}"]
    trusted = {subject_of(account_id) for account_id in known} & set(subjects)
    ticket = take(LOGIN, subjects, address=address, device=device, known=trusted)
    return Asked(identifier, ids, ticket, verifications)


def answer(*, asked: Asked, password: str) -> Opened | None:
    """What the password opens, or None: wrong, unknown, locked, withdrawn, frozen and expired are one answer."""
    accounts = accounts_named(asked.identifier, asked.verifications)
    proved = [account for account in accounts if _proves(account, password)]
    passwords.burn(asked.verifications - len(accounts))
    proved = [account for account in proved if subject_of(account.id) in asked.ticket.allowed]
    seats = [seat for account in proved if account.password_hash for seat in open_among(account.seats)]
    if seats:
        succeeded(asked.ticket)
        return Opened(seats=tuple(seats))
    for account in proved:
        if account.password_hash is None and open_among(account.seats) and _use_up(account):
            succeeded(asked.ticket)
            return Opened(first_time=account)
    return None


def entered(*, seat: Seat, device: str) -> None:
    """A person has come in by this seat."""
    seat.account.last_login_at = seat.last_seen_at = now()
    record(
        "account.signed_in",
        by=account_actor(seat.account),
        account_id=seat.account_id,
        access_id=seat.access_id,
        party_id=seat.party_id,
        facts={"device": device},
    )


def seats_of(account_id: uuid.UUID) -> list[Seat]:
    """The open seats of one account, with their parties, by name; one query."""
    query = select(Seat).where(Seat.account_id == account_id).options(joinedload(Seat.party), joinedload(Seat.account))
    return open_among(db.session.scalars(query))


def _proves(account: Account, password: str) -> bool:
    """One verification, whatever the account is. An initial password that expired proves nothing."""
    if account.password_hash is not None or account.initial_hash is None:
        return passwords.verify(account.password_hash, password)
    fits = passwords.verify(account.initial_hash, password.strip())
    return fits and account.initial_expires_at is not None and account.initial_expires_at > now()


def _use_up(account: Account) -> bool:
    """The initial password works once: of two first logins at the same time, one wins."""
    used = db.session.execute(
        update(Account)
        .where(
            Account.id == account.id,
            Account.initial_hash == account.initial_hash,
            Account.initial_expires_at == account.initial_expires_at,  # as read before: whoever came first moved it
            Account.initial_expires_at > now(),
        )
        .values(initial_expires_at=now())
        .returning(Account.id)
    )
    return used.first() is not None
