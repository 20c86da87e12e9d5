"""What one access of a party opens, what may be done with it, until when, and whose person it is."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.access import granting
from shared.access.contacts import grant_to
from shared.access.models import Access
from shared.access.synchronising import synchronise
from shared.clock import today
from shared.extensions import db
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Activity, Contact, Party
from tests.factories import counter, office
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


@pytest.mark.row("P-53")
def test_whoever_has_the_right_on_invoices_only_sees_no_quote(app: Flask, browser: Browser, party: Party) -> None:
    invoice = counter.a_document(party, office.folder("c.invoices"), "Facture visible", "FV-1")
    quote = counter.a_document(party, office.folder("c.quotes"), "Devis caché", "DC-1")
    contact = db.session.scalars(select(Contact).where(Contact.party_id == party.id, Contact.is_main)).one()
    customer = Browser(app)
    customer.sign_in(party.code)
    assert "Devis caché" in customer.get("/documents?q=cach").text

    url = f"/backoffice/parties/{party.id}/access/{contact.id}/rights"
    office.manual_mode()
    browser.get(url)
    assert _given(browser, url, preset="invoices").status_code == 303

    for page in ("/", "/documents", "/documents?q=devis", "/quotes", "/statement"):
        assert "Devis caché" not in customer.get(page).text
    assert customer.get(f"/documents/{quote.id}").status_code == 404
    assert customer.get(f"/documents/{quote.id}/download").status_code == 404
    assert "Facture visible" in customer.get("/documents?q=facture").text
    assert customer.get(f"/documents/{invoice.id}").status_code == 200
    assert "factures seulement" in browser.get(f"/backoffice/parties/{party.id}/access").text


@pytest.mark.row("P-53")
def test_staff_say_what_a_contact_may_do_besides_seeing(app: Flask, browser: Browser, party: Party) -> None:
    contact = db.session.scalars(select(Contact).where(Contact.party_id == party.id, Contact.is_main)).one()
    url = f"/backoffice/parties/{party.id}/access/{contact.id}/rights"
    form = BeautifulSoup(browser.get(url).text, "html5lib")
    assert [box["value"] for box in form.select("input[name=acts][checked]")] == ["sign", "deposit", "pay"]

    assert _given(browser, url, preset="all", acts="pay").status_code == 303
    assert "voir, payer" in browser.get(f"/backoffice/parties/{party.id}/access").text
    assert _given(browser, url, preset="all").status_code == 303
    assert "voir seulement" in browser.get(f"/backoffice/parties/{party.id}/access").text
    assert _given(browser, url, preset="all", acts="vote").status_code == 422


def test_two_clerks_on_one_access_and_what_the_first_took_away_stays_away(browser: Browser, party: Party) -> None:
    """The second page was opened before the first saved: its dates must not put the folders back."""
    contact = db.session.scalars(select(Contact).where(Contact.party_id == party.id, Contact.is_main)).one()
    url = f"/backoffice/parties/{party.id}/access/{contact.id}/rights"
    opened = BeautifulSoup(browser.get(url).text, "html5lib")
    seen = opened.select_one("input[name=revision]")["value"]  # type: ignore[index]
    quotes = office.folder("c.quotes")
    _given(browser, url, preset="own", folders=str(quotes.id), acts="sign")

    mine = {"preset": "all", "acts": ["sign", "deposit", "pay"], "ends_on": today() + timedelta(days=30)}
    answer = browser.post(url, revision=seen, **mine)

    assert answer.status_code == 409
    assert _access(contact).folder_ids == [quotes.id]
    assert _access(contact).ends_on is None
    for words in ("Jeanne Roy", quotes.label, "Tout voir, aujourd’hui et demain", "Déposer des documents"):
        assert words in answer.text
    form = next(each for each in BeautifulSoup(answer.text, "html5lib").select("main form"))
    fields: dict[str, list[str]] = {}
    for hidden in form.select("input[type=hidden]"):
        fields.setdefault(str(hidden["name"]), []).append(str(hidden["value"]))
    assert browser.post(url, **(fields | {"csrf_token": browser.token})).status_code == 303
    assert _access(contact).folder_ids is None
    assert _access(contact).ends_on == today() + timedelta(days=30)
    assert sorted(_access(contact).acts) == ["deposit", "pay", "sign"]


def test_nobody_gives_folders_beyond_their_own_part(app: Flask, party: Party) -> None:
    clerk = a_clerk(role="referent", email="lea@exemple.fr")
    contact = db.session.scalars(select(Contact).where(Contact.party_id == party.id, Contact.is_main)).one()
    _access(contact).folder_ids = [office.folder("c.quotes").id]
    north, south = Activity(name="Nord"), Activity(name="Sud", position=1)
    db.session.add_all([north, south])
    db.session.flush()
    clerk.grants[0].activity_id, office.folder("c.invoices").activity_id = north.id, south.id
    db.session.flush()
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    url = f"/backoffice/parties/{party.id}/access/{contact.id}/rights"
    lea.get(url)

    assert "hors de votre habilitation" in _given(lea, url, preset="invoices").text
    assert _given(lea, url, preset="own", folders=office.folder("c.quotes").id).status_code == 303


def test_an_access_that_ended_lets_nobody_in_at_once(app: Flask, browser: Browser, party: Party) -> None:
    contact = db.session.scalars(select(Contact).where(Contact.party_id == party.id, Contact.is_main)).one()
    customer = Browser(app)
    customer.sign_in(party.code)
    assert customer.is_in
    url = f"/backoffice/parties/{party.id}/access/{contact.id}/rights"
    browser.get(url)
    wrong = _given(browser, url, preset="all", starts_on="2026-05-02", ends_on="2026-05-01")
    assert wrong.status_code == 422
    office.manual_mode()
    _given(browser, url, preset="all", ends_on=today() - timedelta(days=2))
    assert not customer.is_in


def test_staff_join_a_contact_to_a_known_person_with_a_reason(app: Flask, browser: Browser, company: Company) -> None:
    known, other = company.double, office.customer("AUTRE", "Autre société")
    known.access.contact.email = "camille@exemple.fr"
    contact = add_contact(party=other, card=ContactCard(family_name="Martin", email="camille@exemple.fr"), by=office.BY)
    granting.allow(access=grant_to(contact=contact, by=office.BY), by=office.BY)
    synchronise()
    url = f"/backoffice/parties/{other.id}/access/{contact.id}/person"
    text = browser.get(url).text
    assert "même adresse e-mail" in text
    assert browser.post(url, person=known.access.contact_id).status_code == 422
    assert contact.person_id != known.account.person_id

    assert browser.post(url, person=known.access.contact_id, why="Vue à l’accueil").status_code == 303
    synchronise()

    db.session.expire_all()
    assert contact.person_id == known.account.person_id
    visitor = Browser(app)
    visitor.sign_in(known.party.code)
    page = visitor.get("/choose-seat").text
    assert "Autre société" in page
    browser.get(f"/backoffice/parties/{other.id}/access")
    assert browser.post(f"/backoffice/parties/{other.id}/access/{contact.id}/separate").status_code == 303
    db.session.expire_all()
    assert contact.person_id != known.account.person_id
    assert _access(contact).seat.account_id != known.account_id  # type: ignore[union-attr]


def _given(browser: Browser, url: str, **fields: object) -> TestResponse:
    """« Droits et dates » opened, filled in, saved."""
    revision = BeautifulSoup(browser.get(url).text, "html5lib").select_one("input[name=revision]")
    assert revision is not None
    return browser.post(url, revision=revision["value"], **fields)


def _access(contact: Contact) -> Access:
    db.session.expire_all()
    return db.session.scalars(select(Access).where(Access.contact_id == contact.id)).one()
