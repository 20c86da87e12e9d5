"""The login of the portal: who comes in, by what, and what everybody else is told."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shared.access.models import Account, Attempt, PortalSession
from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from tests.factories.counter import a_party, a_seat
from tests.factories.identity import OTHER, PASSWORD, Browser, a_holder


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def events(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name)))


@pytest.mark.row("P-34")
@pytest.mark.parametrize("typed", ["C 412", "c412", "  C412 ", "Ｃ４１２"])
def test_the_code_opens_however_it_is_typed(browser: Browser, typed: str) -> None:
    seat = a_holder("C412")
    answer = browser.sign_in(typed)
    assert answer.status_code == 303 and answer.location == "/"
    assert browser.is_in
    db.session.refresh(seat)
    assert seat.last_seen_at and [event.party_id for event in events("account.signed_in")] == [seat.party_id]


@pytest.mark.row("P-34")
def test_two_customers_with_one_address_each_come_in_with_their_password(app: Flask) -> None:
    one = a_holder("A1", email="compta@exemple.fr")
    two = a_holder("B2", email="compta@exemple.fr", password=OTHER)
    for seat, password in ((one, PASSWORD), (two, OTHER)):
        browser = Browser(app)
        assert browser.sign_in("Compta@Exemple.fr", password).location == "/"
        assert seat.party.code in browser.get("/account").text


@pytest.mark.row("P-34")
def test_with_the_same_address_and_password_one_chooses(browser: Browser) -> None:
    a_holder("A1", email="compta@exemple.fr", party=a_party("A1", "Alpha"))
    two = a_holder("B2", email="compta@exemple.fr", party=a_party("B2", "Beta"))
    answer = browser.sign_in("compta@exemple.fr", next="/documents?unread=1")
    assert answer.location == "/choose-seat" and not browser.is_in
    page = browser.get("/choose-seat").text
    assert "Alpha" in page and "Beta" in page
    answer = browser.post("/choose-seat", seat=two.id, next="/documents?unread=1")
    assert answer.location == "/documents?unread=1"
    assert "Beta" in browser.get("/account").text


@pytest.mark.row("P-34")
def test_a_wrong_identifier_answers_like_a_wrong_password(app: Flask) -> None:
    a_holder("KNOWN")
    a_holder("OFF", allowed=False)
    a_holder("NEVER", password=None)
    frozen = a_holder("FROZEN")
    frozen.account.frozen_at = now()
    a_holder("OVER", ends_on=date(2020, 1, 1))
    answers = set()
    for identifier in ("KNOWN", "UNKNOWN", "OFF", "NEVER", "FROZEN", "OVER"):
        browser = Browser(app)
        for password in ("pas-le-bon-du-tout", PASSWORD) if identifier != "KNOWN" else ("pas-le-bon-du-tout",):
            answer = browser.sign_in(identifier, password)
            body = answer.text.replace(identifier, "X").replace(browser.token, "T")
            headers = {name for name, _value in answer.headers}
            answers.add((answer.status_code, _without_nonces(body, answer), frozenset(headers)))
    assert len(answers) == 1
    assert len(events("account.login_refused")) == 11


@pytest.mark.row("P-38")
def test_without_the_tick_the_right_password_is_refused(browser: Browser) -> None:
    a_holder("C1", allowed=False)
    assert browser.sign_in("C1").status_code == 422 and not browser.is_in


@pytest.mark.row("P-38")
def test_unticking_ends_the_session_at_the_next_request(browser: Browser) -> None:
    seat = a_holder("C1")
    browser.sign_in("C1")
    assert browser.is_in
    seat.allowed = False
    assert browser.client.get("/account").location == "/sign-in?next=/account"
    answer = browser.client.get("/documents", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and answer.headers["HX-Redirect"] == "/sign-in"


def test_dates_of_the_access_are_counted_with_their_last_day(browser: Browser) -> None:
    a_holder("C1", starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 22))
    with time_machine.travel("2026-11-22T22:30:00Z"):
        assert browser.sign_in("C1").status_code == 303
    with time_machine.travel("2026-11-22T23:30:00Z"):
        assert not browser.is_in


@pytest.mark.row("P-35")
def test_an_initial_password_opens_nothing_but_the_choice_of_a_password(app: Flask, browser: Browser) -> None:
    seat = a_holder("C1", password=None, initial="acde-fghj-kmnp-rtuv")
    answer = browser.sign_in("C1", " acde-fghj-kmnp-rtuv ", next="/documents")
    assert answer.location == "/choose-password"
    for path in ("/", "/documents", "/account", "/documents/payslips"):
        assert browser.client.get(path).status_code == 303
    assert browser.client.get("/choose-seat").location.startswith("/sign-in")
    page = browser.get("/choose-password")
    assert page.status_code == 200
    refused = browser.post("/choose-password", password="acde-fghj-kmnp-rtuv")
    assert refused.status_code == 422 and "mot de passe initial" in refused.text
    answer = browser.post("/choose-password", password=PASSWORD)
    assert answer.location == "/documents" and browser.is_in
    db.session.refresh(seat.account)
    assert seat.account.password_hash and seat.account.initial_hash is None and seat.account.activated_at
    assert Browser(app).sign_in("C1", "acde-fghj-kmnp-rtuv").status_code == 422


@pytest.mark.row("P-35")
def test_an_initial_password_works_once_and_expires(app: Flask, browser: Browser) -> None:
    seat = a_holder("C1", password=None, initial="acde-fghj-kmnp-rtuv")
    assert browser.sign_in("C1", "acde-fghj-kmnp-rtuv").location == "/choose-password"
    assert Browser(app).sign_in("C1", "acde-fghj-kmnp-rtuv").status_code == 422
    a_holder("C2", password=None, initial="acde-fghj-kmnp-rtuw")
    with time_machine.travel(now() + timedelta(days=31)):
        assert Browser(app).sign_in("C2", "acde-fghj-kmnp-rtuw").status_code == 422
    assert db.session.get(Account, seat.account_id).initial_hash


def test_one_goes_over_to_another_party_with_another_secret(browser: Browser) -> None:
    one = a_holder("A1", party=a_party("A1", "Alpha"))
    two = a_seat(a_party("B2", "Beta"), person=one.account.person)
    browser.sign_in("A1")
    browser.get("/choose-seat")
    browser.post("/choose-seat", seat=one.id)
    before, token = browser.cookie(), browser.token
    browser.get("/choose-seat")
    assert browser.post("/choose-seat", seat=two.id).location == "/"
    assert browser.cookie() != before and "Beta" in browser.get("/account").text
    old = browser.client.application.test_client()
    old.set_cookie("__Host-guichet", before)
    assert old.get("/account").status_code == 303
    browser.token = token
    assert browser.post("/account/devices/end-all").status_code == 403


def test_nobody_takes_the_seat_of_another(browser: Browser) -> None:
    a_holder("A1")
    stranger = a_holder("B2", password=OTHER)
    browser.sign_in("A1")
    browser.get("/choose-seat")
    assert browser.post("/choose-seat", seat=stranger.id).location.startswith("/sign-in")
    assert "B2" not in browser.get("/account").text


@pytest.mark.row("FR-12")
def test_the_26th_try_of_a_day_is_refused_even_with_the_right_password(app: Flask) -> None:
    a_holder("C1", email="c1@exemple.fr")
    with time_machine.travel("2026-11-22T08:00:00Z", tick=False) as clock:
        for number in range(25):
            typed = ("C1", "c1", " C 1", "c1@exemple.fr")[number % 4]
            wrong = Browser(app, ip=f"127.0.0.{number + 1}").sign_in(typed, f"pas le bon {number}")
            clock.shift(timedelta(minutes=16))
        right = Browser(app).sign_in("C1")
        nobody = Browser(app).sign_in("PERSONNE")
        assert right.status_code == wrong.status_code == nobody.status_code == 422
        assert "incorrect" in right.text
        clock.shift(timedelta(hours=24))
        assert Browser(app).sign_in("C1").status_code == 303


@pytest.mark.row("FR-12")
def test_after_ten_tries_one_waits(app: Flask) -> None:
    a_holder("C1")
    with time_machine.travel("2026-11-22T08:00:00Z", tick=False) as clock:
        for _try in range(10):
            Browser(app).sign_in("C1", "pas le bon")
        assert Browser(app).sign_in("C1").status_code == 422
        clock.shift(timedelta(minutes=2))
        assert Browser(app).sign_in("C1").status_code == 303


def test_a_known_device_is_slowed_and_never_locked_out(app: Flask, browser: Browser) -> None:
    a_holder("C1")
    with time_machine.travel("2026-11-22T08:00:00Z", tick=False) as clock:
        browser.sign_in("C1")
        browser.get("/account")
        browser.post("/sign-out")
        for _try in range(30):
            Browser(app).sign_in("C1", "pas le bon")
        assert Browser(app).sign_in("C1").status_code == 422
        assert browser.sign_in("C1").status_code == 303
        browser.get("/account")
        browser.post("/sign-out")
        for _try in range(30):
            browser.sign_in("C1", "pas le bon")
        assert browser.sign_in("C1").status_code == 422
        clock.shift(timedelta(seconds=61))
        assert browser.sign_in("C1").status_code == 303


def test_what_was_typed_cannot_be_read_in_the_table(browser: Browser) -> None:
    browser.sign_in("un-secret-au-mauvais-endroit")
    assert all("secret" not in f"{row.subject}{row.action}" for row in db.session.scalars(select(Attempt)))


def test_no_row_for_a_stranger(browser: Browser) -> None:
    browser.get("/sign-in")
    browser.get("/forgotten")
    assert db.session.scalars(select(PortalSession)).all() == []
    assert browser.cookie().startswith("a.")


def test_signing_out_ends_the_row_and_clears_the_browser(app: Flask, browser: Browser) -> None:
    a_holder("C1")
    browser.sign_in("C1")
    browser.get("/account")
    kept = browser.cookie()
    answer = browser.post("/sign-out")
    assert answer.location == "/sign-in" and answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    replay = app.test_client()
    replay.set_cookie("__Host-guichet", kept)
    assert replay.get("/account").status_code == 303
    assert len(events("account.signed_out")) == 1


def _without_nonces(body: str, answer: object) -> str:
    body = re.sub(r'nonce="[^"]+"', "", body)
    body = re.sub(r'"X-CSRFToken":"[^"]+"', "", body)
    return re.sub(r'name="csrf_token" value="[^"]+"', "", body)
