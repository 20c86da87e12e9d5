"""The company's logo, colours and signature: the same on a page, in a message and on a letter."""

import io

import pypdfium2
import pytest
from flask import Flask
from PIL import Image

from shared.access import granting
from shared.notifications.messages import brand_of
from shared.notifications.rendering import compile as compile_text
from shared.settings.reading import company, forget
from tests.factories import bulk, office
from tests.factories.identity import Browser, a_clerk, signed_in

RED, YELLOW = (214, 32, 64), "#f7d21e"


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    return signed_in(app)


def a_logo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 150), RED).save(drawn, "PNG")
    return drawn.getvalue()


def a_letter(browser: Browser) -> Image.Image:
    """The head of a letter, in pixels."""
    party = office.customer("401")
    granting.allow(access=granting.grant(party=party, by="command"), by="command")
    bulk.done(browser, bulk.preview(browser, "letters", [party]))
    pdf = browser.post(f"/backoffice/access/bulk/{bulk.the_action().id}/letters").data
    page: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil()
    return page.crop((0, 0, page.width, 110)).convert("RGB")


def colours(picture: Image.Image) -> set[tuple[int, int, int]]:
    return {colour for _count, colour in picture.getcolors(picture.width * picture.height) or ()}  # type: ignore[misc]


@pytest.mark.row("B-14")
def test_logo_colours_and_signature_stand_on_pages_in_messages_and_on_letters(browser: Browser) -> None:
    form = {"csrf_token": browser.token, "logo": (io.BytesIO(a_logo()), "logo.png")}
    browser.client.post("/backoffice/settings/logo", data=form, content_type="multipart/form-data")
    browser.post("/backoffice/settings/appearance", colour="#14566b", ink="#ffffff", signature="L’équipe Dubois")
    forget()
    address = f"/static/marque/logo/{company().logo_sha256}.png"

    assert address in browser.get("/backoffice/").text
    message = compile_text("Votre facture", "Bonjour,", brand_of(company())).merge({})
    assert f'<img src="http://localhost{address}" alt=""' in message.html
    assert "background:#14566b" in message.html and "L’équipe Dubois" in message.html
    assert "L’équipe Dubois" in message.text
    assert RED in colours(a_letter(browser))


def test_a_pale_colour_is_no_ink_on_paper(browser: Browser) -> None:
    browser.post("/backoffice/settings/appearance", colour=YELLOW, ink="#1c2429", signature="")
    forget()
    head = a_letter(browser)
    initials, name = head.crop((45, 30, 95, 85)), head.crop((95, 30, 400, 85))
    assert (247, 210, 30) in colours(initials) and (28, 36, 41) in colours(initials)
    assert (28, 36, 41) in colours(name) and (247, 210, 30) not in colours(name)
