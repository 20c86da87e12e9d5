"""Every page in a real browser: accessible in both themes on a phone and at a desk, and deaf to hostile text."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from shared.access import totp
from shared.clock import now
from shared.config import configure
from shared.extensions import db
from shared.transactions import transaction
from shared.web.accessibility import FOUND
from tests.engines import Engines, Machine, a_machine
from tests.factories.company import Company, a_company, may_see_payslips
from tests.factories.identity import INITIAL, PASSWORD, STAFF_PASSWORD, TOTP_SECRET
from tests.house.accessibility import LOOK, Survey
from tests.house.pages import CUSTOMER, DOUBLE, EMPLOYEE, HALF, NEWCOMER, NOBODY, STAFF, pages
from tests.sink import free_port

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
HOSTILE = (  # as long as a name may be
    '"><svg/onload=alert(1)><img src=/evil onerror=alert(2)><b hx-get=/evil hx-trigger=load>'
    "</title></textarea></script><script>alert(4)</script><style>*{color:red}</style>{{7*7}}"
)


@pytest.fixture
def address(engines: Engines) -> Iterator[tuple[str, Machine]]:
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


@pytest.mark.row("FR-18")
def test_every_page_is_accessible_and_fits(address: tuple[str, Machine], chromium: Browser) -> None:
    """With GUICHET_DECLARE=1 (« make accessibility ») it also writes what the declaration says."""
    url, machine = address
    faults: list[str] = []
    survey = Survey()
    for who, shown in _company(machine, "").items():
        with _visitor(chromium, url, who, bypass_csp=True) as page:
            for endpoint, path in shown:
                page.goto(url + path)
                faults += [
                    f"{who} {path}: {fault}" for fault in _looked_at(page, endpoint, _rule(machine, endpoint), survey)
                ]
    if os.environ.get("GUICHET_DECLARE"):
        survey.write(FOUND, now().date())
    assert not faults, "\n".join(faults)


def test_hostile_text_stays_text_on_every_page(address: tuple[str, Machine], chromium: Browser) -> None:
    url, machine = address
    faults: list[str] = []
    for who, shown in _company(machine, HOSTILE, every=True).items():
        with _visitor(chromium, url, who) as page:
            complaints = _complaints(page)
            for _endpoint, path in shown:
                answer = page.goto(url + path)
                status = f"status of {answer.status if answer else 0}"
                faults += [f"{who} {path}: {line}" for line in complaints if status not in line]
                complaints.clear()
                if page.locator("svg[onload], img[onerror], b[hx-get]").count():
                    faults.append(f"{who} {path}: markup")
    assert not faults, "\n".join(faults)


def _complaints(page: Page) -> list[str]:
    """What runs or is refused from now on: dialogs, requests of the text, the console."""
    heard: list[str] = []
    page.on("dialog", lambda dialog: (heard.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    page.on("request", lambda request: heard.append(request.url) if request.url.endswith("/evil") else None)
    page.on("console", lambda line: heard.append(line.text) if line.type == "error" else None)
    return heard


def _company(machine: Machine, words: str, every: bool = False) -> dict[str, list[tuple[str, str]]]:
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


def _rule(machine: Machine, endpoint: str) -> str:
    """The address as the routes write it, without anybody's id."""
    return next(rule.rule for rule in machine.app.url_map.iter_rules(endpoint))


def _looked_at(page: Page, endpoint: str, rule: str, survey: Survey) -> Iterator[str]:
    """All rules in one theme and size; contrast and the width again in the others."""
    page.evaluate(Axe().axe_script)
    for size, theme, only in (
        (PHONE, "light", None),
        (PHONE, "dark", ["color-contrast"]),
        (DESK, "dark", None),
        (DESK, "light", ["color-contrast"]),
    ):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found = page.evaluate(LOOK, [theme, only])
        survey.add(endpoint, rule, found)
        for fault in found["violations"]:
            if fault["impact"] in ("serious", "critical"):
                yield f"{size['width']} {theme}: {fault['id']} {fault['words']}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            yield f"{size['width']}: {wide} px too wide"


@contextmanager
def _visitor(chromium: Browser, url: str, who: str, **options: bool) -> Iterator[Page]:
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
