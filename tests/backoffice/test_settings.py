"""Each setting is read by something: a page, a message, or what the next click does."""

import inspect
import io
import re
import sys

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from backoffice import settings_form, settings_index
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.frame import ink_on
from shared.notifications.messages import brand_of
from shared.people.models import ConsentState, Family
from shared.settings.reading import company, forget, setting
from shared.web.permissions import Permission
from tests.factories import office
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk, signed_in

COLOURS = {"colour": "#14566b", "automatic": "y", "ink": "#ffffff", "signature": "L’équipe Dubois"}


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    return signed_in(app)


def identity(browser: Browser, field: str, value: str, password: str = STAFF_PASSWORD) -> TestResponse:
    return browser.post(f"/backoffice/settings/identity/{field}", value=value, password=password)


def test_name_colour_and_signature_stand_on_the_next_page_and_in_messages(browser: Browser) -> None:
    identity(browser, "company", "Ateliers Dubois")
    browser.post("/backoffice/settings/appearance", **COLOURS)
    browser.post("/backoffice/settings/company", legal="SARL au capital de 1 000 €")

    text = browser.get("/backoffice/settings").text
    assert "Ateliers Dubois</title>" in text
    assert "/static/marque/14566b.css" in text
    brand = brand_of(company())
    assert (brand.signature, brand.legal) == ("L’équipe Dubois", "SARL au capital de 1 000 €")
    assert db.session.scalars(select(Event.facts).where(Event.name == "company.changed")).all()


@pytest.mark.row("B-14")
def test_a_pair_of_colours_that_cannot_be_read_is_refused_with_its_ratio(browser: Browser) -> None:
    pair = {"colour": "#14566b", "ink": "#1f7a96"}

    refused = browser.post("/backoffice/settings/appearance", **pair)
    assert refused.status_code == 422
    assert re.search(r"contraste [1-3],\d pour 1, il en faut 4,5", refused.text) and 'value="#1f7a96"' in refused.text
    assert company().colour != "#14566b"

    assert browser.post("/backoffice/settings/appearance", **(pair | {"ink": "#ffe9a8"})).status_code == 303
    page = browser.get("/backoffice/settings/appearance").text
    assert "/static/marque/14566b-ffe9a8.css" in page
    assert "--brand-ink:#ffe9a8" in browser.get("/static/marque/14566b-ffe9a8.css").text
    forget()
    brand = brand_of(company())
    assert brand.ink == "#ffe9a8" != ink_on(brand.colour)


@pytest.mark.parametrize(("value", "words"), [("bleu", "#rrggbb"), ("#12", "#rrggbb")])
def test_a_colour_that_is_none_is_refused_and_kept_on_screen(browser: Browser, value: str, words: str) -> None:
    answer = browser.post("/backoffice/settings/appearance", **(COLOURS | {"colour": value}))
    assert answer.status_code == 422
    assert words in answer.text and "L’équipe Dubois" in answer.text


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


def test_the_delays_are_kept_within_their_bounds(browser: Browser) -> None:
    fields = ("grouping_window_seconds", "activation_link_hours", "reset_link_hours", "document_link_days")
    delays = dict.fromkeys((*fields, "initial_password_days"), 20)
    assert browser.post("/backoffice/settings/delays", **delays).status_code == 303
    assert setting("document_link_days") == 20

    refused = browser.post(
        "/backoffice/settings/delays", **(delays | {"document_link_days": 7, "reset_link_hours": 48})
    )
    assert refused.status_code == 422
    assert "entre 1 et 24" in refused.text
    assert setting("document_link_days") == 20


