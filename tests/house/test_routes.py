"""Closed by default: every route names its permission, the table says who passes, and everybody else is stopped.

After a change of routes: `python -m tests.house.test_routes` writes the table anew; read its difference.
"""

import re

import pytest
from flask import Flask

from shared.extensions import db
from shared.people.roles import ROLES
from tests.factories.identity import Browser, a_clerk, a_holder
from tests.house.routes import TABLE, roles_with, routes

OPENED_BY_ITS_TOKEN = {
    "webhooks.mail",
    "portal.unsubscribe_now",
}  # reads no cookie: there is nothing that another site could borrow
KEBAB = re.compile(r"/(?:[a-z0-9.-]+|<[^>]+>(?:\.[a-z]+)?)?")


def test_every_route_names_its_permission_or_says_why_it_is_public(app: Flask) -> None:
    assert [route.path for route in routes(app) if not (route.permission or route.public)] == []


def test_the_checked_in_table_is_what_the_routes_declare(app: Flask) -> None:
    assert TABLE.read_text().splitlines() == [route.line for route in routes(app)]


def test_paths_are_kebab_case_and_ids_typed(app: Flask) -> None:
    wrong = [route.path for route in routes(app) if "".join(KEBAB.findall(route.path)) != route.path]
    assert wrong == []
    untyped = [r.path for r in routes(app) for name in re.findall(r"<(\w+)>", r.path) if name.endswith("_id")]
    assert untyped == []


def test_nobody_signed_in_passes_only_where_it_is_public(app: Flask) -> None:
    browser = Browser(app)
    for route in routes(app):
        if route.public is None:
            answer = _try(browser, route.method, route.filled())
            refusals = ("401",) if route.path.startswith("/api/") else ("303 login", "403", "404")
            assert answer in refusals, f"{route.method} {route.path}: {answer}"


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_stopped_where_it_holds_no_permission(app: Flask, role: str) -> None:
    a_clerk(role)
    browser = Browser(app)
    browser.sign_in_staff()
    browser.get("/backoffice/account")
    for route in routes(app):
        if route.public or not route.path.startswith("/backoffice"):
            continue
        answer = _try(browser, route.method, route.filled())
        if role in roles_with(route.permission):
            assert answer != "403", f"{role} {route.method} {route.path}"
        else:
            assert answer in ("403", "404"), f"{role} {route.method} {route.path}: {answer}"


def test_a_seat_opens_no_page_of_the_back_office_and_staff_none_of_the_portal(app: Flask) -> None:
    a_holder("4")
    a_clerk()
    customer, clerk = Browser(app), Browser(app)
    customer.sign_in("4")
    clerk.sign_in_staff()
    for route in routes(app):
        if route.public:
            continue
        stranger = customer if route.path.startswith("/backoffice") else clerk
        answer = _try(stranger, route.method, route.filled())
        refusals = ("401",) if route.path.startswith("/api/") else ("303 login", "403", "404")
        assert answer in refusals, f"{route.method} {route.path}: {answer}"


def test_no_unsafe_route_accepts_a_post_without_its_token(app: Flask) -> None:
    a_holder("4")
    a_clerk()
    customer, clerk = Browser(app), Browser(app)
    customer.sign_in("4")
    clerk.sign_in_staff()
    for route in routes(app):
        if route.method == "GET" or route.endpoint in OPENED_BY_ITS_TOKEN or route.path.startswith("/api/"):
            continue
        visitor = clerk if route.path.startswith("/backoffice") else customer
        url = route.filled()
        for headers in (
            {},
            {"HX-Request": "true"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://evil.example"},
        ):
            answer = visitor.client.open(url, method=route.method, headers=headers, data={"csrf_token": "faux"})
            assert answer.status_code in (400, 403), f"{route.method} {route.path} {headers}: {answer.status_code}"


def _try(browser: Browser, method: str, url: str) -> str:
    if method == "GET":
        answer = browser.client.get(url)
    else:
        answer = browser.client.open(url, method=method, data={"csrf_token": browser.token})
    to_login = answer.status_code == 303 and "sign-in" in (answer.location or "")
    db.session.rollback()
    return "303 login" if to_login else str(answer.status_code)


def write_table() -> None:
    """The table as the code stands."""
    from wsgi import create_app

    TABLE.write_text("".join(f"{route.line}\n" for route in routes(create_app())))


if __name__ == "__main__":
    write_table()
