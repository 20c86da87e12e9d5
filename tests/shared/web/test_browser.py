"""The look in a real browser: accessible in both themes, quiet under its policy, alive after swaps, light."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from shared.web.static import load
from tests.shared.web.gallery import PAGES, make_gallery, running

SIZES = {"phone": (360, 740), "narrow": (320, 640), "desk": (1280, 800)}
WEIGHT = 120_000  # bytes on the wire for a first visit


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running(make_gallery()) as address:
        yield address


@pytest.fixture
def desk(chromium: Browser, address: str) -> Iterator[Page]:
    """A page at a desk; whatever the console complains of fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=address)
    page = context.new_page()
    complaints = listen(page)
    yield page
    context.close()
    assert not complaints


def listen(page: Page) -> list[str]:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", "phone"), ("dark", "phone"), ("light", "narrow"), ("light", "desk"), ("dark", "desk")],
)
def test_every_component_is_accessible(chromium: Browser, address: str, scheme: str, size: str) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, base_url=address, bypass_csp=True
    )
    page = context.new_page()
    for path in (*PAGES, "/nowhere"):
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert not [(path, fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.locator("h1").count() == 1
    context.close()


def test_pages_are_quiet_under_their_policy(desk: Page) -> None:
    for path in PAGES:
        if path != "/form":  # 422: the console reports the status itself
            desk.goto(path)
    assert desk.evaluate("htmx.config.mode + htmx.config.history + htmx.config.includeIndicatorCSS") == (
        "same-originreloadfalse"
    )


def test_the_theme_is_chosen_once(desk: Page) -> None:
    desk.goto("/signin?colour=c0392b")
    assert desk.locator("html").get_attribute("data-bs-theme") is None
    desk.goto("/office")
    desk.click("[data-theme-toggle]")
    assert desk.locator("html").get_attribute("data-bs-theme") == "dark"
    answer = desk.goto("/signin")
    assert answer and 'data-bs-theme="dark"' in answer.text()


def test_searching_swaps_only_the_results(desk: Page) -> None:
    desk.goto("/office")
    with desk.expect_response(lambda answer: "s=al" in answer.url) as awaited:
        desk.fill("#cherche", "al")
    assert "<html" not in awaited.value.text()
    desk.wait_for_url("**/office?s=al")
    assert desk.input_value("#cherche") == "al"
    assert desk.locator("#results tbody tr").count() == 6
    desk.check("[data-select-all]")  # woken in what was swapped in
    assert desk.inner_text("[data-selection-count]") == "6"
    desk.uncheck("[data-select] >> nth=0")
    assert desk.inner_text("[data-selection-count]") == "5"


def test_a_fragment_s_messages_become_toasts(desk: Page) -> None:
    desk.goto("/office?told=1")
    desk.click("#results thead a >> nth=0")
    desk.wait_for_selector("#toasts [data-toast] >> text=Les 3 accès ont été créés.")
    desk.click("#toasts [data-toast-close]")
    assert desk.locator("#toasts [data-toast]").count() == 0


def test_a_switch_saves_by_itself(desk: Page) -> None:
    desk.goto("/office")
    with desk.expect_response("**/saved") as awaited:
        desk.click("#sw2-case")
    assert awaited.value.status == 204
    assert "shared=on" in (awaited.value.request.post_data or "")
    assert desk.is_checked("#sw2-case")


def test_a_confirmation_is_a_dialog_and_without_a_script_a_page(desk: Page, chromium: Browser, address: str) -> None:
    desk.goto("/office")
    desk.click("text=Fermer l’accès")
    desk.wait_for_selector("dialog:modal")
    desk.keyboard.press("Escape")
    assert desk.locator("dialog:modal").count() == 0
    context = chromium.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto("/office")
    page.click("text=Fermer l’accès")
    assert page.url.endswith("/confirm")
    assert page.locator("dialog h1").is_visible()
    context.close()


def test_menus_obey_the_keyboard(desk: Page) -> None:
    desk.goto("/office")
    desk.focus(".g-tools summary")
    desk.keyboard.press("Enter")
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("document.activeElement.textContent.trim()") == "Mon compte"
    desk.keyboard.press("Escape")
    assert desk.locator("details[data-menu][open]").count() == 0
    assert desk.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_first_tab_skips_to_the_content(desk: Page) -> None:
    desk.goto("/office")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.id") == "contenu"


def test_a_field_is_inserted_at_the_cursor(desk: Page) -> None:
    desk.goto("/office")
    desk.click("#note")
    desk.keyboard.type("Bonjour !")
    desk.keyboard.press("ArrowLeft")
    desk.click('[data-insert="#lien#"]')
    assert desk.input_value("#note") == "Bonjour #lien#!"


def test_a_password_is_shown_on_demand(desk: Page) -> None:
    desk.goto("/signin")
    desk.click("[data-reveal-button]")
    assert desk.get_attribute("#pw", "type") == "text"


def test_files_go_one_by_one_and_a_refusal_is_said(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    page.goto("/")
    pdf = {"mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.set_input_files("#depot", [{"name": "a.pdf", **pdf}, {"name": "refuse.pdf", **pdf}])
    page.wait_for_selector("[data-drop-list] >> text=Ce fichier est vide.")
    assert page.locator('[data-drop-list] [data-state="good"]').count() == 1
    page.set_input_files("#depot", [{"name": "b.pdf", **pdf}])
    page.wait_for_url("**/?envoye=1")
    context.close()


def test_injected_attributes_are_inert(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/office")
    page.evaluate("""() => {
      const evil = document.createElement("b");
      evil.setAttribute("hx-get", "/evil");
      evil.setAttribute("hx-trigger", "load");
      evil.setAttribute("hx-on:click", "window.owned = 1");
      document.getElementById("results").append(evil);
      htmx.process(evil);
      evil.click();
    }""")
    page.wait_for_timeout(200)
    assert not [url for url in asked if "evil" in url]
    assert page.evaluate("window.owned") is None
    context.close()


def test_a_private_page_kept_in_memory_is_asked_for_again(desk: Page) -> None:
    desk.goto("/office")
    with desk.expect_navigation():
        desk.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")


def slow(context: BrowserContext) -> Page:
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000},
    )
    return page


def test_the_portal_is_light_and_is_read_soon_on_a_slow_line(chromium: Browser, address: str) -> None:
    load("app.css"), load("app.js")
    context = chromium.new_context(viewport={"width": 360, "height": 740}, base_url=address)
    page = slow(context)
    page.goto("/", wait_until="networkidle")
    weight, last = page.evaluate("""() => {
      const all = [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")];
      return [all.reduce((sum, one) => sum + one.transferSize, 0), all.length];
    }""")
    assert weight < WEIGHT, weight
    assert last <= 5
    context.close()
