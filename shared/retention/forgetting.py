"""What an erasure takes of people: their messages, their accounts, how to reach them, the card of their party."""

from typing import Any

from sqlalchemy import and_, delete, exists, select, update

from shared.access.models import Access, Account
from shared.clock import now
from shared.extensions import db
from shared.folding import fold
from shared.notifications.models import Notification, Status
from shared.people.models import Contact, EmailCell, Party, Person
from shared.people.party_models import Note, Site
from shared.retention.destroying import remove
from shared.signatures.models import Signer

ERASED = "Personne effacée"


def leaving(party: Party) -> Any:
    """The persons who are at no other party: their account goes with them."""
    other = exists().where(Contact.person_id == Person.id, Contact.party_id != party.id)
    here = exists().where(Contact.person_id == Person.id, Contact.party_id == party.id)
    return select(Person.id).where(here, ~other)


def forget_messages(party: Party) -> None:
    """What waits leaves no more; of what has left, the date and the outcome stay."""
    mine = Notification.party_id == party.id
    db.session.execute(
        update(Notification)
        .where(mine, Notification.status == Status.WAITING)
        .values(status=Status.CANCELLED, ended_at=now(), reply=ERASED)
    )
    emptied: dict[str, Any] = {
        "address": None,
        "fixed_address": None,
        "subject": None,
        "body": None,
        "edited_subject": None,
        "edited_body": None,
        "secret": None,
        "facts": {},
    }
    db.session.execute(update(Notification).where(mine).values(**emptied))


def forget_people(party: Party) -> None:
    """Contacts, accesses and accounts, once the free documents are gone; of who is named in a proof, the name stays."""
    gone, signing = list(db.session.scalars(leaving(party))), _signing(party)
    named = {contact.person_id for contact in signing}
    remove(Note.__table__, Note.__table__.c.party_id == party.id)  # type: ignore[arg-type]
    remove(Access.__table__, Access.__table__.c.party_id == party.id)  # type: ignore[arg-type]
    remove(Account.__table__, Account.__table__.c.person_id.in_(gone))  # type: ignore[arg-type]
    going = Contact.party_id == party.id, Contact.id.not_in([contact.id for contact in signing])
    remove(Contact.__table__, and_(*going))  # type: ignore[arg-type]
    remove(Person.__table__, Person.__table__.c.id.in_([each for each in gone if each not in named]))  # type: ignore[arg-type]
    for contact in signing:
        contact.role = contact.email = contact.phone = ""
        contact.site_id, contact.closed_at = None, contact.closed_at or now()
    db.session.flush()
    db.session.expire_all()


def forget_card(party: Party, *, named: bool) -> None:
    """The name stays as long as documents or the accounts bear it: without it nobody could show whose they are."""
    db.session.execute(delete(EmailCell).where(EmailCell.party_id == party.id))
    db.session.execute(
        update(Site)
        .where(Site.party_id == party.id)
        .values(name=ERASED, name_folded=fold(ERASED), street="", postcode="", city="", phone="")
    )
    party = db.session.get_one(Party, party.id, populate_existing=True)
    party.street = party.postcode = party.city = party.phone = ""
    party.closed_at = party.closed_at or now()
    if not named:
        party.name, party.name_folded, party.birth_date = ERASED, fold(ERASED), None
    db.session.flush()


def _signing(party: Party) -> list[Contact]:
    query = select(Contact).where(Contact.party_id == party.id, exists().where(Signer.contact_id == Contact.id))
    return list(db.session.scalars(query))
