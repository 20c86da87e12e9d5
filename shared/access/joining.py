"""One person at several parties: joined by staff who say why, or by whoever proves both passwords.

Never by equal addresses: a shared mailbox is not a person.
"""

import uuid

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from shared.access import causes, initial
from shared.access.ending import end_sessions_of_seat
from shared.access.identifiers import spellings
from shared.access.linking import revoke_links
from shared.access.models import Access, Account, Identifier, Seat
from shared.access.wanting import locked, wanted
from shared.errors import Refused
from shared.events.actors import account_actor
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.cards import printable
from shared.people.models import Contact, Person


def join(*, contact: Contact, person: Person, why: str, by: str) -> None:
    """Say that this contact is that known person: one account opens both, and the contact's own password ends.

    Raises Refused without a reason, or where the person is at this party already.
    """
    why = printable(why, "why", 500)
    if not why:
        raise Refused(_("Dites pourquoi c’est la même personne : c’est elle qui ouvrira les deux espaces."), "why")
    if contact.is_main:
        raise Refused(_("L’interlocuteur principal est le tiers lui-même : ajoutez plutôt un interlocuteur."))
    former = contact.person_id
    if former == person.id:
        return
    _hold(former, person.id)
    _refuse_double(contact.party_id, person.id)
    access = _access(contact)
    target = _account_of(person.id)
    if access is not None and access.seat is not None:
        _seat_in(access, target or _new_account(person))
    contact.person_id, contact.person = person.id, person
    contact.revision += 1
    db.session.flush()
    has_none = initial.end_shared(target, person)
    facts = {"contact": str(contact.id), "name": person.full_name, "why": why, "before": str(former)}
    record("contact.joined", by=by, party_id=contact.party_id, facts=facts)
    if access is not None:
        access.notify = access.notify or (has_none and access.allowed)  # a link, to choose one
        _follow(access, by)


def separate(*, contact: Contact, by: str) -> None:
    """Undo a joining, by staff or on the portal: the contact becomes a person apart, who chooses a password by a link.

    The main contact is named after the party again, as when it was made.
    """
    if not _is_elsewhere(contact):
        raise Refused(_("Cet interlocuteur n’est rattaché à aucun autre tiers : il n’y a rien à séparer."))
    known = contact.person
    _hold(known.id, known.id)
    own = Person(civility=known.civility, given_name=known.given_name, family_name=known.family_name)
    person = Person(family_name=contact.party.name) if contact.is_main else own
    person.id = uuid7()
    db.session.add(person)
    db.session.flush()
    access = _access(contact)
    if access is not None and access.seat is not None:
        _seat_in(access, _new_account(person))
        access.notify = access.allowed
    contact.person_id, contact.person = person.id, person
    contact.revision += 1
    db.session.flush()
    facts = {"contact": str(contact.id), "name": person.full_name, "before": str(known.id)}
    record("contact.separated", by=by, party_id=contact.party_id, facts=facts)
    if access is not None:
        _follow(access, by)


def join_accounts(*, account: Account, other: Account) -> list[Seat]:
    """Whoever proved both passwords opens the seats of `other` from `account`; returns them.

    The identifiers of both go on naming the account; its password is the one of `account`. Raises Refused where
    both are at the same party.
    """
    _hold(account.person_id, other.person_id)
    contacts = list(db.session.scalars(select(Contact).where(Contact.person_id == other.person_id)))
    for contact in contacts:
        _refuse_double(contact.party_id, account.person_id)
    seats = list(db.session.scalars(select(Seat).where(Seat.account_id == other.id).options(joinedload(Seat.party))))
    for contact in contacts:
        contact.person_id, contact.person = account.person_id, account.person
        contact.revision += 1
    db.session.flush()
    initial.end_shared(account, account.person)
    revoke_links(account_id=other.id)
    for seat in seats:
        end_sessions_of_seat(seat_id=seat.id)
        seat.account_id, seat.account = account.id, account
    db.session.flush()
    _rename(other, account)
    for seat in seats:
        record(
            "account.joined",
            by=account_actor(account),
            account_id=account.id,
            access_id=seat.access_id,
            party_id=seat.party_id,
            facts={"before": str(other.id)},
        )
    return seats


def _hold(*person_ids: uuid.UUID) -> None:
    """Persons are held in the order of their ids: two joinings at once wait for each other."""
    query = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
    db.session.execute(query.with_for_update())


def _refuse_double(party_id: uuid.UUID, person_id: uuid.UUID) -> None:
    query = select(Contact.id).where(Contact.party_id == party_id, Contact.person_id == person_id)
    if db.session.scalar(query) is not None:
        raise Refused(_("Cette personne est déjà un interlocuteur de ce tiers. Rien n’a été changé."))


def _is_elsewhere(contact: Contact) -> bool:
    query = select(Contact.id).where(Contact.person_id == contact.person_id, Contact.id != contact.id)
    return db.session.scalar(query.limit(1)) is not None


def _access(contact: Contact) -> Access | None:
    access = db.session.scalars(select(Access).where(Access.contact_id == contact.id)).one_or_none()
    if access is not None:
        locked(access)
    return access


def _account_of(person_id: uuid.UUID) -> Account | None:
    return db.session.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()


def _new_account(person: Person) -> Account:
    account = Account(id=uuid7(), person_id=person.id, person=person)
    db.session.add(account)
    db.session.flush()
    return account


def _seat_in(access: Access, account: Account) -> None:
    """The seat changes hands: whoever was in it is out, and the identifier no longer names the former account."""
    seat = access.seat
    assert seat is not None
    end_sessions_of_seat(seat_id=seat.id)
    revoke_links(account_id=seat.account_id)
    named = Identifier.value_folded == spellings(access.identifier)[0]
    db.session.execute(delete(Identifier).where(Identifier.account_id == seat.account_id, named))
    access.initial_secret = None
    seat.account_id, seat.account = account.id, account
    db.session.flush()


def _follow(access: Access, by: str) -> None:
    if access.seat is not None:
        wanted(access, cause=causes.PERSON, by=by, fields=["person"])


def _rename(former: Account, account: Account) -> None:
    """What named the one names the other; an account without a seat or a name lets nobody in."""
    query = select(Identifier).where(Identifier.account_id.in_((former.id, account.id)))
    rows = list(db.session.scalars(query.order_by(Identifier.id)))
    standing = {(row.kind, row.value_folded) for row in rows if row.account_id == account.id}
    for row in rows:
        if row.account_id == account.id:
            continue
        if (row.kind, row.value_folded) in standing:
            db.session.delete(row)
        else:
            row.account_id = account.id
    db.session.flush()
