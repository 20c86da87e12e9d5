"""An employee on a small phone and a slow network: from the message to the newest payslip, then a photograph back."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shared.access import granting
from shared.access.synchronising import synchronise
from shared.documents.configuring import change
from shared.documents.models import Document
from shared.extensions import db
from shared.people.models import EmailSlot
from shared.transactions import transaction
from tests.factories import office
from tests.journeys.conftest import Counter, until
from tests.shared.documents.corpus import pdf
from tests.sink import Received, Sink

ADDRESS = "camille@maison.example"
SMALL = {"width": 320, "height": 640}
MOST_TAPS = 6
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}  # « 3G »: bytes/s


@pytest.mark.row("B-04")
@pytest.mark.row("P-13")
def test_six_taps_lead_from_the_message_to_the_newest_payslip_then_a_photograph_goes_back(
    counter: Counter, sink: Sink
) -> None:
    _hired(counter)
    message = until(lambda: [one for one in sink.to(ADDRESS) if "/a/" in one.text])[0]
    phone = counter.phone()
    phone.set_viewport_size(SMALL)
    phone.context.new_cdp_session(phone).send("Network.emulateNetworkConditions", SLOW)
    taps = Taps(phone)

    taps.open(_link(message))
    taps.write("input[name=password]", "girafe tambour lavande")
    taps.on("button", "Enregistrer et entrer")
    expect(phone.get_by_role("heading", level=2).first).to_have_text("Votre dernier bulletin")
    _fits(phone)
    taps.on("link", "Bulletin de novembre")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Bulletin de novembre")
    expect(phone.locator("main img").first).to_be_visible()
    assert taps.count <= MOST_TAPS

    with phone.expect_download() as caught:
        phone.get_by_role("link", name=re.compile("Télécharger")).first.click()
    assert caught.value.suggested_filename.endswith(".txt") or caught.value.suggested_filename.endswith(".pdf")
    phone.goto(f"{counter.url}/")
    phone.get_by_role("link", name="Déposer un document").click()
    for name, colour in (("un.jpg", "navy"), ("deux.jpg", "red"), ("flou.jpg", "grey")):
        photo = {"name": name, "mimeType": "image/jpeg", "buffer": _photograph(colour)}
        phone.locator("#camera").set_input_files([photo])  # type: ignore[list-item]
        expect(phone.locator("[data-pile-list]")).to_contain_text(name)
    phone.get_by_role("button", name="Retirer flou.jpg").click()
    phone.get_by_role("button", name="Monter deux.jpg").click()
    expect(phone.locator("[data-pile-list] li").first).to_contain_text("deux.jpg")
    expect(phone.locator("[data-pile-list] li")).to_have_count(2)
    _fits(phone)
    phone.get_by_role("button", name="Envoyer").click()
    expect(phone.get_by_role("status").first).to_contain_text("déposé", timeout=60_000)
    with counter.machine.app.app_context():
        deposited = db.session.scalars(select(Document).where(Document.source == "portal")).one()
        assert deposited.versions[-1].pages == 2


class Taps:
    """What a thumb does, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def open(self, link: str) -> None:
        self.count += 1
        self.page.goto(link)

    def write(self, field: str, text: str) -> None:
        self.count += 1
        self.page.locator(field).tap()
        self.page.keyboard.type(text)

    def on(self, role: str, name: str) -> None:
        self.count += 1
        self.page.get_by_role(role, name=name).first.tap()  # type: ignore[arg-type]


def _hired(counter: Counter) -> None:
    """An employee with three payslips, told of the access by day or night, and a folder that takes deposits."""
    with counter.machine.app.app_context(), transaction():
        employees = office.family("employees")
        employees.quiet_from, employees.quiet_until, employees.quiet_weekends = None, None, False
        folder = office.folder("e.contracts")
        change(cells=[(folder.id, "deposit_allowed", "1")], by="command", revisions={folder.id: folder.revision})
        party = office.customer("E1", "Camille Martin", key="employees", addresses={EmailSlot.CARD: ADDRESS})
        for month in ("septembre", "octobre", "novembre"):
            data = pdf(text=f"Bulletin de {month}")
            office.filed(party, office.folder("e.payslips"), data, f"{month}.pdf", title=f"Bulletin de {month}")
        granting.allow(access=granting.grant(party=party, by="command"), by="command")
    with counter.machine.app.app_context(), transaction():
        synchronise()


def _link(message: Received) -> str:
    found = re.search(r"http://localhost:\d+/a/[\w.-]+", message.text)
    assert found is not None, message.text
    return found[0].rstrip(".")


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]


def _photograph(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3000, 2000), colour).save(out, "JPEG")
    return out.getvalue()
