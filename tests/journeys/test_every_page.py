"""Every page in a real browser: accessible in both themes on a phone and at a desk."""

import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from shared.clock import today
from shared.web.accessibility import FOUND
from tests.engines import Engines, Machine
from tests.house.accessibility import LOOK, Survey
from tests.house.pages import CUSTOMER, STAFF
from tests.journeys.visiting import DESK, PHONE, answering, company_of, visitor


@pytest.fixture
def address(engines: Engines) -> Iterator[tuple[str, Machine]]:
    with answering(engines) as found:
        yield found


@pytest.mark.row("FR-18")
def test_every_page_is_accessible_and_fits(address: tuple[str, Machine], chromium: Browser) -> None:
    """With GUICHET_DECLARE=1 (« make accessibility ») it also writes what the declaration says."""
    url, machine = address
    faults: list[str] = []
    survey = Survey()
    for who, shown in company_of(machine, "").items():
        with visitor(chromium, url, who, bypass_csp=True) as page:
            for endpoint, path in shown:
                page.goto(url + path)
                keep = functools.partial(survey.add, endpoint, _rule(machine, endpoint))
                faults += [f"{who} {path}: {fault}" for fault in _looked_at(page, keep)]
    if os.environ.get("GUICHET_DECLARE"):
        survey.write(FOUND, today())
    assert not faults, "\n".join(faults)


@pytest.mark.row("FR-18")
def test_refusals_and_dialogs_are_accessible_too(address: tuple[str, Machine], chromium: Browser) -> None:
    """What no address shows by itself: a page that is not there, a form that was refused, a dialog."""
    url, machine = address
    company_of(machine, "")
    faults: list[str] = []
    with visitor(chromium, url, STAFF, bypass_csp=True) as page:
        page.goto(f"{url}/backoffice/rien")
        faults += [f"404: {fault}" for fault in _looked_at(page)]
        page.goto(f"{url}/backoffice/parties/new")
        page.locator("main form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
        expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        faults += [f"422: {fault}" for fault in _looked_at(page)]
        page.goto(f"{url}/backoffice/")
        page.keyboard.press("Control+k")
        expect(page.get_by_role("dialog")).to_be_visible()
        faults += [f"dialog: {fault}" for fault in _looked_at(page)]
    with visitor(chromium, url, CUSTOMER, bypass_csp=True) as page:
        page.goto(f"{url}/rien")
        faults += [f"portal 404: {fault}" for fault in _looked_at(page)]
    assert not faults, "\n".join(faults)


def _rule(machine: Machine, endpoint: str) -> str:
    """The address as the routes write it, without anybody's id."""
    return next(rule.rule for rule in machine.app.url_map.iter_rules(endpoint))


def _looked_at(page: Page, keep: Callable[[dict[str, Any]], object] = lambda _found: None) -> Iterator[str]:
    """All rules in each theme and at each size: in light on a phone, in dark at a desk."""
    page.evaluate(Axe().axe_script)
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found = page.evaluate(LOOK, theme)
        keep(found)
        for fault in found["violations"]:
            if fault["impact"] in ("serious", "critical"):
                yield f"{size['width']} {theme}: {fault['id']} {fault['words']}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            yield f"{size['width']}: {wide} px too wide"
