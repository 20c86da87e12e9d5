"""« À traiter »: the address of a contact is corrected there too, and the second of two clerks reads who was first."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import now
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.people import contacting
from shared.people.models import Contact, EmailCell, EmailSlot, Grant, Party, Staff
from shared.todos.models import Todo, TodoKind, TodoNotification
from shared.web.permissions import Permission
from tests.factories import office, post
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk, signed_in
from tests.house.test_queries import questions

OLD, NEW = "camille@ancienne.example", "camille@bonne.example"


def a_contact(party: Party) -> Contact:
    card = contacting.ContactCard(family_name="Martin", given_name="Camille", role="Achats", email=OLD, phone="0102")
    return contacting.add_contact(party=party, card=card, by="command")


def a_bounce(*, messages: int = 2, contact: Contact | None = None, slot: EmailSlot | None = None) -> Todo:
    """Messages to one contact that came back, or to a cell."""
    party = contact.party if contact else post.a_customer(billing=OLD)
    for number in range(messages):
        post.announced(party, post.invoices(), number=f"FA-{number}")
    todo = Todo(kind=TodoKind.BOUNCE, party_id=party.id, address=OLD, slot=slot, reason="550 inconnu")
    db.session.add(todo)
    db.session.flush()
    for line in db.session.scalars(select(Notification).where(Notification.party_id == party.id)):
        line.status, line.address, line.address_slot, line.ended_at = Status.BOUNCED, OLD, slot, now()
        line.contact_id, line.fixed_address = (contact.id, OLD) if contact else (None, None)
        db.session.add(TodoNotification(todo_id=todo.id, notification_id=line.id))
    db.session.flush()
    return todo


def sent_again() -> list[str | None]:
    query = select(Notification.fixed_address).where(Notification.resend_of_id.is_not(None))
    return list(db.session.scalars(query))


def a_colleague(app: Flask) -> Browser:
    """Paul Petit, signed in."""
    a_clerk("administrator", "paul@exemple.fr").name = "Paul Petit"
    browser = Browser(app)
    browser.sign_in_staff("paul@exemple.fr", STAFF_PASSWORD)
    return browser


def test_the_address_of_a_contact_is_corrected_and_each_message_leaves_for_it(browser: Browser) -> None:
    contact = a_contact(post.a_customer())
    todo = a_bounce(contact=contact)
    page = browser.get("/backoffice/todo").text
    assert "adresse de Camille Martin" in page and f'name="seen" value="{OLD}"' in page
    assert f"q={OLD}" in page, "two messages: the link lists both"
    refused = browser.post(f"/backoffice/todo/{todo.id}/correct", address=OLD, seen=OLD)
    assert refused.status_code == 422 and "vient d’être rejetée" in refused.text
    assert browser.post(f"/backoffice/todo/{todo.id}/correct", address=NEW, seen=OLD).status_code == 303
    db.session.refresh(contact)
    assert (contact.email, contact.phone, contact.role, contact.revision) == (NEW, "0102", "Achats", 2)
    assert sent_again() == [NEW, NEW]
    page = browser.get("/backoffice/todo").text
    assert "2 messages repartent" in page and "Rien à traiter" in page


def test_nobody_corrects_a_contact_out_of_reach_or_without_the_right(app: Flask, clerk: Staff) -> None:
    contact = a_contact(post.a_customer())
    todo = a_bounce(contact=contact)
    elsewhere, may_act_only = a_clerk("referent", "paul@exemple.fr"), a_clerk("referent", "anne@exemple.fr")
    elsewhere.grants = [Grant(role=elsewhere.grants[0].role, family_id=office.family("employees").id)]
    role = may_act_only.grants[0].role
    role.permissions = [each for each in role.permissions if each != Permission.PARTIES_EDIT]
    db.session.flush()
    for who, status in (("paul@exemple.fr", 404), ("anne@exemple.fr", 403)):
        browser = Browser(app)
        browser.sign_in_staff(who, STAFF_PASSWORD)
        browser.get("/backoffice/todo")
        assert browser.post(f"/backoffice/todo/{todo.id}/correct", address=NEW, seen=OLD).status_code == status
    db.session.refresh(contact)
    assert contact.email == OLD and sent_again() == []


def test_two_contacts_of_one_address_are_not_told_apart_by_a_click(browser: Browser) -> None:
    contact = a_contact(post.a_customer())
    todo = a_bounce(contact=contact)
    other = a_contact(contact.party)
    db.session.scalars(select(Notification)).first().contact_id = other.id  # type: ignore[union-attr]
    db.session.flush()
    assert "Corriger et renvoyer" not in browser.get("/backoffice/todo").text
    assert browser.post(f"/backoffice/todo/{todo.id}/correct", address=NEW, seen=OLD).status_code == 422


@pytest.mark.parametrize("of_a_contact", [True, False])
def test_the_second_clerk_reads_both_addresses_and_who_was_first(
    app: Flask, browser: Browser, *, of_a_contact: bool
) -> None:
    contact = a_contact(post.a_customer()) if of_a_contact else None
    todo = a_bounce(contact=contact, slot=None if of_a_contact else EmailSlot.BILLING)
    browser.get("/backoffice/todo")
    colleague = a_colleague(app)
    base = f"/backoffice/parties/{todo.party_id}"
    if contact:
        colleague.get(f"{base}/contacts/{contact.id}")
        card = {"family_name": "Martin", "given_name": "Camille", "email": "la@sienne.example", "revision": "1"}
        assert colleague.post(f"{base}/contacts/{contact.id}", **card).status_code == 303
    else:
        colleague.get(f"{base}/address/billing")
        assert colleague.post(f"{base}/address/billing", address="la@sienne.example", seen=OLD).status_code == 303
    answer = browser.post(f"/backoffice/todo/{todo.id}/correct", address="la@mienne.example", seen=OLD)
    assert answer.status_code == 409 and "Enregistré par Paul Petit" in answer.text
    assert "« la@sienne.example »" in answer.text and 'value="la@mienne.example"' in answer.text
    seen = re.search(r'name="seen" value="([^"]*)"', answer.text)
    assert seen is not None and seen[1] == "la@sienne.example"
    informed = browser.post(f"/backoffice/todo/{todo.id}/correct", address="la@mienne.example", seen=seen[1])
    assert informed.status_code == 303


def test_what_a_colleague_has_dealt_with_is_said_with_what_was_typed(app: Flask, browser: Browser) -> None:
    todo = a_bounce(slot=EmailSlot.BILLING)
    browser.get("/backoffice/todo")
    colleague = a_colleague(app)
    colleague.get("/backoffice/todo")
    colleague.post(f"/backoffice/todo/{todo.id}/correct", address="la@sienne.example", seen=OLD)
    answer = browser.post(f"/backoffice/todo/{todo.id}/correct", address="la@mienne.example", seen=OLD)
    assert answer.status_code == 409 and "Quelqu’un l’a déjà traité" in answer.text
    for said in ("Enregistré par Paul Petit", "« la@sienne.example »", "Vous avez tapé : « la@mienne.example »"):
        assert said in answer.text
    cell = db.session.scalars(select(EmailCell).where(EmailCell.party_id == todo.party_id)).one()
    assert cell.address == "la@sienne.example"


def test_a_page_of_contacts_asks_as_much_as_one_of_three(app: Flask, clerk: Staff) -> None:
    browser, asked = signed_in(app), []
    for count in (3, 20):
        for _each in range(count):
            a_bounce(contact=a_contact(post.a_customer()), messages=1)
        db.session.commit()
        with questions() as seen:
            browser.get("/backoffice/todo")
        asked.append(len(seen))
    assert asked[0] == asked[1] <= 8
