"""« Mon numéro de mobile »: usable only after the code received on it is entered."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shared.access.models import Account, Seat
from shared.access.phone_models import PhoneCode
from shared.access.phones import confirmed_number
from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Status
from shared.notifications.shipping import ship_messages
from tests.factories.codes import PHONE, a_provider, lines, waiting_code, wrong
from tests.factories.identity import Browser, a_holder
from tests.house.rules import faults_of

TYPED = "06 12 34 56 78"


@pytest.fixture
def seat(app: Flask) -> Seat:
    ship_messages()
    a_provider("http://127.0.0.1:9")
    return a_holder("C1", email="c1@exemple.fr")


@pytest.fixture
def browser(app: Flask, seat: Seat) -> Browser:
    return entered(app)


def entered(app: Flask, code: str = "C1") -> Browser:
    browser = Browser(app)
    browser.sign_in(code)
    browser.get("/account/phone")
    return browser


def number_of(seat: Seat) -> str | None:
    db.session.expire_all()
    return confirmed_number(seat.account.person_id)


def asked(browser: Browser, number: str = TYPED) -> str:
    assert browser.post("/account/phone", number=number).status_code == 303
    return waiting_code(lines()[-1])


@pytest.mark.row("L-22")
def test_a_number_is_used_only_once_its_code_is_entered(app: Flask, browser: Browser, seat: Seat) -> None:
    code = asked(browser)
    assert lines()[-1].fixed_address == PHONE and number_of(seat) is None
    shown = browser.get("/account/phone")
    page = shown.text
    assert faults_of(app, shown) == []
    assert "+33 6 12 34 56 78" in page and code not in page and 'autocomplete="one-time-code"' in page
    refused = browser.post("/account/phone/code", code=wrong(code))
    assert refused.status_code == 422 and "pas le bon" in refused.text and number_of(seat) is None
    assert faults_of(app, refused) == faults_of(app, browser.get("/account/phone")) == []
    assert browser.post("/account/phone/code", code=f"{code[:3]} {code[3:]}").status_code == 303
    assert number_of(seat) == PHONE
    assert "+33 6 12 34 56 78" in browser.get("/account").text
    assert browser.post("/account/phone/code", code=code).status_code == 422, "a code serves once"
    told = db.session.scalars(select(Event).where(Event.name.like("account.phone%"))).all()
    assert {event.name for event in told} == {"account.phone_code_issued", "account.phone_confirmed"}
    assert PHONE not in str([event.facts for event in told]) and code not in str([event.facts for event in told])


def test_another_number_asks_again_and_the_former_stays_until_then(browser: Browser, seat: Seat) -> None:
    browser.post("/account/phone/code", code=asked(browser))
    code = asked(browser, "+32 470 12 34 56")
    assert number_of(seat) == PHONE
    browser.post("/account/phone/code", code=code)
    assert number_of(seat) == "+32470123456"
    assert browser.post("/account/phone/forget").status_code == 303
    assert number_of(seat) is None and browser.get("/account").status_code == 200


def test_wrong_tries_are_counted_and_codes_are_few(browser: Browser, seat: Seat) -> None:
    code = asked(browser)
    for _ in range(5):
        assert browser.post("/account/phone/code", code=wrong(code)).status_code == 422
    assert browser.post("/account/phone/code", code=code).status_code == 422 and number_of(seat) is None
    assert db.session.scalars(select(PhoneCode.tries)).one() == 6
    for _ in range(4):
        asked(browser)
    said = browser.post("/account/phone", number=TYPED)
    assert said.status_code == 422 and "heure" in said.text and TYPED in said.text
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert browser.post("/account/phone", number=TYPED).status_code in (302, 303)


def test_only_ones_own_code_and_only_a_number_that_takes_it(app: Flask, browser: Browser, seat: Seat) -> None:
    a_holder("C2")
    other = entered(app, "C2")
    code = asked(browser)
    assert other.post("/account/phone/code", code=code).status_code == 422
    for number, word in (("01 23 45 67 89", "mobile"), ("bonjour", "numéro")):
        said = browser.post("/account/phone", number=number)
        assert said.status_code == 422 and word in said.text and number in said.text
    assert [line.status for line in lines()] == [Status.WAITING]
    assert db.session.scalars(select(Account.phone).where(Account.phone != "")).all() == []


def test_without_sms_the_page_says_so(app: Flask) -> None:
    ship_messages()
    a_holder("C1")
    browser = entered(app)
    assert "ne partent pas" in browser.get("/account/phone").text
    assert browser.post("/account/phone", number=TYPED).status_code == 422
