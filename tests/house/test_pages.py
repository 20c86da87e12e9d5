"""Every page of both faces keeps the rules of the house, on a company at work and on an empty installation."""

import re

from flask import Flask

from shared.people.staffing import ship_roles
from tests.factories.company import a_company, may_see_payslips
from tests.factories.identity import Browser, a_clerk, a_holder
from tests.factories.post import an_installation
from tests.house.pages import AT_FIRST, NOT_PAGES, browsers, pages
from tests.house.routes import routes
from tests.house.rules import faults_of

MISSING = ("/nulle-part", "/backoffice/nulle-part", "/documents/00000000-0000-7000-8000-000000000000")
WITHOUT_ID = [
    "/backoffice/", "/backoffice/parties", "/backoffice/parties/new", "/backoffice/access", "/backoffice/explorer",
    "/backoffice/arrivals", "/backoffice/history", "/backoffice/folders", "/backoffice/templates",
    "/backoffice/settings", "/backoffice/engines", "/backoffice/account",
]  # fmt: skip


def test_every_page_keeps_the_rules(app: Flask) -> None:
    company = a_company()
    may_see_payslips(company.clerk)
    visitors, known = browsers(app, company), pages(company)
    faults = [f"{name} is not in the list of pages" for name in _asked(app) - {*known, *NOT_PAGES, *AT_FIRST}]
    for shown in (each for group in known.values() for each in group):
        answer = visitors[shown.who].get(shown.url)
        wrong = faults_of(app, answer) if answer.status_code in (200, 404, 410) else [f"status {answer.status_code}"]
        faults += [f"{shown.who} {shown.url}: {fault}" for fault in wrong]
    assert not faults, "\n".join(faults)


def test_pages_that_do_not_exist_keep_the_rules_too(app: Flask) -> None:
    clerk, customer = _both(app)
    for url in MISSING:
        answer = (clerk if url.startswith("/backoffice") else customer).get(url)
        assert answer.status_code == 404
        assert faults_of(app, answer) == []


def test_an_empty_installation_keeps_the_rules(app: Flask) -> None:
    an_installation()
    clerk, customer = _both(app)
    asked = [(clerk, url) for url in WITHOUT_ID]
    asked += [(customer, url) for url in ("/", "/documents", "/statement", "/quotes", "/account")]
    faults = []
    for browser, url in asked:
        answer = browser.get(url)
        assert answer.status_code == 200, url
        faults += [f"{url}: {fault}" for fault in faults_of(app, answer)]
    assert not faults, "\n".join(faults)


def test_the_first_start_keeps_the_rules(app: Flask) -> None:
    ship_roles()
    answer = Browser(app).get("/backoffice/first-start")
    assert answer.status_code == 200
    assert faults_of(app, answer) == []


def test_what_a_page_proposes_as_a_link_its_reader_may_open(app: Flask) -> None:
    company = a_company()
    party = f"/backoffice/parties/{company.parties[0].id}"
    urls = ("/backoffice/", "/backoffice/explorer", party, "/backoffice/access")
    refused = []
    for role in ("manager", "referent", "reader"):
        a_clerk(role, email=f"{role}@exemple.fr")
        browser = Browser(app)
        browser.sign_in_staff(f"{role}@exemple.fr")
        links = {link for url in urls for link in _links_in(browser.get(url).text)}
        refused += [f"{role}: {link}" for link in sorted(links) if browser.client.get(link).status_code in (403, 404)]
    assert refused == []


def _both(app: Flask) -> tuple[Browser, Browser]:
    a_clerk()
    a_holder("4")
    clerk, customer = Browser(app), Browser(app)
    clerk.sign_in_staff(), customer.sign_in("4")
    return clerk, customer


def _asked(app: Flask) -> set[str]:
    return {route.endpoint for route in routes(app) if route.method == "GET"}


def _links_in(html: str) -> set[str]:
    """One link of each shape: the fifty lines of a list lead to one page."""
    urls = [url.replace("&amp;", "&") for url in re.findall(r'<a [^>]*href="(/[^"#]*)"', html)]
    return set({re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\?.*", "", url): url for url in urls}.values())
