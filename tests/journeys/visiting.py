"""An installation whose every page is visited in a real browser, by everybody who may."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from shared.access import totp
from shared.config import configure
from shared.extensions import db
from shared.transactions import transaction
from tests.engines import Engines, Machine, a_machine
from tests.factories.company import Company, a_company, may_see_payslips
from tests.factories.identity import INITIAL, PASSWORD, STAFF_PASSWORD, TOTP_SECRET
from tests.house.pages import CUSTOMER, DOUBLE, EMPLOYEE, HALF, NEWCOMER, NOBODY, STAFF, pages
from tests.sink import free_port

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@contextmanager
def answering(engines: Engines) -> Iterator[tuple[str, Machine]]:
    """An installation that answers on a port of this machine, in this process."""
    port = free_port()
    url = f"http://localhost:{port}"
    with a_machine(engines, PUBLIC_URL=url, PORT=str(port)) as machine:
        configure(machine.config)
        server = make_server("127.0.0.1", port, machine.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield url, machine
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def company_of(machine: Machine, words: str, *, every: bool = False) -> dict[str, list[tuple[str, str]]]:
    """Who looks → (endpoint, address): every one, or the first of each page."""
    with machine.app.app_context():
        with transaction():
            company: Company = a_company(4, words)
            may_see_payslips(company.clerk)
            told = pages(company)
        db.session.remove()
    found: dict[str, list[tuple[str, str]]] = {}
    for endpoint, group in told.items():
        for shown in group if every else group[:1]:
            found.setdefault(shown.who, []).append((endpoint, shown.url))
    return found


@contextmanager
def visitor(chromium: Browser, url: str, who: str, **options: bool) -> Iterator[Page]:
    """A page of their own, signed in."""
    context: BrowserContext = chromium.new_context(locale="fr-FR", reduced_motion="reduce", viewport=DESK, **options)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    _enter(page, url, who)
    yield page
    context.close()


def _enter(page: Page, url: str, who: str) -> None:
    keys = {CUSTOMER: ("4", PASSWORD), EMPLOYEE: ("E1", PASSWORD), NEWCOMER: ("N1", INITIAL), DOUBLE: ("D1", PASSWORD)}
    if who == NOBODY:
        return
    name, (login, password) = (
        ("email", ("jeanne@exemple.fr", STAFF_PASSWORD)) if who in (STAFF, HALF) else ("identifier", keys[who])
    )
    page.goto(f"{url}/backoffice/sign-in" if who in (STAFF, HALF) else f"{url}/sign-in")
    page.fill(f"input[name={name}]", login)
    page.fill("input[name=password]", password)
    page.locator("main button[type=submit], main form button:not([type=button])").first.click()
    page.wait_for_url(lambda here: "sign-in" not in here)
    if who == STAFF:
        page.fill("input[name=code]", totp.code_of(TOTP_SECRET))
        page.locator("main button[type=submit]").last.click()
        page.wait_for_url(lambda here: "second-step" not in here)
