"""One action on many parties, all or none, with one audit line each that names the batch."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from shared.access import causes, granting, initial, passwords
from shared.access.models import Access, Seat
from shared.access.wanting import ring_if_automatic
from shared.clock import now
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Contact, Party, Person
from shared.secrets import seal

ACTIONS = ("draw", "allow", "withdraw", "notify")
EVENTS = {"draw": "access.initial_drawn", "allow": "access.changed", "notify": "access.changed"}
CAUSES = {"draw": causes.PASSWORD, "allow": causes.ALLOWED, "notify": causes.NOTIFY}


def apply_to(*, action: str, party_ids: Sequence[uuid.UUID], by: str, batch: uuid.UUID) -> int:
    """Do one of ACTIONS to each party; returns how many were changed. Those that stand so already are left.

    A drawn password never replaces one that exists: that is asked line by line. Withdrawals are immediate.
    """
    accesses = _accesses(party_ids, by, batch, make=action != "withdraw")
    changed = [access for access in accesses if _needs(access, action)]
    if action == "withdraw":
        for access in changed:
            granting.withdraw(access=access, by=by)
        return len(changed)
    for access in changed:
        _want(access, action, by)
    db.session.flush()
    for access in changed:
        facts = {"batch": str(batch), "fields": [] if action == "draw" else [_field(action)]}
        record(EVENTS[action], by=by, party_id=access.party_id, access_id=access.id, facts=facts)
    ring_if_automatic()
    return len(changed)


def done_before(batch: uuid.UUID) -> int | None:
    """How many lines this batch changed when it was sent the first time; None when it was not."""
    query = select(func.count()).select_from(Event).where(Event.name.in_((*EVENTS.values(), "access.created")))
    number = db.session.scalar(query.where(Event.facts["batch"].astext == str(batch), Event.id >= batch))
    return number or None


def _accesses(party_ids: Sequence[uuid.UUID], by: str, batch: uuid.UUID, *, make: bool) -> list[Access]:
    """The accesses of the main contacts, held until the end; the missing ones are made where `make` says so."""
    parties = db.session.scalars(
        select(Party).where(Party.id.in_(party_ids)).order_by(Party.id).with_for_update()
    ).all()
    query = (
        select(Access)
        .join(Contact, Contact.id == Access.contact_id)
        .where(Contact.is_main, Access.party_id.in_(party_ids))
    )
    query = query.options(joinedload(Access.seat).joinedload(Seat.account)).with_for_update(of=Access)
    standing = {access.party_id: access for access in db.session.scalars(query)}
    missing = [party for party in parties if party.id not in standing] if make else []
    contacts = _contacts(missing)
    for party in missing:
        standing[party.id] = _new(party, contacts[party.id], by)
    db.session.flush()
    for party in missing:
        access = standing[party.id]
        record("access.created", by=by, party_id=party.id, access_id=access.id, facts={"batch": str(batch)})
    return [standing[party.id] for party in parties if party.id in standing]


def _contacts(parties: Sequence[Party]) -> dict[uuid.UUID, Contact]:
    ids = [party.id for party in parties]
    known = {
        each.party_id: each
        for each in db.session.scalars(select(Contact).where(Contact.is_main, Contact.party_id.in_(ids)))
    }
    for party in parties:
        if party.id not in known:
            person = Person(id=uuid7(), family_name=party.name)
            known[party.id] = Contact(id=uuid7(), party_id=party.id, person_id=person.id, person=person, is_main=True)
            db.session.add(known[party.id])
    return known


def _new(party: Party, contact: Contact, by: str) -> Access:
    access = Access(id=uuid7(), contact=contact, contact_id=contact.id, party=party, party_id=party.id)
    access.identifier, access.cause, access.changed_by = party.code, causes.CREATED, by
    access.allowed, access.notify, access.revision, access.changed_at = False, True, 1, now()
    access.seat = None
    db.session.add(access)
    return access


def _needs(access: Access, action: str) -> bool:
    if action == "allow":
        return not access.allowed
    if action == "withdraw":
        return access.allowed
    if action == "notify":
        return not access.notify or (access.seat is not None and access.seat.revision == access.revision)
    account = access.seat.account if access.seat else None
    return access.initial_secret is None and (account is None or not (account.password_hash or account.initial_hash))


def _want(access: Access, action: str, by: str) -> None:
    if action == "draw":
        access.initial_secret = seal(passwords.draw(), initial.PURPOSE)
        access.initial_set_at, access.initial_handed_over_at = now(), None
    elif action == "allow":
        access.allowed = True
    else:
        access.notify = True
    is_green = access.seat is not None and access.seat.revision == access.revision
    if is_green or not access.allowed or action == "allow":
        access.changed_at = now()
    access.revision += 1
    access.changed_by, access.cause = by, CAUSES[action]


def _field(action: str) -> str:
    return {"allow": "allowed", "notify": "notify"}[action]
