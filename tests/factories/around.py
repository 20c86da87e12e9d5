"""Who and what stands around a party: sites, contacts with and without access, notes, what is to be printed."""

from typing import TYPE_CHECKING

from shared.access import granting
from shared.access.contacts import grant_to
from shared.clock import now
from shared.documents.models import Printout
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Contact, Party, Person
from shared.people.party_models import Note, NoteKind, Site
from tests.factories import counter, office

if TYPE_CHECKING:
    from tests.factories.company import Company


def around(company: "Company", party: Party, rows: int, words: str) -> None:
    """`rows` of each at least, `words` in every text; every other row is closed or without access."""
    for number in range(rows):
        closed = now() if number % 3 == 2 else None
        name = f"Site {number}{words}"
        site = Site(party_id=party.id, name=name, name_folded=fold(name), city=f"Nantes{words}", closed_at=closed)
        db.session.add(site)
        db.session.flush()
        person = Person(given_name="Paul", family_name=f"Petit {number}{words}")
        contact = Contact(party=party, person=person, site_id=site.id, role=f"Comptable{words}", closed_at=closed)
        contact.email = f"paul{number}@boutique.example"
        db.session.add(contact)
        db.session.flush()
        if number % 2 == 0 and closed is None:
            granting.allow(access=grant_to(contact=contact, by=office.BY), by=office.BY)
        note = Note(
            party_id=party.id, kind=NoteKind.CALL, text=f"Appel {number}{words}", by=f"staff:{company.clerk.id}"
        )
        db.session.add(note)
        company.sites.append(site)
        company.contacts.append(contact)
        _to_print(company, party, words, printed=number % 2 == 1)
    db.session.flush()


def _to_print(company: "Company", party: Party, words: str, *, printed: bool) -> None:
    document = counter.a_document(party, office.folder("c.invoices"), f"Sur papier{words}", live=False)
    counter.a_publication(document, held_because="consent_refused")
    if printed:
        db.session.add(Printout(document_id=document.id, by=f"staff:{company.clerk.id}"))
