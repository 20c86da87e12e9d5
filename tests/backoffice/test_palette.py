"""The command palette finds screens, settings, parties and documents, and only those within reach."""

from flask import Flask

from shared.extensions import db
from tests.factories import counter, office, post
from tests.factories.identity import Browser, a_clerk


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
