"""The second factor at the door, taking one, and what opens before that."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from shared.access import totp
from shared.access.models import Passkey
from shared.clock import now
from shared.config import Config, configure
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Role, Staff
from tests.factories.identity import (
    OTHER,
    SECOND_STEP,
    STAFF_PASSWORD,
    TOTP_SECRET,
    Browser,
    a_clerk,
    fresh_code,
    has_factor,
)
from tests.house.routes import routes

ENROL = "/backoffice/second-factor"


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def is_in(browser: Browser) -> bool:
    return browser.client.get("/backoffice/account").status_code == 200


def half_in(browser: Browser) -> None:
    browser.get("/backoffice/sign-in")
    answer = browser.post("/backoffice/sign-in", email="jeanne@exemple.fr", password=STAFF_PASSWORD)
    assert answer.location == SECOND_STEP
    browser.get(SECOND_STEP)


def shown_secret(page: str) -> str:
    found = re.search(r'data-copy="([A-Z2-7 ]{32,})"', page)
    assert found
    return found[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9-]{14})</code>", page)


@pytest.mark.row("B-13")
def test_a_role_that_asks_for_two_factors_opens_no_page_before(app: Flask, browser: Browser) -> None:
    a_clerk("reader")
    browser.sign_in_staff_by_form()
    assert is_in(browser)
    db.session.scalars(select(Role).where(Role.key == "reader")).one().second_factor = True
    allowed = {"/backoffice/second-factor", "/backoffice/second-factor/passkey", "/backoffice/account/confirm"}
    for route in routes(app):
        if route.public or not route.path.startswith("/backoffice") or route.path in allowed:
            continue
        answer = browser.client.open(route.filled(), method=route.method, data={"csrf_token": browser.token})
        if route.method == "GET":
            assert (answer.status_code, answer.location) == (303, ENROL), route.path
        else:
            assert answer.status_code == 403, route.path
    fragment = browser.client.get("/backoffice/parties", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == ENROL and not fragment.data


@pytest.mark.row("B-13")
def test_enrolling_opens_the_pages_and_closes_the_other_sessions(app: Flask, browser: Browser) -> None:
    a_clerk(enrolled=False)
    other = Browser(app)
    other.sign_in_staff_by_form()
    assert browser.sign_in_staff_by_form().location == "/backoffice/"
    assert browser.get("/backoffice/").location == ENROL
    page = browser.get(ENROL).text
    assert "data:image/svg+xml;base64," in page
    secret, before = shown_secret(page), browser.cookie("__Host-guichet-staff")
    assert browser.post(ENROL, code="000000").status_code == 422
    assert browser.get("/backoffice/").location == ENROL
    done = browser.post(ENROL, code=totp.code_of(secret))
    assert done.status_code == 200 and len(set(codes_on(done.text))) == 10
    assert is_in(browser) and browser.cookie("__Host-guichet-staff") != before
    assert other.get("/backoffice/").location.startswith("/backoffice/sign-in")
    stored = db.session.execute(text("SELECT row_to_json(staff)::text FROM staff")).scalar_one()
    assert secret not in stored


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("https://portail.exemple.fr", True),
        ("http://portail.exemple.fr", False),
        ("https://192.0.2.7", False),
    ],
)
def test_keys_are_offered_where_browsers_make_them_and_nowhere_else(
    app: Flask, _config: Config, address: str, offered: bool
) -> None:
    a_clerk(enrolled=False)
    configure(replace(_config, public_url=address, allow_plain_http=address.startswith("http:")))
    browser = Browser(app)
    browser.sign_in_staff_by_form()
    page = browser.get(ENROL).text
    assert shown_secret(page) and ("data-passkey-part" in page) is offered
    forged = browser.post(f"{ENROL}/passkey", credential="{}", label="Forgée")
    assert forged.status_code == 422 and db.session.scalars(select(Passkey)).all() == []


def test_the_password_alone_opens_nothing(browser: Browser) -> None:
    a_clerk()
    half_in(browser)
    assert browser.cookie("__Host-guichet-staff").startswith("a.")
    assert browser.client.get("/backoffice/").location.startswith("/backoffice/sign-in")
    assert db.session.scalars(select(Staff)).one().last_login_at is None
    assert browser.post(SECOND_STEP, code=fresh_code(browser.client.application)).location == "/backoffice/"
    assert is_in(browser) and browser.cookie("__Host-guichet-staff").startswith("s.")


def test_a_code_works_once_and_for_its_time_only(app: Flask, browser: Browser) -> None:
    a_clerk()
    with time_machine.travel(now(), tick=False) as clock:
        code = totp.code_of(TOTP_SECRET)
        half_in(browser)
        assert browser.post(SECOND_STEP, code=code).status_code == 303
        again = Browser(app)
        half_in(again)
        assert again.post(SECOND_STEP, code=code).status_code == 422, "the same code, a second later"
        clock.shift(timedelta(seconds=300))
        assert again.post(SECOND_STEP, code=code).status_code == 422
        assert again.post(SECOND_STEP, code=totp.code_of(TOTP_SECRET)).status_code == 303


def test_codes_are_not_guessed(app: Flask, browser: Browser) -> None:
    a_clerk()
    with time_machine.travel(now(), tick=False):
        half_in(browser)
        for number in range(10):
            assert browser.post(SECOND_STEP, code=f"{number:06}").status_code == 422
        assert browser.post(SECOND_STEP, code=fresh_code(app)).status_code == 422, "the right one has to wait too"
    refused = db.session.scalars(select(Event).where(Event.name == "staff.login_refused")).all()
    assert len(refused) == 11 and all(event.facts["stage"] == "second_factor" for event in refused)


def test_the_door_closes_after_ten_minutes_or_another_password(app: Flask, browser: Browser) -> None:
    clerk = a_clerk()
    with time_machine.travel(now(), tick=False) as clock:
        half_in(browser)
        clock.shift(timedelta(minutes=11))
        assert browser.post(SECOND_STEP, code=fresh_code(app)).location == "/backoffice/sign-in"
        half_in(browser)
        clerk.password_hash = "changed"
        assert browser.post(SECOND_STEP, code=fresh_code(app)).location == "/backoffice/sign-in"
    assert not is_in(browser)


def test_a_recovery_code_opens_once(app: Flask, browser: Browser) -> None:
    a_clerk()
    browser.sign_in_staff_by_form()
    browser.get("/backoffice/account")
    codes = codes_on(browser.post("/backoffice/account/recovery-codes").text)
    assert len(codes) == 10
    kept = db.session.execute(text("SELECT string_agg(recovery_code::text, '') FROM recovery_code")).scalar_one()
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    late, later = Browser(app), Browser(app)
    half_in(late)
    assert late.post(SECOND_STEP, code=codes[3].upper().replace("-", " ")).status_code == 303
    assert "reste 9" in late.get("/backoffice/").text
    half_in(later)
    assert later.post(SECOND_STEP, code=codes[3]).status_code == 422
    assert later.post(SECOND_STEP, code=codes[4]).status_code == 303


def test_factors_change_only_after_the_password_again(app: Flask, browser: Browser) -> None:
    a_clerk("manager", enrolled=True)
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        browser.sign_in_staff_by_form()
        clock.shift(timedelta(minutes=15))
        browser.get("/backoffice/account")
        asked = browser.post("/backoffice/account/second-factor/totp/remove")
        assert "Votre mot de passe" in asked.text and db.session.scalars(select(Staff)).one().totp_secret
        assert "Votre mot de passe" in browser.get(ENROL).text
        wrong = browser.post("/backoffice/account/confirm", password="faux", next="/backoffice/account")
        assert wrong.status_code == 422
        back = browser.post("/backoffice/account/confirm", password=STAFF_PASSWORD, next="/backoffice/account")
        assert back.location == "/backoffice/account"
        browser.post("/backoffice/account/second-factor/totp/remove")
        db.session.expire_all()
        found = db.session.scalars(select(Staff)).one()
        assert found.totp_secret is None and found.second_factor_at is None
        browser.get("/backoffice/sign-in")
        fresh = Browser(app)
        fresh.get("/backoffice/sign-in")
        answer = fresh.post("/backoffice/sign-in", email="jeanne@exemple.fr", password=STAFF_PASSWORD)
        assert answer.location == "/backoffice/", "the password alone is enough again"


def test_the_last_factor_stays_where_the_role_asks_for_one(browser: Browser) -> None:
    a_clerk()
    browser.sign_in_staff_by_form()
    browser.get("/backoffice/account")
    browser.post("/backoffice/account/second-factor/totp/remove")
    assert "ajoutez-en un avant" in browser.get("/backoffice/account").text
    assert db.session.scalars(select(Staff)).one().totp_secret


def test_a_change_of_password_asks_for_the_factor_as_before(app: Flask, browser: Browser) -> None:
    a_clerk()
    browser.sign_in_staff_by_form()
    browser.get("/backoffice/account")
    assert browser.post("/backoffice/account/password", old=STAFF_PASSWORD, password=OTHER).status_code == 303
    assert is_in(browser)
    assert Browser(app).sign_in_staff_by_form(password=OTHER).location == "/backoffice/"


def test_nobody_needs_a_second_factor_whose_role_does_not_ask(browser: Browser) -> None:
    a_clerk("manager")
    assert browser.sign_in_staff_by_form().location == "/backoffice/" and is_in(browser)
    has_factor(db.session.scalars(select(Staff)).one())
    assert is_in(browser)
