"""The first page on a bad mobile line (400 kbit/s, 400 ms), with nothing in the browser's cache."""

import os
import statistics
import urllib.request
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from benchmarks import people
from benchmarks.figures import Figure, ceiling, report
from benchmarks.installation import installation
from benchmarks.serving import GUICHET, gunicorn
from shared.transactions import transaction

LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # ms, bytes/s
SECONDS, KILOBYTES, ROUNDS = 2.0, 120.0, 3
FIRST_CONTENT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@dataclass(frozen=True)
class Visit:
    """Seconds until something stands on the screen, and the kilobytes of everything that was fetched."""

    seconds: float
    kilobytes: float


def main() -> None:
    """Measure, print, keep."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            party, *_others = people.customers(20)
            people.invoices(party, 20, [people.a_pdf(20_000)])
            cookie = people.portal_cookie(party)
        url = gunicorn(made, GUICHET).replace("127.0.0.1", "localhost")
        _warm(url, cookie)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("GUICHET_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
            )
            figures = [
                *_page(browser, "sign-in page", f"{url}/sign-in", ""),
                *_page(browser, "home", f"{url}/", cookie),
            ]
            browser.close()
        report("first_page", figures)


def _page(browser: Browser, name: str, url: str, cookie: str) -> list[Figure]:
    visits = [_visit(browser, url, cookie) for _round in range(ROUNDS)]
    return [
        ceiling(f"{name}, first content", statistics.median(each.seconds for each in visits), SECONDS, "s"),
        ceiling(f"{name}, weight", max(each.kilobytes for each in visits), KILOBYTES, "KB"),
    ]


def _warm(url: str, cookie: str) -> None:
    """The browser is cold, the server is not: every worker has made these pages before."""
    for path in ("/sign-in", "/") * 8:
        urllib.request.urlopen(urllib.request.Request(url + path, headers={"Cookie": cookie})).close()


def _visit(browser: Browser, url: str, cookie: str) -> Visit:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    if cookie:
        name, _equals, value = cookie.partition("=")
        context.add_cookies(
            [{"name": name, "value": value, "url": "https://localhost", "secure": True, "httpOnly": True}]
        )
    page = context.new_page()
    client = context.new_cdp_session(page)
    fetched: list[float] = []
    client.on("Network.loadingFinished", lambda event: fetched.append(event["encodedDataLength"]))
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", LINE)
    answer = page.goto(url, wait_until="networkidle", timeout=60_000)
    if answer is None or answer.status != 200 or page.url != url:
        raise RuntimeError(f"{url} gave {page.url}")
    milliseconds = page.evaluate(FIRST_CONTENT)
    context.close()
    return Visit(milliseconds / 1000, sum(fetched) / 1000)


if __name__ == "__main__":
    main()
