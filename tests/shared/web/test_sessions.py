"""Sessions live in PostgreSQL: their end is immediate, and nothing brings one back."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, request, session
from sqlalchemy import event, select, update

from shared.access.ending import end_sessions
from shared.access.models import PortalSession, Seat
from shared.clock import now
from shared.config import Config, configure
from shared.extensions import db
from tests.factories.identity import OTHER, PASSWORD, Browser, a_clerk, a_holder, a_mailed_link, path_of


@pytest.fixture
def seat(app: Flask) -> Seat:
    return a_holder("C1")


@pytest.fixture
def browser(app: Flask, seat: Seat) -> Browser:
    browser = Browser(app)
    browser.sign_in("C1")
    return browser


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    connection = db.engines[None]
    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


def rows() -> list[PortalSession]:
    db.session.expire_all()
    return list(db.session.scalars(select(PortalSession).order_by(PortalSession.id)))


def test_the_table_holds_a_hash_of_the_cookie(browser: Browser) -> None:
    secret = browser.cookie().removeprefix("s.")
    (row,) = rows()
    assert row.secret_hash == hashlib.sha256(secret.encode()).hexdigest() and len(secret) >= 43
    assert secret not in str(row.data)


def test_cookies_are_bound_to_this_host(app: Flask, seat: Seat) -> None:
    browser = Browser(app)
    browser.get("/sign-in")
    answer = browser.post("/sign-in", identifier="C1", password=PASSWORD)
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-guichet")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")) and "Domain" not in cookie


def test_plain_http_drops_what_browsers_would_refuse(app: Flask, _config: Config) -> None:
    from dataclasses import replace

    configure(replace(_config, public_url="http://portail.exemple.fr", allow_plain_http=True))
    answer = Browser(app).get("/sign-in")
    assert answer.headers["Set-Cookie"].startswith("guichet=a.") and "Secure" not in answer.headers["Set-Cookie"]


def test_a_preset_cookie_is_never_adopted(app: Flask, seat: Seat) -> None:
    for preset in ("s.attacker", "a.attacker", "attacker"):
        browser = Browser(app)
        browser.client.set_cookie("__Host-guichet", preset)
        browser.get("/sign-in?__Host-guichet=s.attacker")
        browser.post("/sign-in", identifier="C1", password=PASSWORD)
        assert browser.is_in and preset not in browser.cookie()
        thief = Browser(app)
        thief.client.set_cookie("__Host-guichet", preset)
        assert not thief.is_in


def test_signing_in_again_kills_the_former_secret(app: Flask, browser: Browser, seat: Seat) -> None:
    before = browser.cookie()
    a_holder("C2", password=OTHER)
    fresh = Browser(app)
    fresh.client.set_cookie("__Host-guichet", before)
    link = a_mailed_link(a_holder("C3", password=None), "activation")
    fresh.get(path_of(link))
    fresh.post(path_of(link), password=OTHER)
    assert fresh.cookie() != before and not browser.is_in


@pytest.mark.parametrize("how", ["end_all", "frozen", "password", "logout"])
def test_every_end_holds_at_the_next_request(app: Flask, browser: Browser, seat: Seat, how: str) -> None:
    if how == "end_all":
        end_sessions(account_id=seat.account_id)
    elif how == "frozen":
        seat.account.frozen_at = now()
    elif how == "password":
        link = a_mailed_link(seat, "reset")
        other = Browser(app)
        other.get(path_of(link))
        other.post(path_of(link), password=OTHER)
    else:
        twin = Browser(app)
        twin.client.set_cookie("__Host-guichet", browser.cookie())
        twin.get("/account")
        twin.post("/sign-out")
    assert browser.client.get("/account").status_code == 303
    assert browser.client.post("/account/devices/end-all", data={"csrf_token": browser.token}).status_code in (303, 403)


def test_a_request_in_flight_does_not_bring_an_ended_session_back(app: Flask, browser: Browser, seat: Seat) -> None:
    def meanwhile() -> None:
        if request.headers.get("X-Race"):
            session["written"] = "late"
            db.session.execute(update(PortalSession).values(ended_at=now()))

    before = app.before_request_funcs.setdefault(None, [])
    before.append(meanwhile)
    try:
        browser.client.get("/account", headers={"X-Race": "1"})
    finally:
        before.remove(meanwhile)
    (row,) = rows()
    assert row.ended_at and "written" not in row.data
    assert not browser.is_in


def test_idle_and_absolute_ends(app: Flask, seat: Seat) -> None:
    browser = Browser(app)
    with time_machine.travel("2026-11-22T08:00:00Z", tick=False) as clock:
        browser.sign_in("C1")
        clock.shift(timedelta(hours=11, minutes=59))
        assert browser.is_in
        clock.shift(timedelta(hours=12, minutes=1))
        assert not browser.is_in
        browser.sign_in("C1")
        for _step in range(65):
            clock.shift(timedelta(hours=11))
            assert browser.is_in
        clock.shift(timedelta(hours=11))
        assert not browser.is_in


def test_who_asks_costs_one_query_and_seen_is_written_once_a_minute(app: Flask, browser: Browser) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        browser.is_in  # noqa: B018  (settles the token)
        with statements(app) as seen:
            browser.client.get("/account")
        assert len([each for each in seen if "WHERE portal_session.secret_hash" in each]) == 1
        assert not [each for each in seen if each.startswith("UPDATE portal_session")]
        clock.shift(timedelta(seconds=61))
        with statements(app) as seen:
            browser.client.get("/account")
            browser.client.get("/account")
        assert len([each for each in seen if each.startswith("UPDATE portal_session")]) == 1


def test_staff_cost_one_query(app: Flask) -> None:
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    browser.get("/backoffice/account")
    with statements(app) as seen:
        browser.client.get("/backoffice/account")
    assert len([each for each in seen if "FROM staff_session" in each and "secret_hash =" in each]) == 1
    assert not [each for each in seen if each.startswith("SELECT") and "FROM staff_grant" in each]


@pytest.mark.parametrize("path", ["/api/v1/anything", "/static/nothing.css", "/healthz"])
def test_some_addresses_have_no_session(app: Flask, browser: Browser, path: str) -> None:
    with statements(app) as seen:
        answer = browser.client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert not [each for each in seen if "portal_session" in each]


def test_a_forged_anonymous_cookie_is_an_empty_one(app: Flask) -> None:
    browser = Browser(app)
    browser.get("/sign-in")
    browser.client.set_cookie("__Host-guichet", browser.cookie()[:-3] + "abc")
    assert browser.post("/sign-in", identifier="C1", password=PASSWORD).status_code == 403
