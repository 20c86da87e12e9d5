"""The history narrowed while one types: the file, the tabs and the way back follow the lines."""

from playwright.sync_api import expect

from shared.notifications.holding import hold
from shared.transactions import transaction
from tests.factories import office, post
from tests.journeys.conftest import Counter


def test_what_stands_around_the_lines_follows_the_filter(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        hold(family=office.family(), by="command")
        for code, number in (("4711", "FA-1"), ("99", "FA-2")):
            post.announced(post.a_customer(code), post.invoices(), number)
    page = counter.staff()
    page.goto(f"{counter.url}/backoffice/history")
    page.get_by_role("searchbox", name="Tiers, adresse ou document").press_sequentially("4711")
    lines = page.get_by_role("table", name="Notifications")
    expect(lines.get_by_text("99", exact=True)).to_have_count(0)
    expect(lines.get_by_text("4711", exact=True)).to_have_count(1)
    tab = page.get_by_role("navigation", name="Familles").get_by_role("link", name="Clients")
    assert "q=4711" in str(tab.get_attribute("href"))
    assert "q=4711" in str(page.locator("#retour").get_attribute("value"))
    link = page.get_by_role("link", name="Exporter en CSV").get_attribute("href")
    text = page.request.get(f"{counter.url}{link}").text()
    assert "FA-1" in text and "FA-2" not in text
