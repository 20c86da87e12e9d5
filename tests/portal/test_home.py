"""The first page: what is new, what awaits, where the rest is."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from shared.access.models import Seat
from shared.documents.models import Folder, Notify, SignatureSide
from tests.factories.counter import a_document, a_folder, a_party, a_seat, sign_in


@pytest.fixture
def folder(app: Flask) -> Folder:
    return a_folder()


@pytest.fixture
def seat(folder: Folder) -> Seat:
    return a_seat(a_party(name="Boulangerie Lenoir"))


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    return sign_in(app.test_client(), seat)


def home(client: FlaskClient, url: str = "/") -> BeautifulSoup:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return BeautifulSoup(answer.text, "html5lib")


def titles(page: BeautifulSoup, section: str) -> list[str]:
    return [link.text for link in page.select(f"section[aria-labelledby={section}] .g-doc__title a")]


def test_it_greets_and_shows_what_is_new(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    a_document(seat.party, folder, "Facture de mars")
    page = home(client)
    assert page.select_one("h1").text == "Bonjour Camille Martin"
    assert "1 nouveau document" in page.select_one(".g-head").text
    assert titles(page, "nouveau") == ["Facture de mars"] and titles(page, "derniers") == []
    assert page.select_one(".g-identity").text.split() == ["G", "Guichet", "Boulangerie", "Lenoir"]


def test_what_was_read_is_new_no_more(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    document = a_document(seat.party, folder)
    assert client.get(f"/documents/{document.id}/file").data
    page = home(client)
    assert not page.select("[data-state=new]")
    assert titles(page, "derniers") == ["Facture de mars"]


def test_what_is_to_be_signed_comes_first(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    a_document(seat.party, folder, "Facture")
    a_document(seat.party, a_folder("Devis à signer", "quote", side=SignatureSide.RIGHT), "Devis")
    page = home(client)
    assert [heading.text for heading in page.select("main h2")][:2] == ["À faire", "Nouveau"]
    assert titles(page, "a-faire") == ["Devis"] and titles(page, "nouveau") == ["Facture"]


def test_folders_say_how_many_and_how_many_new(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    a_folder("Devis", "quote")
    for _ in range(3):
        a_document(seat.party, folder)
    shelves = {shelf.select_one("strong").text: shelf for shelf in home(client).select(".g-shelf")}
    assert shelves["Factures"].select_one("small").text == "3 documents"
    assert shelves["Factures"].select_one("[data-state=new]").text.startswith("3")
    assert shelves["Devis"].select_one("small").text == "aucun document"
    assert not shelves["Devis"].select("[data-state=new]")


def test_empty_it_says_what_will_come_and_how_one_is_told(client: FlaskClient, folder: Folder) -> None:
    text = home(client).select_one(".g-empty").text
    assert "Ici arriveront : Factures." in text and "e-mail" not in text
    folder.notify = Notify.IMMEDIATE
    assert "Vous recevrez un e-mail" in home(client).select_one(".g-empty").text


@pytest.mark.row("P-22")
def test_the_notified_document_is_marked(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    old = a_document(seat.party, folder, "Ancienne", age=timedelta(days=40))
    for n in range(8):
        a_document(seat.party, folder, f"Facture {n}")
    page = home(client, f"/?new={old.id}")
    card = page.select_one(f"#document-{old.id}")
    assert card["aria-current"] == "true" and card.select_one("[data-state=new]")
    assert titles(page, "nouveau")[0] == "Ancienne"


def test_another_s_document_is_not_announced(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    a_document(seat.party, folder)
    secret = a_document(a_party(), folder, "Secret")
    assert home(client, f"/?new={secret.id}").select("[aria-current=true]") == []


def test_a_stranger_is_sent_to_the_login(app: Flask) -> None:
    answer = app.test_client().get("/")
    assert answer.status_code == 303 and answer.location.startswith("/sign-in")