@pytest.mark.row("P-04")
def test_a_sender_is_of_the_companys_domains(browser: Browser) -> None:
    identity(browser, "domain", "www.Dubois.fr")
    family = {"sender_name": "Facturation", "reply_to": "contact@dubois.fr", "default_consent": "requested"}
    url = "/backoffice/settings/families/customers"

    for wrong, why in (("x@gmail.com", "gmail.com"), ("facture@", "domaine"), ("a b@dubois.fr", "dubois.fr")):
        refused = browser.post(url, sender_address=wrong, **family)
        assert refused.status_code == 422 and why in refused.text
    assert browser.post(url, sender_address="facture@dubois.fr", **family).status_code == 303
    customers = db.session.scalars(select(Family).where(Family.key == "customers")).one()
    assert (customers.sender_address, customers.default_consent) == ("facture@dubois.fr", ConsentState.REQUESTED)

    assert browser.post(url, sender_address="facture@dubois-group.eu", **family).status_code == 422
    assert browser.post("/backoffice/settings/domains", domains="dubois-group.eu\n").status_code == 303
    assert browser.post(url, sender_address="facture@dubois-group.eu", **family).status_code == 303
    held = browser.post("/backoffice/settings/domains", domains="")
    assert held.status_code == 422 and "facture@dubois-group.eu" in held.text


def test_whoever_may_not_set_changes_nothing(app: Flask, browser: Browser) -> None:
    a_clerk(role="reader", email="lea@exemple.fr")
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    lea.get("/backoffice/")

    urls = ("company", "logo", "logo/remove", "mode", "delays", "mail", "appearance", "domains", "trials/mail")
    for url in (*urls, "families/customers", "families/customers/try", "identity/domain"):
        assert lea.post(f"/backoffice/settings/{url}", **COLOURS).status_code == 403


@pytest.mark.row("P-29")
def test_every_field_of_every_form_is_found_by_its_label(browser: Browser) -> None:
    forms = [each for name, each in vars(settings_form).items() if name.endswith("Form") and name != "FlaskForm"]
    searched = [each for each in forms if each.__name__ not in ("IdentityForm", "SecretForm")]
    assert len(searched) >= 8
    with browser.client.application.test_request_context():
        labels = [
            str(field.label.text)
            for form in searched
            for field in form(formdata=None)
            if field.type not in ("CSRFTokenField", "HiddenField")
        ]
    labels += ["Société", "Domaine", "Identifiant de l’installation", "Mot de passe de l’installation", "Notifier sur"]
    for label in labels:
        found = browser.get("/backoffice/settings", query_string={"q": label.upper()}).text
        results = found.partition('id="found"')[2].partition("<nav")[0]
        links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', results)
        named = [url for url, shown in links if shown.replace("&#39;", "'").startswith(label)]
        assert named, label
        url, _hash, anchor = named[0].partition("#")
        if url.startswith("/backoffice/settings"):
            assert f'id="{anchor}"' in browser.get(url).text, named[0]


def test_no_form_of_the_settings_is_forgotten_by_the_search(app: Flask) -> None:
    """Every form of a module whose views write settings; those left out prove who asks, or send one trial."""
    writes = {Permission.SETTINGS_EDIT, Permission.API_EDIT, Permission.BANK_VERIFY}
    views = [each for each in app.view_functions.values() if getattr(each, "permission", "") in writes]
    modules = {inspect.unwrap(each).__module__ for each in views} | {"backoffice.families"}
    found = {
        form
        for module in modules
        for form in vars(sys.modules[module]).values()
        if inspect.isclass(form) and issubclass(form, FlaskForm)
    }
    left_out = {"FlaskForm", "SeenForm", "KeyForm", "CodeForm", "IdentityForm", "SecretForm", "SmsTrialForm"}
    left_out.add("ByMailForm")  # found by the title of its panel
    looked_in = {settings_form.FamilyForm, *(form for _url, form in settings_index.FORMS)}
    assert {form.__name__ for form in found - looked_in} <= left_out
    assert len(found) > 15


def test_a_search_ignores_accents_and_says_when_nothing_is_found(browser: Browser) -> None:
    assert "Délai d’attente" in browser.get("/backoffice/settings?q=delai+d’attente").text
    assert "Aucun réglage" in browser.get("/backoffice/settings?q=introuvable").text


def _upload(browser: Browser, data: bytes, name: str):  # type: ignore[no-untyped-def]
    form = {"csrf_token": browser.token, "logo": (io.BytesIO(data), name)}
    return browser.client.post("/backoffice/settings/logo", data=form, content_type="multipart/form-data")
