"""Writing what is wanted to accounts and seats, a batch at a time: what every row needs is read once for all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypedDict

from sqlalchemy import select

from shared.access.elsewhere import shared_among
from shared.access.ending import end_sessions
from shared.access.identifiers import national, spellings
from shared.access.models import Access, Account, Identifier, IdentifierKind, Seat
from shared.clock import now, today
from shared.events.actors import SYSTEM
from shared.events.batches import together
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import EmailCell, EmailSlot, Person
from shared.settings.reading import setting

Named = dict[tuple[IdentifierKind, str], Identifier]


class _About(TypedDict):
    party_id: uuid.UUID
    access_id: uuid.UUID
    account_id: uuid.UUID


@dataclass
class _Around:
    """What a batch stands on, by id of the person, the account, the party and the access."""

    accounts: dict[uuid.UUID, Account] = field(default_factory=dict)
    identifiers: dict[uuid.UUID, Named] = field(default_factory=dict)
    seats: dict[uuid.UUID, int] = field(default_factory=dict)  # how many there will be
    cells: dict[uuid.UUID, str] = field(default_factory=dict)
    opened: set[uuid.UUID] = field(default_factory=set)
    fresh: set[uuid.UUID] = field(default_factory=set)  # accounts made now: nobody is inside
    shared: set[uuid.UUID] = field(default_factory=set)  # of whom a password is drawn: those who open other parties


def apply_all(rows: Sequence[tuple[Access, str | None]]) -> None:
    """Each access, held by the caller, with the slow hash of its new initial password where it has one."""
    if not rows:
        return
    around = _look_around([access for access, _hashed in rows])
    around.shared = shared_among({access.contact.person_id for access, hashed in rows if hashed is not None})
    told: list[tuple[str, _About]] = []
    with db.session.no_autoflush:  # one flush for all, not one before each question
        for access, hashed in rows:
            account = around.accounts[access.contact.person_id]
            _name(account, access, around)
            if hashed is not None:
                _set_initial(account, access, hashed, around)
            _seat(account, access)
            about = _About(party_id=access.party_id, access_id=access.id, account_id=account.id)
            if access.allowed and access.notify:
                access.notify = False
                told.append(("access.renotified" if access.id in around.opened else "access.opened", about))
        db.session.flush()
    with together():
        _tell(rows, around, told)


def _tell(rows: Sequence[tuple[Access, str | None]], around: _Around, told: Sequence[tuple[str, _About]]) -> None:
    with db.session.no_autoflush:
        for access, _hashed in rows:
            account = around.accounts[access.contact.person_id]
            about = _About(party_id=access.party_id, access_id=access.id, account_id=account.id)
            record("access.applied", by=SYSTEM, facts={"revision": access.revision}, **about)
        db.session.flush()
    for name, about in told:
        record(name, by=SYSTEM, **about)


def _look_around(accesses: Sequence[Access]) -> _Around:
    """Six queries. The persons are held meanwhile, who may have two accesses; the missing accounts are made."""
    around = _Around()
    persons = {access.contact.person_id: access.contact.person for access in accesses}
    held = select(Person.id).where(Person.id.in_(persons)).order_by(Person.id).with_for_update()
    db.session.execute(held)
    standing = db.session.scalars(select(Account).where(Account.person_id.in_(persons)))
    around.accounts = {account.person_id: account for account in standing}
    known = [account.id for account in around.accounts.values()]
    for person_id, person in persons.items():
        if person_id not in around.accounts:
            account = Account(id=uuid7(), person_id=person_id, person=person)
            account.seats = []
            db.session.add(account)
            around.accounts[person_id] = account
            around.fresh.add(account.id)
    for row in db.session.scalars(select(Identifier).where(Identifier.account_id.in_(known))):
        around.identifiers.setdefault(row.account_id, {})[row.kind, row.value_folded] = row
    for (account_id,) in db.session.execute(select(Seat.account_id).where(Seat.account_id.in_(known))):
        around.seats[account_id] = around.seats.get(account_id, 0) + 1
    for access in accesses:
        if access.seat is None:
            account_id = around.accounts[access.contact.person_id].id
            around.seats[account_id] = around.seats.get(account_id, 0) + 1
    cells = select(EmailCell.party_id, EmailCell.address).where(EmailCell.slot == EmailSlot.CARD)
    parties = {access.party_id for access in accesses}
    around.cells = dict(db.session.execute(cells.where(EmailCell.party_id.in_(parties))).all())
    opened = select(Event.access_id).where(Event.name == "access.opened")
    ids = [access.id for access in accesses if access.allowed and access.notify]
    around.opened = {each for each in db.session.scalars(opened.where(Event.access_id.in_(ids))) if each}
    return around


def _seat(account: Account, access: Access) -> None:
    seat = access.seat or Seat(id=uuid7(), account=account, access_id=access.id, party_id=access.party_id)
    seat.allowed, seat.starts_on, seat.ends_on = access.allowed, access.starts_on, access.ends_on
    seat.folder_ids, seat.acts = access.folder_ids, access.acts
    seat.revision, seat.applied_at = access.revision, now()
    access.seat = seat


def _name(account: Account, access: Access, around: _Around) -> None:
    """The code for ever; the e-mail and the phone as they stand on the card now."""
    standing = around.identifiers.setdefault(account.id, {})
    wanted_now = {(IdentifierKind.CODE, spellings(access.identifier)[0]): access.identifier}
    address = around.cells.get(access.party_id, "") if access.contact.is_main else access.contact.email
    proved = account.personal_email if account.personal_verified_at is not None else ""
    if proved:
        wanted_now[IdentifierKind.EMAIL, spellings(proved)[0]] = proved
        if access.party.left_on is not None and access.party.left_on <= today():
            address = ""  # the mailbox of the company is somebody else's by now
    if address:
        wanted_now[IdentifierKind.EMAIL, spellings(address)[0]] = address
    phone = access.contact.phone or (access.party.phone if access.contact.is_main else "")
    if len(national(phone)) >= 9:  # « poste 12 » names nobody
        wanted_now[IdentifierKind.PHONE, national(phone)] = phone
    for key, value in wanted_now.items():
        if key not in standing:
            row = Identifier(id=uuid7(), account_id=account.id, kind=key[0], value=value, value_folded=key[1])
            db.session.add(row)
            standing[key] = row
    if around.seats.get(account.id, 0) > 1:
        return
    for key, row in list(standing.items()):
        if key[0] is not IdentifierKind.CODE and key not in wanted_now:
            db.session.delete(row)
            del standing[key]


def _set_initial(account: Account, access: Access, hashed: str, around: _Around) -> None:
    """It replaces whatever password there was, but of another party's; whoever is inside must come in again."""
    if access.contact.person_id in around.shared:
        access.initial_secret = None  # the person was joined to another since it was drawn
        return
    drawn_at = access.initial_set_at or now()
    account.password_hash, account.initial_hash = None, hashed
    account.initial_expires_at = drawn_at + timedelta(days=int(setting("initial_password_days")))
    if access.initial_handed_over_at is not None:
        access.initial_secret = None
    if account.id not in around.fresh:
        end_sessions(account_id=account.id)
