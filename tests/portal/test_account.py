"""« Mon compte »: the password and the devices."""

import pytest
from flask import Flask
from sqlalchemy import event, select

from shared.access.models import PortalSession, Seat
from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification
from shared.shipping import ship
from tests.factories.identity import OTHER, PASSWORD, Browser, a_holder, random_id

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.fixture
def seat(app: Flask) -> Seat:
    return a_holder("C1", email="c1@exemple.fr")


@pytest.fixture
def browser(app: Flask, seat: Seat) -> Browser:
    browser = Browser(app)
    browser.sign_in("C1")
    browser.get("/account")
    return browser


def another(app: Flask) -> Browser:
    browser = Browser(app)
    browser.client.environ_base["HTTP_USER_AGENT"] = CHROME
    browser.sign_in("C1")
    return browser


@pytest.mark.row("P-37")
def test_a_change_closes_the_other_sessions_and_is_told_without_the_password(app: Flask, browser: Browser) -> None:
    other = another(app)
    kept = browser.cookie()
    assert browser.post("/account/password", old=PASSWORD, password=OTHER).location == "/account"
    assert browser.is_in and not other.is_in and browser.cookie() != kept
    told = db.session.scalars(select(Event).where(Event.name == "account.password_changed")).one()
    assert OTHER not in str(told.facts) and PASSWORD not in str(told.facts)
    assert Browser(app).sign_in("C1").status_code == 422
    assert Browser(app).sign_in("C1", OTHER).status_code == 303


@pytest.mark.row("P-37")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("pas-le-bon-du-tout", OTHER, "actuel"),
        (PASSWORD, PASSWORD, "déjà votre mot de passe"),
        (PASSWORD, "bref bref", "trop court"),
        (PASSWORD, "motdepasse2026", "plus utilisés"),
        (PASSWORD, "Camille Martin 1", "reprend"),
        ("", OTHER, "actuel"),
    ],
)
def test_a_weak_one_fails_with_a_reason(browser: Browser, old: str, new: str, words: str) -> None:
    answer = browser.post("/account/password", old=old, password=new)
    assert answer.status_code == 422 and words in answer.text
    assert new not in answer.text.replace("Camille Martin", "")


def test_the_page_says_who_one_is_and_from_where(app: Flask, browser: Browser) -> None:
    another(app)
    page = browser.get("/account").text
    assert "Camille Martin" in page and "Chrome, Windows" in page and "Cet appareil" in page


def test_one_device_is_closed_and_then_all(app: Flask, browser: Browser, seat: Seat) -> None:
    one, two = another(app), another(app)
    rows = db.session.scalars(select(PortalSession).order_by(PortalSession.id.desc())).all()
    browser.get("/account")
    browser.post(f"/account/devices/{rows[0].id}/end")
    assert not two.is_in and one.is_in
    browser.post("/account/devices/end-all")
    assert not one.is_in and browser.is_in


def test_nobody_closes_the_device_of_another(app: Flask, browser: Browser) -> None:
    stranger = Browser(app)
    a_holder("C2", password=OTHER)
    stranger.sign_in("C2", OTHER)
    row = db.session.scalars(select(PortalSession).order_by(PortalSession.id.desc())).first()
    browser.post(f"/account/devices/{row.id}/end")
    browser.post(f"/account/devices/{random_id()}/end")
    assert stranger.is_in


def test_the_page_costs_few_queries(app: Flask, browser: Browser) -> None:
    seen: list[str] = []
    event.listen(db.engines[None], "before_cursor_execute", lambda *rest: seen.append(rest[2]))
    browser.client.get("/account")
    assert len([each for each in seen if each.lstrip().upper().startswith("SELECT")]) <= 8, seen


@pytest.mark.row("P-37")
def test_the_notice_of_a_change_leaves_without_the_password(app: Flask, browser: Browser, seat: Seat) -> None:
    ship()
    seat.account.email, seat.account.email_verified_at = "c1@exemple.fr", now()
    browser.post("/account/password", old=PASSWORD, password=OTHER)
    notice = db.session.scalars(select(Notification).where(Notification.event == "account.password_changed")).one()
    assert notice.fixed_address == "c1@exemple.fr" and notice.kind == "security"
    assert OTHER not in f"{notice.facts}{notice.secret}"
