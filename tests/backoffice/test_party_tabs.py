"""The tabs of a party: contacts, sites, addresses, accesses, rights, the line of time, what is to be printed."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select, update

from shared.access.models import Access, PortalSession
from shared.access.synchronising import synchronise
from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status, Template
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Contact, EmailCell, EmailSlot, Party
from shared.people.party_models import Site
from tests.factories import office
from tests.factories.company import Company, a_company
from tests.factories.identity import Browser, a_clerk, signed_in


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(3)


@pytest.fixture
def browser(app: Flask, company: Company) -> Browser:
    return signed_in(app)


@pytest.fixture
def party(company: Company) -> Party:
    return company.customer.party


def test_each_tab_is_a_page_and_says_which_one_is_open(browser: Browser, party: Party) -> None:
    text = browser.get(f"/backoffice/parties/{party.id}").text
    for name in ("contacts", "sites", "access", "logbook"):
        assert f'href="/backoffice/parties/{party.id}/{name}"' in text
        tab = browser.get(f"/backoffice/parties/{party.id}/{name}")
        assert tab.status_code == 200
        assert f'href="/backoffice/parties/{party.id}/{name}" aria-current="page"' in tab.text


def test_whoever_may_not_see_accesses_has_no_such_tab(app: Flask, company: Company, party: Party) -> None:
    clerk = a_clerk(role="reader", email="lea@exemple.fr")
    role = clerk.grants[0].role
    role.permissions = [each for each in role.permissions if each != "backoffice:access:see"]
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    assert f"/backoffice/parties/{party.id}/access" not in lea.get(f"/backoffice/parties/{party.id}").text
    assert lea.get(f"/backoffice/parties/{party.id}/access").status_code == 403


def test_a_contact_is_added_once_changed_and_closed(browser: Browser, party: Party) -> None:
    url = f"/backoffice/parties/{party.id}/contacts"
    key = _key(browser.get(f"{url}/new").text)
    for _ in range(2):
        answer = browser.post(f"{url}/new", key=key, family_name="Petit", role="Comptable", email="p@boutique.fr")
    assert answer.status_code == 303
    contact = _contact(party, "Petit")
    wrong = browser.post(f"{url}/{contact.id}", revision=1, family_name="Petit", email="p@")
    assert wrong.status_code == 422
    assert "Il manque le domaine" in wrong.text
    browser.post(f"{url}/{contact.id}", revision=1, family_name="Grand")
    browser.post(f"{url}/{contact.id}/close")
    db.session.expire_all()
    assert (contact.person.family_name, contact.closed_at is not None) == ("Grand", True)
    assert "fermé" in browser.get(url).text


def test_two_clerks_on_one_site_or_contact_see_both_texts_and_who_was_first(browser: Browser, party: Party) -> None:
    url = f"/backoffice/parties/{party.id}/sites"
    browser.post(f"{url}/new", key=_key(browser.get(f"{url}/new").text), name="Atelier", city="Nantes")
    site = db.session.scalars(select(Site).where(Site.name == "Atelier")).one()
    browser.post(f"{url}/{site.id}", revision=1, name="Usine", city="Nantes")

    answer = browser.post(f"{url}/{site.id}", revision=1, name="Dépôt", city="Nantes")

    assert answer.status_code == 409
    for words in ("Usine", "Dépôt", "Jeanne Roy"):
        assert words in answer.text
    assert browser.post(f"{url}/{site.id}", revision=2, name="Dépôt", city="Nantes").status_code == 303

    contacts = f"/backoffice/parties/{party.id}/contacts"
    browser.post(f"{contacts}/new", key=_key(browser.get(f"{contacts}/new").text), family_name="Petit")
    contact = _contact(party, "Petit")
    browser.post(f"{contacts}/{contact.id}", revision=1, family_name="Grand")
    answer = browser.post(f"{contacts}/{contact.id}", revision=1, family_name="Moyen")
    assert answer.status_code == 409
    for words in ("Grand", "Moyen", "Jeanne Roy"):
        assert words in answer.text


def test_a_site_has_a_country_which_is_first_that_of_its_party(browser: Browser, party: Party) -> None:
    party.country = "BE"
    url = f"/backoffice/parties/{party.id}/sites"
    form = BeautifulSoup(browser.get(f"{url}/new").text, "html5lib")
    assert form.select_one("select[name=country] option[selected]").text == "Belgique"  # type: ignore[union-attr]
    browser.post(f"{url}/new", key=_key(str(form)), name="Atelier", country="LU")
    site = db.session.scalars(select(Site).where(Site.name == "Atelier")).one()
    assert "Luxembourg" in browser.get(url).text

    browser.post(f"{url}/{site.id}", revision=1, name="Usine")
    assert (site.name, site.country) == ("Usine", "LU")
    browser.post(f"{url}/{site.id}", revision=2, name="Usine", country="DE")
    answer = browser.post(f"{url}/{site.id}", revision=2, name="Usine", country="BE")
    assert answer.status_code == 409
    assert "Allemagne" in answer.text and "Belgique" in answer.text
    assert 'name="country" value="BE"' in answer.text


def test_what_is_another_party_s_is_unknown_here(browser: Browser, party: Party, company: Company) -> None:
    other = company.parties[2]
    contact = add_contact(party=other, card=ContactCard(family_name="Ailleurs"), by=office.BY)
    base = f"/backoffice/parties/{party.id}"
    browser.get(base)
    assert browser.get(f"{base}/contacts/{contact.id}").status_code == 404
    assert browser.post(f"{base}/access/{contact.id}/allow").status_code == 404
    assert browser.get(f"{base}/access/{contact.id}/rights").status_code == 404


@pytest.mark.row("P-20")
def test_one_cell_is_changed_without_the_others_and_tried_again_by_one_click(browser: Browser, party: Party) -> None:
    base = f"/backoffice/parties/{party.id}/address"
    browser.get(f"/backoffice/parties/{party.id}")
    browser.post(f"{base}/quote", seen="", address="devis@boutique.example")
    before = {cell.slot: cell.address for cell in _cells(party)}
    assert before[EmailSlot.QUOTE] == "devis@boutique.example"
    assert before[EmailSlot.BILLING] == "compta@boutique.example"
    cell = next(cell for cell in _cells(party) if cell.slot is EmailSlot.QUOTE)
    cell.bounced_at, cell.bounce_reason = now(), "550 5.1.1 inconnue"
    assert "Essayer à nouveau" in browser.get(f"/backoffice/parties/{party.id}").text

    assert browser.post(f"{base}/quote/retry").status_code == 303

    text = browser.get(f"/backoffice/parties/{party.id}").text
    assert "Essayer à nouveau" not in text
    assert "rien n’y a encore été envoyé" in text
    stale = browser.post(f"{base}/quote", seen="autre@boutique.example", address="x@boutique.example")
    assert stale.status_code == 409
    texts = [cell.text.strip() for cell in BeautifulSoup(stale.text, "html5lib").select("td")]
    assert texts == ["Adresse e-mail", "devis@boutique.example", "x@boutique.example"]
    assert "Enregistré par Jeanne Roy" in stale.text
    seen = BeautifulSoup(stale.text, "html5lib").select_one("input[name=seen]")
    assert seen is not None
    informed = browser.post(f"{base}/quote", seen=seen["value"], address="x@boutique.example")
    assert informed.status_code == 303
    assert "x@boutique.example" in {cell.address for cell in _cells(party)}


@pytest.mark.row("P-20")
def test_a_cell_says_what_became_of_its_last_message(browser: Browser, party: Party) -> None:
    page, moment = f"/backoffice/parties/{party.id}", now()
    cell = next(cell for cell in party.cells if cell.slot is EmailSlot.BILLING)
    db.session.execute(update(Notification).values(address=None, address_slot=None))

    def shown(**values: object) -> str:
        row = _told(party, cell, **values)
        panel = BeautifulSoup(browser.get(page).text, "html5lib").find("dt", string="Facturation")
        assert row is not None and panel is not None and panel.parent is not None
        return " ".join(panel.parent.text.split())

    assert "En ordre dernier envoi" in shown(status=Status.SENT, sent_at=moment - timedelta(days=9))
    came_back = shown(status=Status.BOUNCED, ended_at=moment - timedelta(days=8))
    assert "Nouvel essai rejetée" in came_back
    given_up = shown(status=Status.FAILED, ended_at=moment - timedelta(days=7), reply="451 4.7.1 plus tard")
    assert "Échec dernier message abandonné" in given_up and "451 4.7.1 plus tard" in given_up
    assert "À vérifier" in shown(status=Status.UNKNOWN, ended_at=moment - timedelta(days=6))
    assert "En ordre" in shown(status=Status.DELIVERED, sent_at=moment - timedelta(days=5))
    waits = shown(reason=Reason.RETRY, due_at=moment + timedelta(minutes=5), reply="450 4.2.2 boîte pleine")
    assert "Différé prochain essai" in waits and "450 4.2.2 boîte pleine" in waits


@pytest.mark.row("P-62")
def test_the_two_fields_of_the_panel_are_the_cells_and_a_doubtful_address_is_pointed_out(
    browser: Browser, party: Party
) -> None:
    page = f"/backoffice/parties/{party.id}"
    panel = browser.get(page).text.partition('id="dematerialisation"')[2]
    assert re.search(r'Email facturation</label>.*?name="address" value="compta@boutique.example"', panel, re.S)
    assert "Email devis</label>" in panel

    malformed = browser.post(f"{page}/address/quote", seen="", address="devis@")
    assert malformed.status_code == 422
    assert "Il manque le domaine" in malformed.text
    known = office.customer("Z1", addresses={EmailSlot.CARD: "mort@boutique.example"})
    known.cells[0].bounced_at = now()
    bouncing = browser.post(f"{page}/address/quote", seen="", address="mort@boutique.example")
    assert bouncing.status_code == 422
    assert "déjà été rejetée" in bouncing.text
    assert EmailSlot.QUOTE not in {cell.slot for cell in _cells(party)}

    assert (
        browser.post(f"{page}/address/quote", seen="", address="mort@boutique.example", is_sure="y").status_code == 303
    )
    panel = browser.get(page).text.partition('id="dematerialisation"')[2]
    assert re.search(r'Email devis</label>.*?name="address" value="mort@boutique.example"', panel, re.S)


@pytest.mark.row("P-33")
@pytest.mark.row("P-73")
def test_the_access_tab_lists_each_contact_and_acts_on_one(browser: Browser, party: Party, company: Company) -> None:
    contact = add_contact(party=party, card=ContactCard(family_name="Petit", email="p@boutique.fr"), by=office.BY)
    url = f"/backoffice/parties/{party.id}/access"
    text = browser.get(url).text
    assert "Petit" in text
    assert "Ajouter un interlocuteur" in text
    assert company.customer.access.identifier in text

    browser.post(f"{url}/{contact.id}/allow")
    browser.post(f"{url}/{contact.id}/draw", seen=0)
    synchronise()
    text = browser.get(url).text
    assert "••••••" in text
    access = _access(contact)
    assert access.identifier == "4-3"  # another contact has the second
    assert access.seat is not None
    names = set(db.session.scalars(select(Event.name).where(Event.access_id == access.id)))
    assert {"access.created", "access.changed", "access.initial_drawn", "access.applied", "access.opened"} <= names
    assert f'/backoffice/parties/{party.id}/portal-client"' in text
    assert f'name="access_id" value="{access.id}"' in text

    asked = browser.post(f"{url}/{contact.id}/draw", seen=access.revision)
    assert asked.status_code == 409
    assert "Remplacer le mot de passe" in asked.text
    shown = browser.post(f"{url}/{contact.id}/show")
    assert 'class="g-secret"' in shown.text
    db.session.add(PortalSession(secret_hash="x", account_id=access.seat.account_id, seat_id=access.seat.id))
    browser.post(f"{url}/{contact.id}/end-sessions")
    assert db.session.scalars(select(PortalSession).where(PortalSession.secret_hash == "x")).one().ended_at is not None
    browser.post(f"{url}/{contact.id}/withdraw")
    db.session.expire_all()
    assert not access.seat.allowed


def test_a_form_key_of_another_family_s_party_is_no_error(browser: Browser, company: Company) -> None:
    browser.get("/backoffice/parties/new?family=suppliers")
    answer = browser.post(
        "/backoffice/parties/new?family=suppliers", key=company.customer.party_id, code="NEUF", name="Fournisseur"
    )
    assert answer.status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Party).where(Party.code == "NEUF")) == 1


def _told(party: Party, cell: EmailCell, **values: object) -> Notification:
    """A message to this cell as it ended."""
    template = db.session.scalars(select(Template).limit(1)).one()
    row = Notification(event="document.published", party_id=party.id, template_id=template.id, message_id="<1@test>")
    row.address, row.address_slot = cell.address, cell.slot
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def _key(text: str) -> str:
    found = re.search(r'name="key"[^>]*value="([^"]+)"', text)
    assert found
    return found[1]


def _contact(party: Party, name: str) -> Contact:
    db.session.expire_all()
    found = db.session.scalars(select(Contact).where(Contact.party_id == party.id))
    return next(each for each in found if each.person.family_name == name)


def _access(contact: Contact) -> Access:
    db.session.expire_all()
    return db.session.scalars(select(Access).where(Access.contact_id == contact.id)).one()


def _cells(party: Party) -> list[EmailCell]:
    db.session.expire_all()
    return list(db.session.scalars(select(EmailCell).where(EmailCell.party_id == party.id)))
