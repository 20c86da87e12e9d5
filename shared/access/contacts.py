"""The accesses of a party's further contacts: each has an identifier and a password of its own."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.access import causes
from shared.access.ending import end_sessions_of_seat
from shared.access.granting import grant, withdraw
from shared.access.identifiers import spellings
from shared.access.models import Access, Account, Identifier, Seat
from shared.access.wanting import wanted
from shared.clock import now
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Contact, Party


def grant_to(*, contact: Contact, by: str) -> Access:
    """The access of this contact, made if it has none; it opens nothing before `allow`.

    The main contact's identifier is the party's code, another's is the code and a number. Raises Refused.
    """
    if contact.is_main:
        return grant(party=contact.party, by=by)
    db.session.execute(select(Party.id).where(Party.id == contact.party_id).with_for_update())
    standing = access_of(contact)
    if standing is not None:
        return standing
    if contact.closed_at is not None:
        raise Refused(_("Cet interlocuteur est fermé : rouvrez-le avant de lui ouvrir un accès."))
    access = Access(id=uuid7(), contact_id=contact.id, contact=contact, is_main=False)
    access.party_id, access.party = contact.party_id, contact.party
    access.identifier, access.cause = _identifier(contact.party), causes.CREATED
    access.changed_at, access.changed_by = now(), by
    db.session.add(access)
    db.session.flush()
    record("access.created", by=by, party_id=access.party_id, access_id=access.id)
    return access


def access_of(contact: Contact) -> Access | None:
    """The access of a contact, if it has one."""
    return db.session.scalars(select(Access).where(Access.contact_id == contact.id)).one_or_none()


def end_all(*, access: Access, by: str) -> int:
    """End every session opened by this access, at once; how many there were. The access itself stays."""
    seat = db.session.scalars(select(Seat).where(Seat.access_id == access.id)).one_or_none()
    ended = end_sessions_of_seat(seat_id=seat.id) if seat is not None else 0
    if seat is not None and ended:
        record(
            "account.sessions_ended",
            by=by,
            party_id=access.party_id,
            access_id=access.id,
            account_id=seat.account_id,
            facts={"count": ended},
        )
    return ended


def changed(event: Event) -> None:
    """Reaction: the e-mail or phone of a contact also names the account at the login, so that its seat follows."""
    moved = {"email", "phone"} & set(event.facts["fields"])
    access = _of_event(event)
    if moved and access is not None and access.seat is not None:
        wanted(access, cause=causes.ADDRESS, by=event.actor, fields=sorted(moved))


def card_changed(event: Event) -> None:
    """Reaction: the phone of the card names the main contact's account."""
    if "phone" not in event.facts["fields"]:
        return
    query = select(Access).join(Seat, Seat.access_id == Access.id)
    for access in db.session.scalars(query.where(Access.party_id == event.party_id, Access.is_main)):
        wanted(access, cause=causes.ADDRESS, by=event.actor, fields=["phone"])


def closed(event: Event) -> None:
    """Reaction: whoever has left the party comes in no more."""
    access = _of_event(event)
    if access is not None:
        withdraw(access=access, by=event.actor)


def taken(identifiers: Sequence[str]) -> set[str]:
    """Those of these identifiers that already name somebody's account or access."""
    forms = {spellings(each)[0]: each for each in identifiers}
    named = select(Identifier.value_folded).join(Account).where(Identifier.value_folded.in_(forms))
    wanted_already = select(Access.identifier).where(Access.identifier.in_(identifiers))
    return {forms[each] for each in db.session.scalars(named)} | set(db.session.scalars(wanted_already))


def _identifier(party: Party) -> str:
    """« C042-2 » for the second access of C042, unless somebody is called so already."""
    count = db.session.scalar(select(func.count()).select_from(Access).where(Access.party_id == party.id)) or 0
    first = max(count + 1, 2)
    wished = [f"{party.code}-{number}" for number in range(first, first + 20)]
    used = taken(wished)
    return next((each for each in wished if each not in used), f"{party.code}-{uuid7().hex[-6:]}")


def _of_event(event: Event) -> Access | None:
    query = select(Access).where(Access.contact_id == uuid.UUID(event.facts["contact"]))
    return db.session.scalars(query).one_or_none()
