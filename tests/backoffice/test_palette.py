"""The command palette finds screens, settings, parties and documents, and only those within reach."""

import pytest
from flask import Flask

from backoffice import inner_screens, navigation
from shared.extensions import db
from tests.factories import counter, office, post
from tests.factories.identity import Browser, a_clerk
from tests.house.pages import NOT_PAGES
from tests.house.routes import routes

# What is no screen of its own: the end of another one, a step of it, or the page that asks.
STEPS = {
    "backoffice.palette",
    "backoffice.confirm",
    "backoffice.drop_outcome",
    "backoffice.enrol",
    "backoffice.in_person_leave",
    "backoffice.retention_hold_new",
}


def test_each_kind_is_found_by_what_it_is_called(browser: Browser) -> None:
    party = office.customer("4", "Ma jolie boutique")
    document = counter.a_document(party, office.folder(), title="Facture", number="FA-2017-0010")
    db.session.commit()
    assert f"/backoffice/parties/{party.id}" in browser.get("/backoffice/find?q=jolie").text
    assert f"/backoffice/parties/{party.id}" in browser.get("/backoffice/find?q=4").text
    assert f"/backoffice/documents/{document.id}" in browser.get("/backoffice/find?q=FA-2017-0010").text
    assert "/backoffice/access" in browser.get("/backoffice/find?q=droits").text
    assert "/backoffice/settings/mail" in browser.get("/backoffice/find?q=smtp").text
    assert "Rien ne correspond" in browser.get("/backoffice/find?q=zzzzz").text


def test_no_page_is_forgotten_by_the_search_of_screens(app: Flask) -> None:
    lines = [*(line.endpoint for _label, group in navigation.TABLE for line in group), "account"]
    known = {f"backoffice.{name}" for name in [*lines, *(name for name, _label in inner_screens.TABLE)]}
    pages = {
        route.endpoint
        for route in routes(app)
        if route.method == "GET" and route.path.startswith("/backoffice") and "<" not in route.path
        if not route.public and not route.path.endswith("/new")
    }
    assert pages - NOT_PAGES - STEPS == known


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("rôles", "/backoffice/roles"),
        ("synchronisation", "/backoffice/synchronising"),
        ("import", "/backoffice/parties/import"),
        ("suspensions", "/backoffice/history/holds"),
        ("familles", "/backoffice/families"),
        ("mot de passe initial par e-mail", "/backoffice/settings/portal#mot-de-passe-par-email"),
        ("désactiver les notifications", "/backoffice/history/holds"),
        ("journal de sécurité", "/backoffice/journal#months"),
        ("heures de repos", "/backoffice/families"),
        ("cellule de secours", "/backoffice/families"),
        ("nom de l’espace", "/backoffice/families"),
    ],
)
def test_what_stands_behind_a_tab_is_found_too(browser: Browser, words: str, address: str) -> None:
    found = browser.get("/backoffice/find", query_string={"q": words}).text.partition('id="hits"')[2]
    assert f'href="{address}"' in found


def test_nothing_out_of_reach_is_found(app: Flask) -> None:
    post.an_installation()
    a_clerk("reader")
    party = office.customer("4", "Ma jolie boutique")
    db.session.commit()
    browser = Browser(app)
    browser.sign_in_staff()
    found = browser.get("/backoffice/find?q=a").text.partition('id="hits"')[2]
    assert "/backoffice/settings" not in found and "/backoffice/staff" not in found
    assert party.name in browser.get("/backoffice/find?q=jolie").text


def test_the_dialog_alone_then_the_results_alone(browser: Browser) -> None:
    htmx = {"HX-Request": "true"}
    dialog = browser.get("/backoffice/find", headers={**htmx, "HX-Target": "div#dialog"}).text
    assert dialog.startswith("<dialog") and "Accueil" in dialog and "<html" not in dialog
    hits = browser.get("/backoffice/find?q=journal", headers={**htmx, "HX-Target": "div#hits"}).text
    assert "<dialog" not in hits and "/backoffice/journal" in hits
