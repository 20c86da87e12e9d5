"""A number confirmed on a telephone, by keyboard and for a screen reader: the code arrives by the provider."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from shared.access.phones import confirmed_number
from shared.extensions import db
from shared.notifications.sending import drain
from tests.engines import Machine
from tests.factories import post
from tests.factories.codes import PHONE, a_provider
from tests.factories.identity import PASSWORD, a_holder
from tests.sms import Provider


@pytest.fixture
def provider(provider: Provider, machine: Machine) -> Iterator[Provider]:
    with machine.app.app_context():
        post.an_installation()
        a_provider(provider.url)
        db.session.commit()
        yield provider


@pytest.fixture
def address(machine: Machine) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, machine.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 320, "height": 740}, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_a_number_is_confirmed_by_keyboard_at_320_pixels(address: str, page: Page, provider: Provider) -> None:
    person_id = a_holder("C7").account.person_id
    db.session.commit()
    page.goto(f"{address}/sign-in")
    page.get_by_label("Identifiant").fill("C7")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/account")
    page.get_by_role("link", name="Mon numéro de mobile").click()
    page.get_by_label("Numéro de mobile").fill("06 12 34 56 78")
    page.keyboard.press("Enter")
    field = page.get_by_label("Code reçu par SMS")
    expect(field).to_be_visible()
    drain("sms")
    field.fill("000 000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("pas le bon").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_label("Code reçu par SMS").fill(provider.to(PHONE)[0].code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Confirmé", exact=True)).to_be_visible()
    db.session.rollback()
    assert confirmed_number(person_id) == PHONE
