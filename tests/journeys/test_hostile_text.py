"""Every page in a real browser, with names that would run if anything let them: they stay text."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.engines import Engines, Machine
from tests.journeys.visiting import answering, company_of, visitor

HOSTILE = (  # as long as a name may be
    '"><svg/onload=alert(1)><img src=/evil onerror=alert(2)><b hx-get=/evil hx-trigger=load>'
    "</title></textarea></script><script>alert(4)</script><style>*{color:red}</style>{{7*7}}"
)


@pytest.fixture
def address(engines: Engines) -> Iterator[tuple[str, Machine]]:
    with answering(engines) as found:
        yield found


def test_hostile_text_stays_text_on_every_page(address: tuple[str, Machine], chromium: Browser) -> None:
    url, machine = address
    faults: list[str] = []
    for who, shown in company_of(machine, HOSTILE, every=True).items():
        with visitor(chromium, url, who) as page:
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
