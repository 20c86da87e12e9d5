"""The doors in a real browser: cookies bound to the host, a scanner that clicks everything, keyboard and readers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select, text
from werkzeug.serving import make_server

from shared import links
from shared.access.models import Link, LinkPurpose, PortalSession
from shared.extensions import db
from tests.engines import Machine
from tests.factories.counter import a_document, a_folder, a_link, a_party, a_seat
from tests.factories.identity import OTHER, PASSWORD, a_holder, a_mailed_link

TABLES = ("account", "seat", "link", "portal_session", "event", "download", "attempt")


@pytest.fixture
def address(machine: Machine) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, machine.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def written(machine: Machine) -> Iterator[None]:
    with machine.app.app_context():
        yield
        db.session.commit()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not [said for said in complaints if "status of 4" not in said]


def checksum(machine: Machine) -> list[str]:
    hashed = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t"
    with machine.app.app_context():
        return [str(db.session.scalar(text(hashed.format(table)))) for table in TABLES]


def path_of(link: Link) -> str:
    return links.PATHS[link.purpose] + links.token(link)


def sign_in(page: Page, address: str, identifier: str, password: str = PASSWORD) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Identifiant").fill(identifier)
    page.get_by_label("Mot de passe", exact=False).first.fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def accessible(page: Page) -> None:
    """By a context whose policy lets axe in; the page itself is the one visited."""
    answer = Axe().run(page)
    serious = [one for one in answer.response["violations"] if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious]


def test_sign_in_sign_out_and_the_back_button(machine: Machine, address: str, page: Page) -> None:
    with written(machine):
        a_holder("C1")
    sign_in(page, address, "C1")
    names = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert names["__Host-guichet"]["secure"] and names["__Host-guichet"]["httpOnly"]
    page.goto(f"{address}/account")
    assert "Mon compte" in page.title()
    page.evaluate("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()")
    page.wait_for_url("**/sign-in")
    page.go_back()
    page.wait_for_url(lambda url: "/sign-in" in url)
    assert page.get_by_label("Identifiant").is_visible()


def test_a_scanner_that_clicks_everything_changes_nothing(
    machine: Machine, address: str, chromium: Browser, page: Page
) -> None:
    with written(machine):
        invited, held = a_holder("NEW1", password=None), a_holder("OLD1")
        document = a_document(held.party, a_folder())
        mailed = [
            a_mailed_link(invited, LinkPurpose.ACTIVATION),
            a_mailed_link(held, LinkPurpose.RESET),
            a_mailed_link(held, LinkPurpose.RESET, age=timedelta(hours=3)),
            a_mailed_link(held, LinkPurpose.TARGET, target="home"),
            a_link(document),
        ]
        paths = [path_of(link) for link in mailed]
    before = checksum(machine)
    for path in paths:
        scanner = chromium.new_page()
        for number in range(20):
            scanner.goto(address + path)
            buttons = scanner.locator("button:visible")
            if number >= buttons.count():
                break
            buttons.nth(number).click()
            scanner.wait_for_load_state()
        scanner.close()
    assert checksum(machine) == before
    page.goto(address + paths[0])
    page.get_by_label("Nouveau mot de passe").fill(OTHER)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    with machine.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PortalSession)) == 1


def test_the_doors_are_accessible(machine: Machine, address: str, chromium: Browser) -> None:
    with written(machine):
        invited, held = a_holder("NEW1", password=None), a_holder("OLD1")
        a_seat(a_party("Z9", "Zèbre"), person=held.account.person)
        document = a_document(held.party, a_folder())
        paths = [
            path_of(a_mailed_link(invited, LinkPurpose.ACTIVATION)),
            path_of(a_mailed_link(held, LinkPurpose.RESET)),
            path_of(a_link(document)),
            "/sign-in",
            "/forgotten",
            "/r/dead",
            "/backoffice/first-start",
        ]
    context = chromium.new_context(locale="fr-FR", viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = context.new_page()
    for path in paths:
        page.goto(address + path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name="Se connecter").click()
    accessible(page)
    sign_in(page, address, "OLD1")
    page.wait_for_url("**/choose-seat")
    accessible(page)
    page.get_by_role("button", name="Zèbre").click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/account")
    accessible(page)
    context.close()
