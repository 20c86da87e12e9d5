"""« À traiter »: an address is corrected in one go, and the menu says how many wait."""

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import now
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.people.models import EmailCell, EmailSlot, Grant, Party, Staff
from shared.todos.models import Todo, TodoKind, TodoNotification
from tests.factories import office, post
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk
from tests.house.test_queries import questions

ADDRESS = "compta@boutique.example"


def a_bounce(party: Party | None = None, slot: EmailSlot | None = EmailSlot.BILLING) -> Todo:
    """A message that came back, and what is to be done about it."""
    party = party or post.a_customer(billing=ADDRESS)
    (line,) = post.lines(post.announced(party, post.invoices()))
    line.status, line.address, line.address_slot, line.ended_at = Status.BOUNCED, ADDRESS, slot, now()
    todo = Todo(kind=TodoKind.BOUNCE, party_id=party.id, address=ADDRESS, slot=slot, reason="550 5.1.1 inconnu")
    db.session.add(todo)
    db.session.flush()
    db.session.add(TodoNotification(todo_id=todo.id, notification_id=line.id))
    cell = db.session.scalars(select(EmailCell).where(EmailCell.party_id == party.id)).one()
    cell.bounced_at, cell.bounces = now(), 1
    db.session.flush()
    return todo


def count_in_menu(page: str) -> str:
    """What stands beside « À traiter », as a person reads it."""
    found = re.search(r'href="/backoffice/todo".*?</a>', page, re.DOTALL)
    words = " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""
    return "".join(re.findall(r"\d+", words))


@pytest.mark.row("P-46")
def test_one_click_corrects_the_cell_and_sends_again(browser: Browser) -> None:
    todo = a_bounce()
    page = browser.get("/backoffice/todo").text
    assert "550 5.1.1 inconnu" in page and f'value="{ADDRESS}"' in page and count_in_menu(page) == "1"
    answer = browser.post(f"/backoffice/todo/{todo.id}/correct", address="compta@bonne.example", seen=ADDRESS)
    assert answer.status_code == 303
    page = browser.get("/backoffice/todo").text
    assert "1 message repart" in page and "Rien à traiter" in page and count_in_menu(page) == ""
    again = db.session.scalars(select(Notification).where(Notification.resend_of_id.is_not(None))).one()
    assert again.status is Status.WAITING and again.party_id == todo.party_id
    cell = db.session.scalars(select(EmailCell).where(EmailCell.party_id == todo.party_id)).one()
    assert cell.address == "compta@bonne.example" and cell.bounced_at is None
    done = browser.get("/backoffice/todo?state=closed").text
    assert "Adresse corrigée" in done and "Jeanne Roy" in done
    assert browser.post(f"/backoffice/todo/{todo.id}/resend").status_code == 409, "a second click sends nothing"
    assert len(post.lines()) == 2


def test_a_refused_correction_keeps_what_was_typed_and_says_why(browser: Browser) -> None:
    todo = a_bounce()
    browser.get("/backoffice/todo")
    for typed, words in (("camille", "adresse"), (ADDRESS, "vient d’être rejetée")):
        answer = browser.post(f"/backoffice/todo/{todo.id}/correct", address=typed, seen=ADDRESS)
        assert answer.status_code == 422 and words in answer.text and f'value="{typed}"' in answer.text
    doubtful = browser.post(f"/backoffice/todo/{todo.id}/correct", address="camille@gmial.com", seen=ADDRESS)
    assert doubtful.status_code == 422 and 'name="sure" value="1"' in doubtful.text
    sure = browser.post(f"/backoffice/todo/{todo.id}/correct", address="camille@gmial.com", seen=ADDRESS, sure="1")
    assert sure.status_code == 303


def test_two_clerks_on_one_address(browser: Browser) -> None:
    todo = a_bounce()
    cell = db.session.scalars(select(EmailCell).where(EmailCell.party_id == todo.party_id)).one()
    cell.address = cell.address_folded = "deja@corrigee.example"
    db.session.flush()
    assert 'value="deja@corrigee.example"' in browser.get("/backoffice/todo").text
    answer = browser.post(f"/backoffice/todo/{todo.id}/correct", address="autre@x.example", seen=ADDRESS)
    assert answer.status_code == 409 and "Quelqu’un a changé cette adresse" in answer.text
    answer = browser.post(
        f"/backoffice/todo/{todo.id}/correct", address="deja@corrigee.example", seen="deja@corrigee.example"
    )
    assert answer.status_code == 303, "what somebody else corrected is only sent again"


def test_a_personal_address_offers_no_cell_to_correct(browser: Browser) -> None:
    todo = a_bounce(slot=None)
    page = browser.get("/backoffice/todo").text
    assert "adresse personnelle" in page and "Corriger et renvoyer" not in page
    assert browser.post(f"/backoffice/todo/{todo.id}/correct", address="a@b.example", seen="").status_code == 422
    assert browser.post(f"/backoffice/todo/{todo.id}/dismiss").status_code == 303
    assert "Classé sans suite" in browser.get("/backoffice/todo?state=closed").text


def test_what_is_out_of_reach_is_neither_shown_nor_counted_nor_done(app: Flask, clerk: Staff) -> None:
    a_bounce()
    other = a_clerk("referent", "paul@exemple.fr")
    other.grants = [Grant(role=other.grants[0].role, family_id=office.family("employees").id)]
    db.session.flush()
    browser = Browser(app)
    browser.sign_in_staff("paul@exemple.fr", STAFF_PASSWORD)
    page = browser.get("/backoffice/todo").text
    assert "Rien à traiter" in page and count_in_menu(page) == ""
    todo = db.session.scalars(select(Todo)).one()
    assert browser.post(f"/backoffice/todo/{todo.id}/dismiss").status_code == 404
    assert browser.post(f"/backoffice/todo/{uuid.uuid4()}/dismiss").status_code == 404


def test_a_reader_sees_and_does_nothing(app: Flask, clerk: Staff) -> None:
    todo = a_bounce()
    a_clerk("reader", "lea@exemple.fr")
    browser = Browser(app)
    browser.sign_in_staff("lea@exemple.fr", STAFF_PASSWORD)
    page = browser.get("/backoffice/todo").text
    assert ADDRESS in page and "Corriger et renvoyer" not in page
    assert browser.post(f"/backoffice/todo/{todo.id}/dismiss").status_code == 403


def test_sixty_of_them_ask_no_more_than_three(browser: Browser) -> None:
    asked = []
    for count in (3, 57):
        for _ in range(count):
            a_bounce()
        db.session.commit()
        with questions() as seen:
            browser.get("/backoffice/todo")
        asked.append(len(seen))
    assert asked[0] == asked[1] <= 8
    first = browser.get("/backoffice/todo").text
    after = re.search(r"after=([^\"&]+)", first)
    assert after is not None
    second = browser.get(f"/backoffice/todo?after={after[1]}").text
    assert first.count("Corriger et renvoyer") == 50 and second.count("Corriger et renvoyer") == 10
