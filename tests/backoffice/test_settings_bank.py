"""« Banque »: no customer sees an account that one person alone has typed."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.extensions import db, uuid7
from shared.notifications.models import Notification
from shared.people.models import Activity
from shared.records import banking
from shared.records.money_models import BankAccount
from tests.factories import post
from tests.factories.identity import Browser, a_clerk, fresh_code, signed_in

URL = "/backoffice/settings/bank"
FIRST, SECOND = "FR7630006000011234567890189", "DE89370400440532013000"


@pytest.fixture
def browser(app: Flask) -> Browser:
    post.an_installation()
    db.session.add(Activity(id=uuid7(), name="Lumière & Fils", domain="exemple.fr"))
    a_clerk()
    return signed_in(app)


def enter(browser: Browser, iban: str = FIRST) -> BankAccount:
    browser.get(URL)
    assert browser.post(URL, holder="Lumière & Fils", iban=iban, bic="").status_code == 303
    return db.session.scalars(select(BankAccount).where(BankAccount.iban == iban.replace(" ", ""))).one()


def told() -> list[str]:
    query = select(Notification.event).where(Notification.event.startswith("bank_account."))
    return list(db.session.scalars(query.order_by(Notification.id)))


@pytest.mark.row("B-09")
def test_another_person_verifies_and_everybody_is_told(app: Flask, browser: Browser) -> None:
    account = enter(browser, "FR76 3000 6000 0112 3456 7890 189")
    assert banking.current() is None
    browser.get(URL)
    assert browser.post(f"{URL}/{account.id}/verify", code="000000").status_code == 422
    assert banking.current() is None

    a_clerk(email="paul@exemple.fr")
    paul = Browser(app)
    paul.sign_in_staff("paul@exemple.fr")
    paul.get(URL)
    assert paul.post(f"{URL}/{account.id}/verify").status_code == 303
    shown = banking.current()
    assert shown is not None and (shown.iban, shown.verified_how) == (FIRST, "second_person")
    assert told() == ["bank_account.entered", "bank_account.verified", "bank_account.verified"]


@pytest.mark.row("B-09")
def test_the_same_person_verifies_with_a_second_factor(app: Flask, browser: Browser) -> None:
    account = enter(browser)
    code = fresh_code(app)
    browser.get(URL)
    assert browser.post(f"{URL}/{account.id}/verify", code=code).status_code == 303
    shown = banking.current()
    assert shown is not None and shown.verified_how == "second_factor"

    waiting = enter(browser, SECOND)
    assert banking.current() == shown, "the former one is shown until the new one is verified"
    browser.get(URL)
    assert browser.post(f"{URL}/{waiting.id}/verify", code=code).status_code == 422, "a code serves once"
    browser.post(f"{URL}/{waiting.id}/verify", code=fresh_code(app))
    found = banking.current()
    assert found is not None and found.iban == SECOND
    browser.post(f"{URL}/{found.id}/retire")
    assert banking.current() is None


@pytest.mark.parametrize("iban", ["FR7630006000011234567890188", "12", "<b>"])
def test_an_iban_that_cannot_be_is_refused(browser: Browser, iban: str) -> None:
    browser.get(URL)
    answer = browser.post(URL, holder="Lumière & Fils", iban=iban, bic="")
    assert answer.status_code == 422 and "Cet IBAN n’existe pas" in answer.text
    assert "Lumière &amp; Fils" in answer.text, "nothing typed is lost"


def test_only_those_who_may(app: Flask, browser: Browser) -> None:
    a_clerk("referent", "lea@exemple.fr")
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    assert lea.get(URL).status_code == 403
