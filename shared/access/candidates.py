"""Who a contact might be elsewhere: shown with the reason, for a person to decide. Nothing is joined by itself."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from shared.extensions import db
from shared.people.finding import matching, on_card
from shared.people.models import Contact, EmailCell, Family, Party, Person
from shared.people.scopes import Scope

MOST = 20


@dataclass(frozen=True)
class Candidate:
    """A contact of another party. `reason`: email, phone, name, or search when staff looked for it."""

    contact_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    party_name: str
    party_code: str
    family: str
    role: str
    reason: str


def candidates(contact: Contact, scope: Scope, q: str = "") -> list[Candidate]:
    """Contacts of other parties in reach with the same address, phone or name; with `q`, those of the parties found."""
    address = func.lower(Contact.email) == contact.email.lower()
    cell = func.lower(EmailCell.address) == contact.email.lower()
    same_mail = and_(literal(bool(contact.email)), or_(address, and_(Contact.is_main, cell)))
    figures = _digits(contact.phone)[-9:]
    same_phone = and_(literal(len(figures) == 9), _figures(Contact.phone.expression) == figures)
    same_name = and_(
        func.lower(Person.family_name) == contact.person.family_name.lower(),
        func.lower(Person.given_name) == contact.person.given_name.lower(),
        literal(bool(contact.person.family_name)),
    )
    found = matching(q)
    wanted = and_(*found) if found else or_(same_mail, same_phone, same_name)
    reason = case((same_mail, "email"), (same_phone, "phone"), (same_name, "name"), else_="search")
    query = (
        select(Contact, Person, Party, Family.label, reason)
        .join(Person, Person.id == Contact.person_id)
        .join(Party, Party.id == Contact.party_id)
        .join(Family, Family.id == Party.family_id)
        .outerjoin(EmailCell, on_card())
        .where(Contact.party_id != contact.party_id, Contact.closed_at.is_(None), scope.parties(), wanted)
        .where(Contact.person_id != contact.person_id)
        .order_by(Party.name_folded, Person.family_name, Contact.id)
        .limit(MOST)
    )
    return [
        Candidate(each.id, person.id, person.full_name or party.name, party.name, party.code, family, each.role, why)
        for each, person, party, family, why in db.session.execute(query)
    ]


def chosen(contact: Contact, scope: Scope, contact_id: uuid.UUID) -> Contact | None:
    """The contact of another party in reach that staff picked."""
    query = select(Contact).join(Party, Party.id == Contact.party_id)
    query = query.where(Contact.id == contact_id, Contact.party_id != contact.party_id, scope.parties())
    return db.session.scalars(query).one_or_none()


def _figures(column: ColumnElement[str]) -> ColumnElement[str]:
    """The last nine figures of a number: the same with +33 as with 0."""
    return func.right(func.regexp_replace(column, "[^0-9]", "", "g"), 9)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
