"""A document in a real browser: what is counted, what is loaded, what works without a script."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from shared import links
from shared.config import configure
from shared.documents.models import Download
from shared.extensions import db
from tests.engines import Machine
from tests.factories.counter import a_document, a_folder, a_link, a_party, a_seat
from tests.portal.test_document import a_pdf

CODE = "T-4242"


@pytest.fixture
def address(machine: Machine) -> Iterator[str]:
    configure(machine.config)
    server = make_server("127.0.0.1", 0, machine.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mailed(machine: Machine, address: str) -> str:
    """A link to a document of forty pages, as a mail carries it."""
    with machine.app.app_context():
        party = a_party(CODE)
        a_seat(party)
        document = a_document(party, a_folder(), "Contrat d’entretien", data=a_pdf(40), pages=40)
        url = links.url(a_link(document)).replace(machine.config.public_url, address)
        db.session.commit()
    return url


def readings(machine: Machine) -> list[str]:
    with machine.app.app_context():
        return [kind.value for kind in db.session.scalars(select(Download.kind).order_by(Download.at))]


def open_by(page: Page, mailed: str) -> None:
    page.goto(mailed)
    page.locator("input[name=proof]").fill(CODE)
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Contrat d’entretien")
    page.wait_for_load_state("networkidle")


@pytest.mark.row("B-12", "L-34", "P-23")
@pytest.mark.parametrize("size", [(360, 740), (1280, 800)])
def test_two_real_openings_count_two(machine: Machine, chromium: Browser, mailed: str, size: tuple[int, int]) -> None:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="fr-FR")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.goto(mailed)
    assert readings(machine) == []
    open_by(page, mailed)
    assert readings(machine) == ["opened"]
    assert page.locator("nav.g-tabbar").count() == 0
    page.get_by_role("link", name="Suivante").click()
    expect(page.locator("figcaption")).to_contain_text("Page 2 sur 40")
    expect(page.locator(".g-sheet img")).to_have_js_property("complete", True)
    assert readings(machine) == ["opened"]
    page.reload()
    page.wait_for_load_state("networkidle")
    assert readings(machine) == ["opened", "opened"]
    with page.expect_download() as taken:
        page.get_by_role("link", name="Télécharger").click()
    assert taken.value.suggested_filename == "facture.pdf"
    assert readings(machine) == ["opened", "opened", "downloaded"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
    context.close()


@pytest.mark.row("B-06")
def test_the_first_page_comes_without_the_file(chromium: Browser, mailed: str) -> None:
    context = chromium.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_by(page, mailed)
    assert not [url for url in asked if url.endswith("/file")]
    assert len([url for url in asked if "/pages/" in url]) == 1
    context.close()


def test_without_a_script_one_reads_and_downloads(machine: Machine, chromium: Browser, mailed: str) -> None:
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    open_by(page, mailed)
    page.get_by_role("link", name="Suivante").click()
    expect(page.locator("figcaption")).to_contain_text("Page 2 sur 40")
    assert readings(machine) == []
    with page.expect_download():
        page.get_by_role("link", name="Télécharger").click()
    assert readings(machine) == ["downloaded"]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(chromium: Browser, mailed: str, scheme: str) -> None:
    context = chromium.new_context(
        locale="fr-FR",
        viewport={"width": 360, "height": 740},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    open_by(page, mailed)
    found = Axe().run(page).response["violations"]
    assert not [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]
    context.close()
