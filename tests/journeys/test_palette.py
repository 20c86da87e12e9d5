"""Ctrl-K, a few letters, the arrows, Enter: from any screen to a party, without the mouse."""

from playwright.sync_api import Locator, Page, expect

from shared.transactions import transaction
from tests.factories import office
from tests.journeys.conftest import Counter


def opened(page: Page) -> Locator:
    """Its box. Before HTMX has looked at the page, Ctrl-K leads to a page instead: it has the same keys."""
    expect(page.locator("[data-palette-open][data-htmx-powered]").first).to_be_attached()
    page.keyboard.press("Control+k")
    return page.get_by_role("searchbox", name="Un tiers, un document")


def test_the_page_of_the_palette_has_its_keys(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        office.customer("4", "Ma jolie boutique")
    page = counter.staff()
    page.goto(f"{counter.url}/backoffice/find")
    expect(page.locator("main input[type=search][data-htmx-powered]")).to_be_focused()
    page.keyboard.type("jolie")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Ma jolie boutique")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ma jolie boutique")


def test_a_party_is_reached_by_the_keyboard_alone(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        office.customer("4", "Ma jolie boutique")
    page = counter.staff()
    box = opened(page)
    expect(box).to_be_focused()
    box.press_sequentially("jolie")
    page.keyboard.press("ArrowDown")  # before the answer is there: it waits for it
    expect(page.get_by_role("link", name="Ma jolie boutique")).to_be_focused()
    with page.expect_response("**/backoffice/find?**"):
        box.dispatch_event("search")  # an answer that comes late takes nobody's place away
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.get_by_role("link", name="Ma jolie boutique")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ma jolie boutique")


def test_enter_right_after_the_words_opens_what_they_find_and_not_what_stood_there_before(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        office.customer("4", "Ma jolie boutique")
    page = counter.staff()
    box = opened(page)
    expect(box).to_be_focused()
    expect(page.get_by_role("link", name="À traiter").last).to_be_visible()  # a screen, as long as nothing is typed
    page.keyboard.type("jolie")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ma jolie boutique")


def test_the_focus_returns_to_the_words_when_its_line_is_gone(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        office.customer("4", "Ma jolie boutique")
    page = counter.staff()
    box = opened(page)
    box.fill("jolie")
    page.get_by_role("link", name="Ma jolie boutique").focus()
    box.evaluate("field => { field.value = 'introuvable'; field.dispatchEvent(new Event('search')); }")
    expect(page.get_by_text("Rien ne correspond")).to_be_visible()
    expect(box).to_be_focused()
