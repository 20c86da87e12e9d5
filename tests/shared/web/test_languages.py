"""Each person reads in their language: chosen, of their party, of their browser, else French."""

import pytest
from flask import Flask
from flask_babel import force_locale, ngettext

from shared.extensions import db
from tests.factories.identity import Browser, a_clerk, a_holder

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}


@pytest.mark.row("B-15")
def test_a_visitor_reads_in_the_language_of_the_browser_then_in_the_one_chosen(app: Flask) -> None:
    browser = Browser(app)
    assert '<html lang="fr"' in browser.get("/sign-in").text
    page = browser.get("/sign-in", headers=ENGLISH).text
    assert '<html lang="en"' in page and "Sign in" in page and "Se connecter" not in page
    answer = browser.post("/language", language="fr", next="/sign-in")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert '<html lang="fr"' in browser.get("/sign-in", headers=ENGLISH).text


@pytest.mark.row("B-15")
def test_a_person_of_the_portal_keeps_the_language_chosen(app: Flask) -> None:
    with app.app_context():
        seat = a_holder("4")
        seat.party.locale = "en"
        db.session.commit()
    browser = Browser(app)
    browser.sign_in("4")
    assert '<html lang="en"' in browser.get("/").text
    browser.post("/language", language="fr")
    assert '<html lang="fr"' in browser.get("/", headers=ENGLISH).text
    browser.post("/language", language="tlh")
    assert '<html lang="fr"' in browser.get("/", headers=ENGLISH).text


@pytest.mark.row("B-15")
def test_staff_keep_the_language_chosen(app: Flask) -> None:
    with app.app_context():
        a_clerk()
        a_holder("4")
        db.session.commit()
    browser = Browser(app)
    browser.sign_in_staff()
    browser.get("/backoffice/account")
    assert browser.post("/backoffice/language", language="en").status_code == 303
    page = browser.get("/backoffice/access").text
    assert '<html lang="en"' in page and "Portal access" in page and "Droits d’accès" not in page


@pytest.mark.row("B-15")
def test_none_of_something_is_singular_in_french_and_plural_in_english(app: Flask) -> None:
    with app.test_request_context():
        for locale, said in (("fr", "0 document"), ("en", "0 documents")):
            with force_locale(locale):
                assert ngettext("%(num)s document", "%(num)s documents", 0) == said
