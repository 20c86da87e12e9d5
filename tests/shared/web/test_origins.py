"""Every unsafe route of both faces refuses what another site could make a browser send."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.access.models import PortalSession
from shared.events.models import Event
from shared.extensions import db
from tests.factories.identity import Browser, a_clerk, a_holder

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# A mail program or a mail provider posts there without cookie or form (RFC 8058): the signed address is the proof.
BY_ADDRESS = ("/u/", "/webhooks/")


def unsafe_routes(app: Flask) -> list[tuple[str, str]]:
    """Every unsafe rule but the API's and those proved by their address, with made-up values in its address."""
    filled = []
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) & UNSAFE
        if str(rule).startswith(("/api/", *BY_ADDRESS)):
            continue
        path = re.sub(r"<uuid:[^>]+>", "019aa000-0000-7000-8000-000000000000", str(rule))
        path = re.sub(r"<any\('?(\w+)[^>]*>", r"\1", path)
        path = re.sub(r"<int:[^>]+>", "1", path)
        path = re.sub(r"<[^>]+>", "x", path)
        filled += [(method, path) for method in sorted(methods)]
    return filled


@pytest.fixture
def browser(app: Flask) -> Browser:
    a_holder("C1")
    a_clerk()
    browser = Browser(app)
    browser.sign_in("C1")
    browser.sign_in_staff()
    return browser


def test_there_are_such_routes(app: Flask) -> None:
    assert len(unsafe_routes(app)) > 10


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HX-Request": "true"},
        {"Content-Type": "text/plain"},
        {"X-CSRFToken": "ImFiYyI.aaaa.bbbb"},
    ],
)
def test_without_a_token_of_this_session_nothing_happens(app: Flask, browser: Browser, headers: dict[str, str]) -> None:
    events = db.session.scalar(select(func.count()).select_from(Event))
    for method, path in unsafe_routes(app):
        answer = browser.client.open(path, method=method, headers=headers, data="{}" if headers else None)
        assert answer.status_code == 403, (method, path, answer.status_code)
    assert db.session.scalar(select(func.count()).select_from(Event)) == events


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_a_browser_says_comes_from_elsewhere_is_refused(
    app: Flask, browser: Browser, headers: dict[str, str]
) -> None:
    tokens = {
        "/": browser.get("/account") and browser.token,
        "/b": browser.get("/backoffice/account") and browser.token,
    }
    for method, path in unsafe_routes(app):
        token = tokens["/b" if path.startswith("/backoffice") else "/"]
        answer = browser.client.open(path, method=method, headers={**headers, "X-CSRFToken": token})
        assert answer.status_code == 403, (method, path)


def test_the_token_of_another_session_is_worth_nothing(app: Flask, browser: Browser) -> None:
    stranger = Browser(app)
    stranger.get("/sign-in")
    browser.token = stranger.token
    assert browser.post("/account/devices/end-all").status_code == 403


def test_our_own_pages_pass(app: Flask, browser: Browser) -> None:
    browser.get("/account")
    ours = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    for headers in (ours, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, {}):
        answer = browser.client.post("/account/devices/end-all", data={"csrf_token": browser.token}, headers=headers)
        assert answer.status_code == 303
    assert db.session.scalars(select(PortalSession).where(PortalSession.ended_at.is_(None))).one()


@pytest.mark.parametrize("host", ["evil.example", "localhost:80@evil.example", "evil.example:80", "localhost.evil"])
def test_another_host_is_refused(app: Flask, host: str) -> None:
    answer = app.test_client().get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400 and "evil" not in answer.text


def test_forwarded_hosts_are_not_believed(app: Flask) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = app.test_client().get("/account", headers=headers)
    assert answer.location == "/sign-in?next=/account"
    assert "evil" not in app.test_client().get("/sign-in", headers=headers).text
