"""In which language somebody reads what is written for them, and what changes when they choose another."""

import uuid

from sqlalchemy import select

from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Contact, Party, Person, Staff

USUAL = "fr"


def language_of(actor: str) -> str:
    """The language of « staff:… », as ISO 639-1; French for any other actor."""
    kind, _colon, identity = actor.partition(":")
    staff = db.session.get(Staff, uuid.UUID(identity)) if kind == "staff" else None
    return staff.locale if staff is not None else USUAL


def speak(*, person: Person, locale: str, by: str) -> None:
    """Keep the language somebody chose; messages to a party of which they are the main contact follow.

    The addresses of a party are cells, not people: its main contact is who reads them.
    """
    person.locale = locale
    theirs = select(Contact.party_id).where(Contact.person_id == person.id, Contact.is_main)
    parties = select(Party).where(Party.id.in_(theirs), Party.locale != locale).with_for_update()
    for party in db.session.scalars(parties):
        party.locale, party.revision = locale, party.revision + 1
        record("party.changed", by=by, party_id=party.id, facts={"fields": ["locale"]})
