"""Each setting is read by something: a page, a message, or what the next click does."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from shared.events.models import Event
from shared.extensions import db
from shared.people.models import ConsentState, Family
from shared.settings.reading import company, setting
from tests.factories import office
from tests.factories.identity import Browser, a_clerk

COMPANY = {
    "name": "Ateliers Dubois",
    "legal": "SARL au capital de 1 000 €",
    "domain": "www.Dubois.fr",
    "colour": "#14566b",
}


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    browser.get("/backoffice/settings")
    return browser


def test_name_and_colour_stand_on_the_next_page(browser: Browser) -> None:
    browser.post("/backoffice/settings/company", **COMPANY)

    text = browser.get("/backoffice/settings").text
    assert "Ateliers Dubois</title>" in text
    assert "/static/marque/14566b.css" in text
    assert company().domain == "dubois.fr"
    assert db.session.scalars(select(Event.facts).where(Event.name == "company.changed")).all()


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"name": ""}, "Donnez le nom"), ({"colour": "bleu"}, "#rrggbb"), ({"domain": "pas un domaine"}, "domaine")],
)
def test_what_is_wrong_is_refused_and_kept_on_screen(browser: Browser, typed: dict[str, str], words: str) -> None:
    answer = browser.post("/backoffice/settings/company", **(COMPANY | typed))

    assert answer.status_code == 422
    assert words in answer.text
    assert "SARL au capital" in answer.text
    assert company().name != "Ateliers Dubois"


def test_a_logo_is_drawn_again_and_served(browser: Browser) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (900, 300), "#14566b").save(drawn, "JPEG", exif=b"Exif\0\0secret-place")
    answer = _upload(browser, drawn.getvalue(), "logo.jpg")
    assert answer.status_code == 303

    served = browser.client.get(f"/static/marque/logo/{company().logo_sha256}.png")
    assert served.status_code == 200
    assert served.mimetype == "image/png"
    assert b"secret-place" not in served.data
    assert Image.open(io.BytesIO(served.data)).width <= 480
    assert f"/static/marque/logo/{company().logo_sha256}.png" in browser.get("/backoffice/settings").text

    browser.post("/backoffice/settings/logo/remove")
    assert company().logo_sha256 is None


def test_only_the_logo_is_served_of_what_is_stored(browser: Browser) -> None:
    document = office.filed(office.customer("4"), office.folder("c.invoices"))

    assert browser.get(f"/static/marque/logo/{document.versions[0].sha256}.png").status_code == 404


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"", b"GIF89a"]
)
def test_a_logo_that_is_no_picture_is_refused(browser: Browser, data: bytes) -> None:
    assert _upload(browser, data, "logo.svg").status_code == 422
    assert company().logo_sha256 is None


def test_the_mode_decides_whether_the_button_is_needed(browser: Browser) -> None:
    browser.post("/backoffice/settings/mode", synchronisation="manual")

    assert setting("synchronisation") == "manual"
    assert "Synchronisation manuelle" in browser.get("/backoffice/access").text


@pytest.mark.row("P-04")
def test_a_sender_is_of_the_companys_domain(browser: Browser) -> None:
    browser.post("/backoffice/settings/company", **COMPANY)
    family = {"sender_name": "Facturation", "reply_to": "contact@dubois.fr", "default_consent": "requested"}

    refused = browser.post("/backoffice/settings/families/customers", sender_address="x@gmail.com", **family)
    assert refused.status_code == 422
    assert "gmail.com" in refused.text
    assert (
        browser.post(
            "/backoffice/settings/families/customers", sender_address="facture@dubois.fr", **family
        ).status_code
        == 303
    )

    customers = db.session.scalars(select(Family).where(Family.key == "customers")).one()
    assert (customers.sender_address, customers.default_consent) == ("facture@dubois.fr", ConsentState.REQUESTED)


def test_whoever_may_not_set_changes_nothing(app: Flask, browser: Browser) -> None:
    a_clerk(role="reader", email="lea@exemple.fr")
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    lea.get("/backoffice/")

    for url in ("company", "logo", "logo/remove", "mode", "families/customers"):
        assert lea.post(f"/backoffice/settings/{url}", **COMPANY).status_code == 403


def _upload(browser: Browser, data: bytes, name: str):  # type: ignore[no-untyped-def]
    form = {"csrf_token": browser.token, "logo": (io.BytesIO(data), name)}
    return browser.client.post("/backoffice/settings/logo", data=form, content_type="multipart/form-data")
