"""« Interlocuteurs »: the persons at a party. Closed, never deleted: what they read and signed stays theirs."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.addresses import normalise
from shared.people.cards import printable
from shared.people.editing import held, put
from shared.people.models import Contact, Party, Person
from shared.people.party_models import Site

PERSON_FIELDS = ("civility", "given_name", "family_name")
CONTACT_FIELDS = ("role", "email", "phone")


@dataclass(frozen=True)
class ContactCard:
    """What staff type about a person at a party."""

    family_name: str
    given_name: str = ""
    civility: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    site_id: uuid.UUID | None = None


def add_contact(*, party: Party, card: ContactCard, by: str, contact_id: uuid.UUID | None = None) -> Contact:
    """A new person at the party; a person of the same name or address elsewhere stays somebody else.

    `contact_id` names one sending of the form: sent twice, it is one contact. Raises Refused.
    """
    person_values, values = _checked(card, party.id)
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    known = db.session.get(Contact, contact_id) if contact_id else None
    if known is not None and known.party_id == party.id:
        return known
    person = Person(id=uuid7(), **person_values)
    contact = Contact(id=contact_id if contact_id and known is None else uuid7(), party_id=party.id, person=person)
    put(contact, values)
    db.session.add(contact)
    db.session.flush()
    record("contact.created", by=by, party_id=party.id, facts=_about(contact))
    return contact


def edit_contact(*, contact: Contact, card: ContactCard, revision: int, by: str) -> Contact:
    """Write the contact edited from `revision`. A person at several parties is renamed at each.

    Raises Stale when it was saved since, Refused with the field that is wrong.
    """
    held(contact, revision)
    _refuse_main(contact)
    person_values, values = _checked(card, contact.party_id)
    changed = put(contact.person, person_values) | put(contact, values)
    if changed:
        contact.revision += 1
        db.session.flush()
        fields = {name: [_plain(was), _plain(becomes)] for name, (was, becomes) in changed.items()}
        record("contact.changed", by=by, party_id=contact.party_id, facts={**_about(contact), "fields": fields})
    return contact


def close_contact(*, contact: Contact, by: str) -> None:
    """They have left: their access is withdrawn at once; what they did stays in the history."""
    _refuse_main(contact)
    _set_closed(contact, "contact.closed", by, is_closed=True)


def reopen_contact(*, contact: Contact, by: str) -> None:
    """They are back; their access stays closed until it is allowed again."""
    _set_closed(contact, "contact.reopened", by, is_closed=False)


def contacts_of(party: Party) -> list[Contact]:
    """The persons at a party: the main one first, the closed ones last."""
    query = select(Contact).join(Person, Person.id == Contact.person_id).where(Contact.party_id == party.id)
    order = (Contact.closed_at.is_not(None), Contact.is_main.desc(), Person.family_name, Person.given_name, Contact.id)
    return list(db.session.scalars(query.order_by(*order)))


def _set_closed(contact: Contact, event: str, by: str, *, is_closed: bool) -> None:
    held(contact, contact.revision)
    if (contact.closed_at is not None) == is_closed:
        return
    contact.closed_at = now() if is_closed else None
    contact.revision += 1
    db.session.flush()
    record(event, by=by, party_id=contact.party_id, facts=_about(contact))


def _checked(card: ContactCard, party_id: uuid.UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    person = {name: printable(getattr(card, name), name) for name in PERSON_FIELDS}
    values: dict[str, Any] = {name: printable(getattr(card, name), name) for name in ("role", "phone")}
    if not person["family_name"] and not person["given_name"]:
        raise Refused(_("Donnez un nom à cet interlocuteur."), field="family_name")
    values["email"] = normalise(card.email, "email") if card.email.strip() else ""
    values["site_id"] = _site(card.site_id, party_id)
    return person, values


def _site(site_id: uuid.UUID | None, party_id: uuid.UUID) -> uuid.UUID | None:
    if site_id is None:
        return None
    found = db.session.scalar(select(Site.id).where(Site.id == site_id, Site.party_id == party_id))
    if found is None:
        raise Refused(_("Ce site n’est pas à ce tiers : choisissez-en un de la liste."), field="site_id")
    return found


def _refuse_main(contact: Contact) -> None:
    if contact.is_main:
        raise Refused(_("L’interlocuteur principal est le tiers lui-même : il se modifie sur la fiche."))


def _about(contact: Contact) -> dict[str, Any]:
    return {"contact": str(contact.id), "name": contact.person.full_name}


def _plain(value: Any) -> str:
    return "" if value is None else str(value)
