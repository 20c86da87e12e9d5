"""One person at several parties: staff of one never wipe, set or read the password that opens the other."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access import granting, initial
from shared.access.contacts import grant_to
from shared.access.models import Access, Account
from shared.access.synchronising import synchronise
from shared.extensions import db
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Contact
from tests.factories import bulk, office
from tests.factories.company import Company, a_company
from tests.factories.identity import Browser, a_holder, quick_hash, signed_in

OWN = "violet-tracteur-nuage"


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(3)


@pytest.fixture
def browser(app: Flask, company: Company) -> Browser:
    return signed_in(app)


@pytest.fixture
def known(company: Company) -> Access:
    """Somebody with a password of their own at one party."""
    access = granting.grant(party=office.customer("CONNU", "Société connue"), by=office.BY)
    granting.allow(access=access, by=office.BY)
    synchronise()
    account = _account(access.contact)
    account.password_hash = quick_hash(OWN)
    db.session.flush()
    return access


@pytest.fixture
def contact(company: Company) -> Contact:
    """A contact of another party, allowed in, without a seat yet."""
    card = ContactCard(family_name="Martin", email="camille@exemple.fr")
    contact = add_contact(party=office.customer("AUTRE", "Autre société"), card=card, by=office.BY)
    granting.allow(access=grant_to(contact=contact, by=office.BY), by=office.BY)
    return contact


def test_a_password_drawn_before_a_joining_wipes_nothing_at_the_synchronisation(
    app: Flask, browser: Browser, known: Access, contact: Contact
) -> None:
    url = f"/backoffice/parties/{contact.party_id}/access/{contact.id}"
    browser.get(f"/backoffice/parties/{contact.party_id}/access")
    browser.post(f"{url}/draw", seen=0)
    assert _access(contact).initial_secret is not None

    assert browser.post(f"{url}/person", person=known.contact_id, why="Vue à l’accueil").status_code == 303
    synchronise()

    assert _access(contact).initial_secret is None
    visitor = Browser(app)
    visitor.sign_in(known.identifier, OWN)
    assert "Autre société" in visitor.get("/choose-seat").text


def test_a_joining_that_the_synchronisation_did_not_see_coming_wipes_nothing_either(
    known: Access, contact: Contact
) -> None:
    initial.draw(access=_access(contact), by=office.BY)
    contact.person_id, contact.person = known.contact.person_id, known.contact.person  # as if at the same moment
    db.session.flush()
    synchronise()

    account = _account(contact)
    assert (account.password_hash is not None, account.initial_hash) == (True, None)
    assert _access(contact).initial_secret is None


def test_drawing_for_a_selection_leaves_whoever_signs_in_elsewhere(
    app: Flask, browser: Browser, known: Access, contact: Contact
) -> None:
    """The main contact has no seat here, its person an account there."""
    party = office.customer("SANS", "Sans accès")
    main = granting.main_contact(party)
    main.person_id, main.person = known.contact.person_id, known.contact.person
    db.session.flush()

    shown = bulk.preview(browser, "draw", [party, contact.party])
    assert "la personne vient aussi pour un autre tiers" not in shown.text  # their own password stands
    assert "Déjà ainsi : 1" in shown.text
    bulk.done(browser, shown)
    granting.allow(access=granting.grant(party=party, by=office.BY), by=office.BY)
    synchronise()
    visitor = Browser(app)
    assert visitor.sign_in(known.identifier, OWN).status_code == 303
    assert visitor.get("/choose-seat").status_code == 200

    _account(main).password_hash = None
    db.session.flush()
    shown = bulk.preview(browser, "draw", [party])
    assert "Refusées (la personne vient aussi pour un autre tiers" in shown.text
    bulk.done(browser, shown)
    assert _access(main).initial_secret is None


def test_a_password_that_opens_another_party_is_neither_shown_nor_valid(
    browser: Browser, known: Access, contact: Contact
) -> None:
    account = _account(known.contact)
    account.password_hash = None
    db.session.flush()
    initial.draw(access=known, by=office.BY, confirmed=True)
    synchronise()
    show = f"/backoffice/access/{known.party_id}/show"
    browser.get("/backoffice/access?family=customers")
    assert browser.post(show).status_code == 200
    url = f"/backoffice/parties/{contact.party_id}/access/{contact.id}"

    assert browser.post(f"{url}/person", person=known.contact_id, why="Vue à l’accueil").status_code == 303

    assert browser.post(show).status_code == 422
    db.session.expire_all()
    account = _account(contact)
    assert account.initial_hash is None  # staff had read it: nobody else had
    assert _access(contact).notify  # a link leaves instead


def test_spaces_joined_on_the_portal_are_separated_by_staff(app: Flask, browser: Browser, company: Company) -> None:
    """Both are main contacts: nobody else could take them apart."""
    first, second = a_holder("UN", password=OWN), a_holder("DEUX", password="girafe tambour lavande")
    for seat in (first, second):
        contact = seat.access.contact
        contact.is_main = seat.access.is_main = True
    visitor = Browser(app)
    visitor.sign_in("UN", OWN)
    visitor.get("/account/spaces")
    answer = visitor.post("/account/spaces", own=OWN, identifier="DEUX", password="girafe tambour lavande")
    assert answer.status_code == 303
    contact = second.access.contact
    url = f"/backoffice/parties/{second.party_id}/access"
    page = browser.get(url).text
    assert f"{url}/{contact.id}/separate" in page
    assert f"{url}/{contact.id}/person" not in page

    assert browser.post(f"{url}/{contact.id}/separate").status_code == 303
    synchronise()

    db.session.expire_all()
    assert (contact.person_id != first.account.person_id, contact.person.family_name) == (True, second.party.name)
    assert (second.account_id != first.account_id, second.account.password_hash, second.allowed) == (True, None, True)
    again = Browser(app)
    again.sign_in("DEUX", OWN)
    assert not again.is_in
    again.sign_in("UN", OWN)
    assert again.is_in
    assert f"{url}/{contact.id}/separate" not in browser.get(url).text


def _access(contact: Contact) -> Access:
    db.session.expire_all()
    return db.session.scalars(select(Access).where(Access.contact_id == contact.id)).one()


def _account(contact: Contact) -> Account:
    return db.session.scalars(select(Account).where(Account.person_id == contact.person_id)).one()
