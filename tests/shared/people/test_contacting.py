"""Contacts, sites, notes and cells: what is typed is checked, what is stale is refused, what matters is recorded."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access import granting
from shared.access.contacts import grant_to
from shared.access.models import Identifier, PortalSession
from shared.access.synchronising import synchronise
from shared.clock import now
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.models import Notification, Status
from shared.people.addressing import Doubtful, change_cell, retry_cell
from shared.people.cards import Card
from shared.people.contacting import ContactCard, add_contact, close_contact, edit_contact
from shared.people.models import EmailSlot, Party
from shared.people.noting import note
from shared.people.party_models import NoteKind
from shared.people.registering import register
from shared.people.siting import SiteCard, add_site, edit_site
from tests.factories import office
from tests.factories.post import an_installation

BILLING = EmailSlot.BILLING


@pytest.fixture
def party(app: Flask) -> Party:
    an_installation()
    return office.customer("C1", addresses={BILLING: "compta@boutique.fr"})


def test_a_contact_that_leaves_comes_in_no_more(party: Party) -> None:
    office.manual_mode()
    contact = add_contact(party=party, card=ContactCard(family_name="Petit", email="p@boutique.fr"), by=office.BY)
    access = grant_to(contact=contact, by=office.BY)
    granting.allow(access=access, by=office.BY)
    office.automatic_mode()
    synchronise()
    assert access.seat is not None
    db.session.add(PortalSession(secret_hash="x", account_id=access.seat.account_id, seat_id=access.seat.id))
    office.manual_mode()

    close_contact(contact=contact, by=office.BY)

    db.session.expire_all()
    assert (access.allowed, access.seat.allowed) == (False, False)
    assert db.session.scalars(select(PortalSession)).one().ended_at is not None


def test_the_email_and_the_phone_of_a_contact_name_the_account(party: Party) -> None:
    card = ContactCard(family_name="Petit", email="p@boutique.fr", phone="06 12 34 56 78")
    contact = add_contact(party=party, card=card, by=office.BY)
    granting.allow(access=grant_to(contact=contact, by=office.BY), by=office.BY)
    synchronise()
    edit_contact(contact=contact, card=ContactCard(family_name="Petit", phone="+33612345679"), revision=1, by=office.BY)
    synchronise()

    names = set(db.session.scalars(select(Identifier.value_folded)))
    assert names == {"c1-2", "0612345679"}


def test_two_clerks_on_one_row(party: Party) -> None:
    site = add_site(party=party, card=SiteCard(name="Atelier"), by=office.BY)
    contact = add_contact(party=party, card=ContactCard(family_name="Petit"), by=office.BY)
    edit_site(site=site, card=SiteCard(name="Usine"), revision=1, by=office.BY)
    edit_contact(contact=contact, card=ContactCard(family_name="Grand"), revision=1, by=office.BY)

    with pytest.raises(Stale):
        edit_site(site=site, card=SiteCard(name="Dépôt"), revision=1, by=office.BY)
    with pytest.raises(Stale):
        edit_contact(contact=contact, card=ContactCard(family_name="Moyen"), revision=1, by=office.BY)
    with pytest.raises(Stale):
        change_cell(party=party, slot=BILLING, address="a@b.fr", seen="autre@b.fr", by=office.BY)


@pytest.mark.parametrize("name", ["=?utf-8?q?a?=", "a\r\nBcc: b@c.fr", "a\x00b", "a\u2028b"])
def test_a_name_that_could_forge_a_header_is_refused(party: Party, name: str) -> None:
    with pytest.raises(Refused):
        register(family=party.family, card=Card(code="X", name=name), by=office.BY)
    with pytest.raises(Refused):
        add_contact(party=party, card=ContactCard(family_name=name), by=office.BY)
    with pytest.raises(Refused):
        add_site(party=party, card=SiteCard(name=name), by=office.BY)


def test_an_address_that_came_back_is_pointed_out_before_it_is_saved(party: Party) -> None:
    cell = party.cells[0]
    cell.bounced_at, cell.bounce_reason = now(), "550 5.1.1 inconnue"
    db.session.flush()
    other = office.customer("C2")

    for who in (party, other):
        with pytest.raises(Doubtful, match="déjà été rejetée"):
            change_cell(party=who, slot=EmailSlot.QUOTE, address="compta@boutique.fr", seen="", by=office.BY)
    with pytest.raises(Doubtful, match="gmail"):
        change_cell(party=other, slot=EmailSlot.QUOTE, address="jean@gmial.com", seen="", by=office.BY)
    with pytest.raises(Refused):
        change_cell(party=other, slot=EmailSlot.QUOTE, address="jean@", seen="", by=office.BY, is_sure=True)
    change_cell(party=other, slot=EmailSlot.QUOTE, address="jean@gmial.com", seen="", by=office.BY, is_sure=True)
    assert [each.address for each in other.cells] == ["jean@gmial.com"]


def test_trying_again_lifts_the_flag_and_sends_what_came_back(party: Party) -> None:
    cell = party.cells[0]
    cell.bounced_at = now()
    row = _bounced(party, cell.address)

    retry_cell(party=party, slot=BILLING, by=office.BY)

    db.session.flush()
    again = db.session.scalars(select(Notification).where(Notification.resend_of_id == row.id)).one()
    assert (cell.bounced_at, again.status) == (None, Status.WAITING)


def test_a_key_of_another_family_makes_a_party_of_its_own(party: Party) -> None:
    card = Card(code="S1", name="Fournisseur")
    made = register(family=office.family("suppliers"), card=card, by=office.BY, party_id=party.id)
    assert made.id != party.id
    assert made.family.key == "suppliers"


def test_a_note_is_written_once(party: Party) -> None:
    key = uuid7()
    for _ in range(2):
        note(party=party, kind=NoteKind.CALL, text="Rappeler lundi", by=office.BY, note_id=key)
    with pytest.raises(Refused):
        note(party=party, kind=NoteKind.CALL, text="  ", by=office.BY)
    assert len(db.session.scalars(select(Event).where(Event.name == "note.written")).all()) == 1


def _bounced(party: Party, address: str) -> Notification:
    from shared.notifications.models import Template

    template = db.session.scalars(select(Template).where(Template.key == "document.published")).one()
    row = Notification(
        event="document.published",
        party_id=party.id,
        family_id=party.family_id,
        template_id=template.id,
        slot=BILLING,
        address_slot=BILLING,
        address=address,
        status=Status.BOUNCED,
        message_id="<1@exemple.fr>",
        sent_at=now(),
        ended_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row
