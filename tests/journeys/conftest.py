"""The whole product on ports of its own: processes, a mail server, and browsers that use it as people do."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shared.config import configure
from shared.transactions import transaction
from tests.engines import Engines, Machine, a_machine
from tests.factories import shelf
from tests.factories.identity import STAFF_PASSWORD, a_clerk, fresh_code
from tests.sink import Sink, free_port

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
PATIENCE = float(
    os.environ.get("GUICHET_PATIENCE", "90")
)  # seconds for what a worker does, on a machine that does more
expect.set_options(timeout=PATIENCE * 1000 / 2)
Found = TypeVar("Found")


@dataclass
class Counter:
    """The running product, seen from outside."""

    machine: Machine
    url: str
    browser: Browser

    def phone(self) -> Page:
        return self._page({"viewport": PHONE, "is_mobile": True, "has_touch": True})

    def desk(self) -> Page:
        return self._page({"viewport": DESK})

    def staff(self) -> Page:
        """A clerk at the desk, signed in."""
        page = self.desk()
        page.goto(f"{self.url}/backoffice/sign-in")
        page.get_by_label("E-mail").fill("jeanne@exemple.fr")
        page.locator("input[name=password]").fill(STAFF_PASSWORD)
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url(f"{self.url}/backoffice/second-step")
        page.get_by_label("Code").fill(fresh_code(self.machine.app))
        page.get_by_role("button", name="Continuer").click()
        page.wait_for_url(f"{self.url}/backoffice/")
        return page

    def _page(self, options: dict[str, object]) -> Page:
        context: BrowserContext = self.browser.new_context(locale="fr-FR", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE * 1000 / 2)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
        page.on("console", _no_violation)
        return page


@pytest.fixture
def counter(engines: Engines, sink: Sink, chromium: Browser) -> Iterator[Counter]:
    """An installation with its texts and a clerk, and every process of production but the proxy."""
    port = free_port()
    url = f"http://localhost:{port}"
    with a_machine(engines, PUBLIC_URL=url, PORT=str(port)) as machine:
        configure(machine.config)
        with machine.app.app_context(), transaction():
            shelf.take(*shelf.VERBS)
            a_clerk()
        for queue in ("now", "mail", "slow"):
            machine.start("-m", "shared.engines.working", queue)
        machine.start("-m", "shared.ticking")
        machine.start("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py")
        until(lambda: _answers(port))
        yield Counter(machine, url, chromium)


def until(question: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """The first true answer; what a worker does takes a moment."""
    end = time.monotonic() + seconds
    while True:
        found = question()
        if found or time.monotonic() > end:
            assert found, "it did not happen in time"
            return found
        time.sleep(0.1)


def _answers(port: int) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz/web", headers={"Host": f"localhost:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _no_violation(message: object) -> None:
    text = str(getattr(message, "text", ""))
    if "Content Security Policy" in text or "Trusted" in text:
        pytest.fail(text)
