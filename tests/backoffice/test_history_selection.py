"""Buttons on ticked lines: what is forbidden or has changed is named, nothing is done; a set is taken back at once."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.clock import now
from shared.extensions import db, uuid7
from shared.notifications.holding import Then, hold, let_go
from shared.notifications.models import Notification, Reason, Status, Template
from shared.notifications.saving import save
from shared.people.models import EmailSlot, Grant, Party, Role
from tests.factories import office, post
from tests.factories.identity import Browser, a_clerk

URL = "/backoffice/history/selection"


def a_line(code: str, number: str = "FA-1") -> Notification:
    (line,) = post.lines(post.announced(post.a_customer(code), post.invoices(), number))
    return line


def gone(line: Notification) -> Notification:
    line.status, line.sent_at, line.address, line.subject = Status.SENT, now(), "compta@boutique.example", "Facture"
    db.session.flush()
    return line


def a_copy_of(line: Notification, address: str, status: Status = Status.SENT) -> Notification:
    copy = Notification(
        id=uuid7(),
        event=line.event,
        status=status,
        family_id=line.family_id,
        party_id=line.party_id,
        fixed_address=address,
        address=address,
        template_id=line.template_id,
        message_id=f"<{uuid7()}@x>",
        sent_at=now(),
        copy_of_id=line.id,
    )
    db.session.add(copy)
    db.session.flush()
    return copy


def press(browser: Browser, action: str, *lines: Notification, apply: bool = False, key: str = "") -> TestResponse:
    data = {"csrf_token": browser.token, "action": action, "ids": [str(line.id) for line in lines], "key": key}
    return browser.client.post(f"{URL}/apply" if apply else URL, data=data)


def test_a_line_that_may_be_seen_and_not_touched_is_named_and_nothing_is_done(app: Flask, browser: Browser) -> None:
    shop = a_line("4")
    theirs = office.customer("E1", "Camille Martin", key="employees", addresses={EmailSlot.CARD: "c@exemple.fr"})
    mine = Notification(
        event="closing.announced",
        family_id=theirs.family_id,
        party_id=theirs.id,
        slot=EmailSlot.CARD,
        template_id=shop.template_id,
        message_id="<mine@x>",
    )
    db.session.add(mine)
    reader = a_clerk(role="reader", email="marc@exemple.fr")
    manager = db.session.scalars(select(Role.id).where(Role.key == "manager")).one()
    reader.grants.append(Grant(role_id=manager, family_id=office.family("employees").id))
    db.session.flush()
    marc = Browser(app)
    marc.sign_in_staff("marc@exemple.fr")
    assert 'name="ids"' in marc.get("/backoffice/history").text
    for apply in (False, True):
        answer = press(marc, "cancel", mine, shop, apply=apply)
        assert answer.status_code == 403
        assert "Ma jolie boutique" in answer.text and "Camille Martin" not in answer.text
    reader.grants[:] = [each for each in reader.grants if each.family_id]
    db.session.flush()
    answer = press(marc, "cancel", mine, shop, apply=True)
    assert answer.status_code == 404 and "Ma jolie boutique" not in answer.text and "1 ligne" in answer.text
    db.session.expire_all()
    assert mine.status is shop.status is Status.WAITING


@pytest.mark.row("P-48")
def test_a_line_that_changed_meanwhile_is_named_and_the_others_wait_for_a_word(browser: Browser) -> None:
    first, second = a_line("4"), a_line("5")
    second.party = None
    browser.get("/backoffice/history")
    assert "2 lignes concernées" in press(browser, "cancel", first, second).text
    gone(second).subject = "Celle qui est partie"
    db.session.flush()
    answer = press(browser, "cancel", first, second, apply=True)
    assert answer.status_code == 409
    assert "une ligne de la sélection a changé" in answer.text and "Celle qui est partie" in answer.text
    db.session.expire_all()
    assert first.status is Status.WAITING
    assert press(browser, "cancel", first, apply=True).status_code == 303
    db.session.expire_all()
    assert first.status is Status.CANCELLED


def test_a_blind_copy_is_said_to_be_one_and_is_not_counted_as_sent_again(browser: Browser) -> None:
    line = gone(a_line("4"))
    copy = a_copy_of(line, "archive@ailleurs.example")
    page = browser.get("/backoffice/history").text
    assert "copie cachée de compta@boutique.example" in page
    own = browser.get(f"/backoffice/history/{copy.id}").text
    assert "Copie cachée de compta@boutique.example" in own and ">Renvoyer<" not in own
    assert f"/backoffice/history/{line.id}" in own
    asked = press(browser, "resend", line, copy).text
    assert "1 ligne concernée" in asked and "C’est une copie cachée" in asked
    assert press(browser, "resend", line, apply=True).status_code == 303
    lost = a_copy_of(line, "autre@ailleurs.example", Status.UNKNOWN)
    text = browser.get(f"/backoffice/history/{lost.id}").text
    assert "Renvoyer" in text and "Le message est arrivé" in text


@pytest.mark.row("P-47")
def test_what_was_cancelled_together_is_taken_back_together(browser: Browser) -> None:
    lines = [a_line(str(number), f"FA-{number}") for number in range(4, 7)]
    browser.get("/backoffice/history")
    key = str(uuid7())
    answer = press(browser, "cancel", *lines, apply=True, key=key)
    assert answer.status_code == 303 and f"/backoffice/history/cancelled/{key}" in answer.location
    assert press(browser, "cancel", *lines, apply=True, key=key).status_code == 303, "sent twice"
    page = browser.get(answer.location).text
    assert "3 notifications se reprennent encore" in page and "Tout reprendre" in page
    one = browser.get(f"/backoffice/history/{lines[0].id}").text
    where = answer.location.partition("?")[0]
    assert where in one and "Annulée avec d’autres" in one
    browser.post(where)
    db.session.expire_all()
    assert {line.status for line in lines} == {Status.WAITING}
    assert "Plus rien ne se reprend" in browser.get(where).text


@pytest.mark.row("P-47")
def test_after_ten_minutes_a_set_is_not_taken_back(browser: Browser) -> None:
    line = a_line("4")
    browser.get("/backoffice/history")
    where = press(browser, "cancel", line, apply=True, key=str(uuid7())).location.partition("?")[0]
    db.session.expire_all()
    line.ended_at = now() - timedelta(minutes=11)
    db.session.flush()
    assert "Tout reprendre" not in browser.get(where).text
    browser.post(where)
    db.session.expire_all()
    assert line.status is Status.CANCELLED


@pytest.mark.row("P-47")
def test_what_is_taken_back_waits_for_what_is_lacking_today(browser: Browser) -> None:
    family = office.family()
    hold(family=family, by="command")
    held = a_line("4")
    lost = post.lines(post.announced(post.a_customer("5", billing=""), post.invoices(), "FA-2"))[0]
    lost.reason = Reason.NO_ADDRESS
    db.session.flush()
    assert held.reason is Reason.SUSPENDED
    browser.get("/backoffice/history")
    for line in (held, lost):
        browser.post(f"/backoffice/history/{line.id}/cancel")
    let_go(family=family, then=Then.SEND, by="command")
    for line in (held, lost):
        browser.post(f"/backoffice/history/{line.id}/restore")
    db.session.expire_all()
    assert (held.status, held.reason) == (lost.status, lost.reason) == (Status.WAITING, Reason.NONE)


@pytest.mark.row("P-47")
def test_what_is_still_held_is_taken_back_as_held(browser: Browser) -> None:
    hold(family=office.family(), by="command")
    line = a_line("4")
    browser.get("/backoffice/history")
    browser.post(f"/backoffice/history/{line.id}/cancel")
    browser.post(f"/backoffice/history/{line.id}/restore")
    db.session.expire_all()
    assert (line.status, line.reason) == (Status.WAITING, Reason.SUSPENDED)


@pytest.mark.row("P-48")
def test_the_first_line_says_that_it_was_sent_again(browser: Browser) -> None:
    line = gone(a_line("4"))
    browser.get("/backoffice/history")
    browser.post(f"/backoffice/history/{line.id}/resend")
    (again,) = [each for each in post.lines() if each.resend_of_id]
    page = browser.get(f"/backoffice/history/{line.id}").text
    assert "Renvoyée le" in page and f"/backoffice/history/{again.id}" in page
    assert re.search(r"\(renvoyée le ", browser.get("/backoffice/history").text)


def test_documents_of_several_lines_leave_in_one_message(browser: Browser) -> None:
    party = post.a_customer("4")
    documents = [post.announced(party, post.invoices(), f"FA-{number}") for number in (1, 2)]
    lines = [gone(post.lines(each)[0]) for each in documents]
    browser.get("/backoffice/history")
    assert "2 lignes concernées" in press(browser, "together", *lines).text
    answer = press(browser, "together", *lines, apply=True, key=str(uuid7()))
    assert answer.status_code == 303
    (made,) = [each for each in post.lines() if each.event == "notice.forced"]
    assert {each.document_id for each in made.documents} == {each.id for each in documents}
    assert "1 message part, documents groupés." in browser.get("/backoffice/history").text


@pytest.mark.row("P-26")
def test_a_line_to_check_is_said_to_have_arrived_or_is_sent_again(browser: Browser) -> None:
    arrived, lost = a_line("4"), a_line("5")
    for line in (arrived, lost):
        line.status, line.ended_at, line.reply = Status.UNKNOWN, now(), "interrompu"
    db.session.flush()
    browser.get("/backoffice/history")
    shown = browser.get(f"/backoffice/history/{arrived.id}").text
    assert "Le message est arrivé" in shown and "Renvoyer" in shown
    browser.post(f"/backoffice/history/{arrived.id}/sent")
    before = lost.message_id
    browser.post(f"/backoffice/history/{lost.id}/resend")
    db.session.expire_all()
    assert arrived.status is Status.SENT and arrived.sent_at is not None
    assert (lost.status, lost.reason, lost.ended_at) == (Status.WAITING, Reason.NONE, None)
    assert lost.message_id == before and not [each for each in post.lines() if each.resend_of_id]


def wanting_an_amount() -> None:
    """The text that announces invoices now asks for what these documents do not have."""
    text = db.session.scalars(select(Template).where(Template.key == "document.published.statement")).one()
    save(template=text, locale="fr", subject="Facture", body="#document# de #montant# : #lien#", seen=1, by="command")


@pytest.mark.row("P-70")
def test_values_that_are_missing_are_listed_with_their_parties_before_anything_is_sent(browser: Browser) -> None:
    first = gone(a_line("4"))
    a_line("5")
    party = db.session.get_one(Party, first.party_id)
    party.name, party.name_folded = "Atelier Nord", "atelier nord"
    wanting_an_amount()
    browser.get("/backoffice/history")
    asked = press(browser, "resend", first).text
    assert "1 ligne ne partirait pas telle quelle" in asked
    assert "Atelier Nord : Il manque une valeur pour #montant#" in asked
    page = browser.post("/backoffice/history/rehearsal").text
    assert "Il manque une valeur pour #montant#" in page and "Ma jolie boutique</a>" in page
    browser.post(f"/backoffice/history/{first.id}/resend")
    assert "Elle ne partira pas telle quelle" in browser.get(f"/backoffice/history/{first.id}").text
