"""One person, several spaces: joined by both passwords, gone over to without a second one."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access import granting
from shared.access.contacts import grant_to
from shared.access.models import Attempt, IdentifierKind, Seat
from shared.access.synchronising import synchronise
from shared.extensions import db
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Contact, EmailSlot
from tests.factories import office
from tests.factories.identity import OTHER, Browser, a_holder, named


@pytest.mark.row("P-34")
def test_a_new_access_is_named_by_the_code_the_address_and_the_phone(app: Flask) -> None:
    office.an_installation()
    party = office.customer("K7", addresses={EmailSlot.CARD: "k7@boutique.fr"})
    party.phone = "02 40 00 00 01"
    access = granting.grant(party=party, by=office.BY)
    granting.allow(access=access, by=office.BY)
    synchronise()

    assert access.identifier == "K7"
    assert access.seat is not None
    from shared.access.identifiers import accounts_named

    for typed in ("k7", "K7@boutique.fr", "02.40.00.00.01", "+33 2 40 00 00 01"):
        assert [account.id for account in accounts_named(typed)] == [access.seat.account_id], typed


@pytest.mark.row("P-34")
def test_two_customers_of_one_address_both_come_in_and_choose(app: Flask) -> None:
    first, second = (a_holder(code, email="compta@groupe.fr") for code in ("A1", "B1"))
    for seat, other in ((first, second), (second, first)):
        visitor = Browser(app)
        assert visitor.sign_in("compta@groupe.fr").location.endswith("/choose-seat")
        page = visitor.get("/choose-seat").text
        assert str(seat.id) in page
        assert str(other.id) in page
        visitor.post("/choose-seat", seat=seat.id)
        assert seat.access.identifier in visitor.get("/account").text
        alone = Browser(app)
        alone.sign_in(seat.party.code)
        assert alone.is_in
    answers = []
    for identifier, password in (("A1", "faux mot de passe"), ("inconnu", "faux mot de passe")):
        visitor = Browser(app)
        refused = visitor.sign_in(identifier, password)
        answers.append((refused.status_code, "Identifiant ou mot de passe incorrect" in refused.text))
    assert answers == [(422, True), (422, True)]


@pytest.mark.row("P-73")
def test_a_contact_of_two_customers_goes_over_without_a_second_password(app: Flask) -> None:
    first = a_holder("A1")
    second = a_holder("B1", person=first.account.person)
    visitor = Browser(app)
    visitor.sign_in("A1")
    visitor.get("/choose-seat")
    visitor.post("/choose-seat", seat=first.id)
    before = visitor.cookie()
    page = visitor.get("/")
    assert 'href="/account/spaces"' in page.text
    assert "Passer à cet espace" in visitor.get("/account/spaces").text

    visitor.post("/choose-seat", seat=second.id)

    assert visitor.cookie() != before
    assert "Pour</dt><dd>Société Alpha (B1)" in visitor.get("/account").text


def test_both_passwords_make_two_accounts_one_person_s(app: Flask) -> None:
    mine, theirs = a_holder("A1"), a_holder("B1", email="b@exemple.fr")
    from shared.access import passwords

    theirs.account.password_hash = passwords.hash_password(OTHER)
    person_id, account_id = mine.account.person_id, mine.account_id
    visitor, elsewhere = Browser(app), Browser(app)
    visitor.sign_in("A1")
    elsewhere.sign_in("B1", OTHER)
    assert elsewhere.is_in
    visitor.get("/account/spaces")
    from tests.factories.identity import PASSWORD

    for own, identifier, password in (("faux", "B1", OTHER), (PASSWORD, "B1", "faux"), (PASSWORD, "A1", PASSWORD)):
        answer = visitor.post("/account/spaces", own=own, identifier=identifier, password=password)
        assert answer.status_code == 422
        db.session.expire_all()
        assert db.session.get_one(Seat, theirs.id).account_id != account_id

    answer = visitor.post("/account/spaces", own=PASSWORD, identifier="b@exemple.fr", password=OTHER)

    assert answer.status_code == 303
    db.session.expire_all()
    seat = db.session.get_one(Seat, theirs.id)
    assert seat.account_id == account_id
    assert db.session.scalars(select(Contact.person_id).where(Contact.id == seat.access.contact_id)).one() == person_id
    assert not elsewhere.is_in
    again = Browser(app)
    assert again.sign_in("B1", PASSWORD).location.endswith("/choose-seat")
    assert Browser(app).sign_in("B1", OTHER).status_code == 422
    assert db.session.scalars(select(Attempt).where(Attempt.succeeded)).first() is not None


def test_equal_addresses_join_nobody(app: Flask) -> None:
    office.an_installation()
    for code in ("K1", "K2"):
        party = office.customer(code)
        contact = add_contact(
            party=party, card=ContactCard(family_name="Petit", email="petit@exemple.fr"), by=office.BY
        )
        granting.allow(access=grant_to(contact=contact, by=office.BY), by=office.BY)
    synchronise()
    contacts = db.session.scalars(select(Contact)).all()
    assert len({contact.person_id for contact in contacts}) == len(contacts) == 2


def test_a_phone_in_any_writing_names_the_account(app: Flask) -> None:
    seat = a_holder("A1")
    named(seat, IdentifierKind.PHONE, "0612345678")
    for typed in ("06 12 34 56 78", "+33 6 12 34 56 78", "06.12.34.56.78"):
        visitor = Browser(app)
        visitor.sign_in(typed)
        assert visitor.is_in, typed
