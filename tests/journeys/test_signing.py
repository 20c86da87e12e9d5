"""The signer’s minute on a small phone: message, login, reading, drawing, code, seal, download; then by keyboard."""

import contextlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shared.documents.models import Document
from shared.documents.refusals import FileRefused
from shared.extensions import db
from shared.people.models import EmailSlot
from shared.signatures.models import Level, SignatureRequest
from shared.signatures.validating import signatures_of
from shared.transactions import transaction
from tests.factories import office
from tests.factories.identity import PASSWORD, a_holder
from tests.journeys.conftest import Counter, until
from tests.shared.documents.corpus import pdf
from tests.sink import Received, Sink

ADDRESS = "camille@boutique.example"
SMALL = {"width": 320, "height": 640}


@pytest.mark.row("P-17")
@pytest.mark.row("B-04")
def test_a_contract_is_signed_on_a_small_phone_within_a_minute(counter: Counter, sink: Sink) -> None:
    _file(counter, Level.REINFORCED)
    phone = counter.phone()
    phone.set_viewport_size(SMALL)
    phone.goto(_link(until(lambda: sink.to(ADDRESS))[0]))
    phone.get_by_label("Identifiant").fill("4")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.get_by_role("button", name="Se connecter").click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Contrat d’entretien")
    expect(phone.locator("main img").first).to_be_visible()
    phone.get_by_role("link", name="Suivante").click()
    expect(phone.get_by_text("Page 2 sur 2")).to_be_visible()
    phone.get_by_role("button", name="J’ai lu jusqu’au bout").click()

    phone.get_by_role("checkbox").check()
    _draw(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    phone.get_by_role("button", name=re.compile("Par e-mail à c•••")).click()
    phone.get_by_label("Code à six chiffres").fill(_code(sink))
    phone.get_by_role("button", name="Signer le document").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("C’est signé", timeout=90_000)
    with phone.expect_download() as caught:
        phone.get_by_role("link", name="Télécharger le document signé").click()
    data = Path(caught.value.path()).read_bytes()
    broken = bytearray(data)
    broken[len(data) // 3] ^= 1
    with counter.machine.app.app_context():
        assert [found.valid for found in signatures_of(data) if found.kind != "timestamp"] == [True, True]
        with contextlib.suppress(FileRefused):  # the byte may be one without which no page can be read
            assert not all(found.valid for found in signatures_of(bytes(broken)))
        document = db.session.scalars(select(Document)).one()
        assert document.folder.id == office.folder("c.contracts").id
    phone.goto(f"{counter.url}/signatures")
    expect(phone.get_by_role("main")).to_contain_text("Rien n’attend votre signature")


@pytest.mark.row("FR-18")
def test_a_contract_is_signed_by_keyboard_alone(counter: Counter, sink: Sink) -> None:
    _file(counter, Level.SIMPLE)
    page = counter.desk()
    until(lambda: sink.to(ADDRESS))
    page.goto(f"{counter.url}/sign-in")
    page.get_by_label("Identifiant").fill("4")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{counter.url}/")
    _press(page, "Contrat d’entretien")
    page.wait_for_url(re.compile("/signatures/"))
    expect(page.get_by_text("Page 1 sur 2")).to_be_visible()
    _press(page, "Suivante")
    expect(page.get_by_text("Page 2 sur 2")).to_be_visible()
    _press(page, "J’ai lu jusqu’au bout")
    page.wait_for_url(re.compile("/sign$"))
    expect(page.get_by_role("checkbox")).to_be_visible()
    _tab_to(page, "checkbox")
    page.keyboard.press("Space")
    _tab_to(page, "radio")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Votre nom")).to_have_value("Camille Martin")
    _press(page, "Signer le document")
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est signé", timeout=90_000)


def _file(counter: Counter, level: Level) -> None:
    """A contract filed in « à signer » for a customer who signs in."""
    with counter.machine.app.app_context(), transaction():
        where = office.folder("c.to_sign")
        where.signature_level = level.value
        where.signed_folder_id = office.folder("c.contracts").id
        party = office.customer("4", "Ma jolie boutique", addresses=dict.fromkeys(EmailSlot, ADDRESS))
        seat = a_holder(party=party, folders=[where])
        seat.access.contact.is_main = True
        office.filed(party, where, pdf(pages=2, text="Contrat"), "Contrat.pdf", title="Contrat d’entretien")
    until(lambda: _is_open(counter))


def _is_open(counter: Counter) -> bool:
    with counter.machine.app.app_context():
        found = db.session.scalars(select(SignatureRequest)).one()
        assert not found.failure, found.failure
        return found.state == "open"


def _draw(page: Page) -> None:
    """A wave with the finger, then a stroke through it."""
    pad = page.locator("[data-pad-paper]")
    pad.scroll_into_view_if_needed()
    place = pad.bounding_box()
    assert place is not None
    left, top, mouse = place["x"], place["y"], page.mouse
    for points in ([(x, 60 + (x % 30)) for x in range(30, 230, 5)], [(40, 110), (120, 70), (220, 50)]):
        mouse.move(left + points[0][0], top + points[0][1])
        mouse.down()
        for x, y in points[1:]:
            mouse.move(left + x, top + y)
        mouse.up()
    assert page.locator("[data-pad-paper] polyline").count() == 2


def _press(page: Page, name: str) -> None:
    """Tab until a link or a button of that name has the focus, then Enter."""
    focused = "const focused = document.activeElement"
    _tab(page, f"{{ {focused}; return focused.matches('a, button') && focused.innerText.includes({name!r}) }}")
    page.keyboard.press("Enter")


def _tab_to(page: Page, kind: str) -> None:
    _tab(page, f"document.activeElement.type === {kind!r}")


def _tab(page: Page, question: str) -> None:
    body = question if question.startswith("{") else f"({question})"
    for _press_of_tab in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(f"() => {body}"):
            return
    pytest.fail(f"not within eighty presses of Tab: {question}")


def _link(message: Received) -> str:
    found = re.search(r"http://localhost:\d+/l/\S+", message.text)
    assert found, message.text
    return found[0]


def _code(sink: Sink) -> str:
    """The six figures of the last message."""
    message = until(lambda: [one for one in sink.to(ADDRESS) if re.search(r"\b\d{3} ?\d{3}\b", one.text)])[-1]
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", message.text)
    assert found
    return found[1] + found[2]
