"""Bringing the portal to what the back office wants: each red access becomes a seat at its revision.

In manual mode only what was wanted before the last « Synchroniser » is applied. May run twice at once:
each row is taken by one run.
"""

import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypedDict

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from shared.access import causes, passwords
from shared.access.ending import end_sessions
from shared.access.identifiers import spellings
from shared.access.initial import PURPOSE
from shared.access.models import Access, Account, Identifier, IdentifierKind, Seat
from shared.access.wanting import ring_now, wanted
from shared.clock import now
from shared.events.actors import SYSTEM
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import EmailCell, EmailSlot, Person
from shared.secrets import unseal
from shared.settings.reading import is_automatic, setting
from shared.transactions import after_commit


class _About(TypedDict):
    party_id: uuid.UUID
    access_id: uuid.UUID
    account_id: uuid.UUID


HASHERS = 2  # argon2 frees the interpreter lock; more threads than cores gain nothing


def synchronise(*, limit: int = 100) -> int:
    """Apply the red accesses, the longest waiting first; returns how many, 0 when none is left.

    Passwords are hashed before any row is locked.
    """
    hashes = _hashes(limit)
    query = select(Access).where(is_red(), _asked_for()).options(joinedload(Access.party), joinedload(Access.seat))
    query = query.order_by(Access.changed_at, Access.id).limit(limit)
    rows = db.session.scalars(
        query.with_for_update(of=Access, skip_locked=True).execution_options(populate_existing=True)
    )
    done = 0
    for access in rows.all():
        hashed = hashes.get((access.id, access.initial_set_at))
        if _is_new_password(access) and hashed is None:
            continue  # drawn since the hashes were made: the next batch takes it
        _apply(access, hashed)
        done += 1
    return done


def ask(*, by: str) -> None:
    """« Synchroniser »: what is wanted now is applied by the worker, who is woken after the commit."""
    record("synchronisation.asked", by=by)
    after_commit(ring_now, once="ring:synchronise")


def red_count() -> int:
    """How many rows are red, asked for or not."""
    return db.session.scalar(select(func.count()).select_from(Access).where(is_red())) or 0


def is_due() -> bool:
    """Whether `synchronise` would find something: asked by the tick when the bell was not heard."""
    return bool(db.session.scalar(select(exists().where(is_red(), _asked_for()))))


def address_changed(event: Event) -> None:
    """Reaction: the card's address also names the account at the login, so that its seat must follow."""
    if event.facts.get("slot") != EmailSlot.CARD or event.party_id is None:
        return
    seated = exists().where(Seat.access_id == Access.id)
    for access in db.session.scalars(select(Access).where(Access.party_id == event.party_id, seated)):
        if access.contact.is_main:
            wanted(access, cause=causes.ADDRESS, by=event.actor, fields=["email"])


def is_red() -> ColumnElement[bool]:
    """A seat at another revision, or none yet where one is wanted."""
    applied = exists().where(Seat.access_id == Access.id, Seat.revision == Access.revision)
    seated = exists().where(Seat.access_id == Access.id)
    return ~applied & or_(Access.allowed, seated)


def _asked_for() -> ColumnElement[bool]:
    return Access.changed_at <= _until()


def _until() -> datetime:
    """In manual mode, the time of the last « Synchroniser »."""
    if is_automatic():
        return now()
    asked = db.session.scalar(select(func.max(Event.at)).where(Event.name == "synchronisation.asked"))
    return asked or datetime.fromtimestamp(0, now().tzinfo)


def _hashes(limit: int) -> dict[tuple[uuid.UUID, datetime | None], str]:
    """(access, when it was drawn) → slow hash of its new initial password."""
    query = (
        select(Access)
        .where(is_red(), _asked_for(), Access.initial_secret.is_not(None))
        .options(joinedload(Access.seat))
    )
    candidates = [
        each
        for each in db.session.scalars(query.order_by(Access.changed_at, Access.id).limit(limit))
        if _is_new_password(each)
    ]
    clear = [unseal(each.initial_secret or "", PURPOSE) for each in candidates]
    with ThreadPoolExecutor(HASHERS) as hashers:
        hashed: Iterable[str] = hashers.map(passwords.hash_password, clear)
        return {(each.id, each.initial_set_at): one for each, one in zip(candidates, hashed, strict=True)}


def _is_new_password(access: Access) -> bool:
    if access.initial_secret is None or access.initial_set_at is None:
        return False
    return access.seat is None or access.initial_set_at >= access.seat.applied_at


def _apply(access: Access, hashed: str | None) -> None:
    account = _account_of(access)
    _name(account, access)
    if hashed is not None:
        _set_initial(account, access, hashed)
    seat = access.seat or Seat(id=uuid7(), account_id=account.id, access_id=access.id, party_id=access.party_id)
    seat.allowed, seat.starts_on, seat.ends_on = access.allowed, access.starts_on, access.ends_on
    seat.folder_ids, seat.revision, seat.applied_at = access.folder_ids, access.revision, now()
    access.seat = seat
    db.session.flush()
    about = _About(party_id=access.party_id, access_id=access.id, account_id=account.id)
    record("access.applied", by=SYSTEM, facts={"revision": access.revision}, **about)
    if access.allowed and access.notify:
        access.notify = False
        record("access.renotified" if _was_opened(access) else "access.opened", by=SYSTEM, **about)


def _account_of(access: Access) -> Account:
    """The person's account, made if missing; the person is held meanwhile, who may have two accesses."""
    person_id = access.contact.person_id
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    account = db.session.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()
    if account is None:
        account = Account(id=uuid7(), person_id=person_id, person=access.contact.person)
        db.session.add(account)
        db.session.flush()
    return account


def _name(account: Account, access: Access) -> None:
    """The code for ever; the e-mail and the phone as they stand on the card now."""
    standing = {(row.kind, row.value_folded): row for row in _identifiers(account)}
    wanted_now = {(IdentifierKind.CODE, spellings(access.identifier)[0]): access.identifier}
    address = _address(access)
    if address:
        wanted_now[IdentifierKind.EMAIL, spellings(address)[0]] = address
    phone = access.contact.phone or (access.party.phone if access.contact.is_main else "")
    if phone:
        wanted_now[IdentifierKind.PHONE, spellings(phone)[-1]] = phone
    for key, value in wanted_now.items():
        if key not in standing:
            db.session.add(Identifier(account_id=account.id, kind=key[0], value=value, value_folded=key[1]))
    if len(account.seats) > 1:
        return
    for key, row in standing.items():
        if key[0] is not IdentifierKind.CODE and key not in wanted_now:
            db.session.delete(row)


def _identifiers(account: Account) -> list[Identifier]:
    return list(db.session.scalars(select(Identifier).where(Identifier.account_id == account.id)))


def _address(access: Access) -> str:
    if not access.contact.is_main:
        return access.contact.email
    cell = db.session.get(EmailCell, (access.party_id, EmailSlot.CARD))
    return cell.address if cell else ""


def _set_initial(account: Account, access: Access, hashed: str) -> None:
    """It replaces whatever password there was; whoever is inside must come in again."""
    drawn_at = access.initial_set_at or now()
    account.password_hash, account.initial_hash = None, hashed
    account.initial_expires_at = drawn_at + timedelta(days=int(setting("initial_password_days")))
    if access.initial_handed_over_at is not None:
        access.initial_secret = None
    end_sessions(account_id=account.id)


def _was_opened(access: Access) -> bool:
    return bool(db.session.scalar(select(exists().where(Event.access_id == access.id, Event.name == "access.opened"))))
