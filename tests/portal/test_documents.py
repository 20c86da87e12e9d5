"""The lists: scope, filters, search, pages by key, totals."""

import re
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from shared.access.models import Seat
from shared.documents.models import Folder
from shared.extensions import db
from tests.factories.counter import a_document, a_folder, a_party, a_seat, sign_in, unknown

LISTS = ("/documents", "/statement", "/quotes", "/documents/payslips")
NONCES = re.compile(
    rb'/static/[0-9a-f]{12}/|nonce="[^"]+"|csrf_token" value="[^"]+"|X-CSRFToken":"[^"]+"|\?at=[^"]+'
    rb"|(?:[Aa]u|le) \d+ \w+ \d+ \S+ \d+:\d+"
)


@pytest.fixture
def folder(app: Flask) -> Folder:
    return a_folder()


@pytest.fixture
def seat(folder: Folder) -> Seat:
    return a_seat(a_party())


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    return sign_in(app.test_client(), seat)


def read(client: FlaskClient, url: str) -> BeautifulSoup:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html5lib")


def titles(page: BeautifulSoup) -> list[str]:
    return [link.text for link in page.select(".g-doc__title a, #results tbody th a")]


def test_search_and_folder_narrow_the_list(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    quotes = a_folder("Devis", "quote")
    a_document(seat.party, folder, "Facture d’Été", "FA-12")
    a_document(seat.party, quotes, "Devis d’été", "DE-7")
    assert len(titles(read(client, "/documents"))) == 2
    assert titles(read(client, "/documents?q=ete+fa-12")) == ["Facture d’Été"]
    assert titles(read(client, f"/documents?folder={quotes.id}")) == ["Devis d’été"]
    assert read(client, f"/documents?folder={quotes.id}").select_one("h1").text == "Devis"
    nothing = read(client, "/documents?q=absent")
    assert titles(nothing) == [] and "« absent »" in nothing.select_one(".g-empty").text
    assert read(client, "/documents?q=%00&folder=x&after=%00~y").select(".g-doc")


def test_a_fragment_holds_the_results_alone(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    a_document(seat.party, folder)
    answer = client.get("/documents", headers={"HX-Request": "true", "HX-Target": "div#results"})
    assert answer.status_code == 200 and "<html" not in answer.text and "g-doc" in answer.text


def test_two_hundred_documents_come_by_fifty(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    for n in range(120):
        a_document(seat.party, folder, f"Facture {n}", age=timedelta(hours=n), amount=Decimal(1))
    for url in ("/documents", "/statement"):
        found: list[str] = []
        while url:
            page = read(client, url)
            assert len(titles(page)) <= 50
            found += titles(page)
            following = page.select_one("a[rel=next]")
            url = following["href"] if following else ""
        assert len(found) == len(set(found)) == 120


@pytest.mark.row("P-25")
def test_the_statement_lists_invoices_and_credit_notes_with_their_total(
    client: FlaskClient, seat: Seat, folder: Folder
) -> None:
    a_document(seat.party, folder, "Facture 12", "FA-12", issued_on=date(2026, 6, 1), amount=Decimal("1200.00"))
    a_document(seat.party, folder, "Avoir 3", "AV-3", issued_on=date(2026, 6, 2), amount=Decimal("-200.50"))
    a_document(seat.party, a_folder("Devis", "quote"), "Devis", amount=Decimal(5000))
    a_document(a_party(), folder, "D’un autre", amount=Decimal(7))
    page = read(client, "/statement")
    assert page.select_one("h1").text == "Relevé de compte"
    assert titles(page) == ["Avoir 3 AV-3", "Facture 12 FA-12"]
    assert page.select_one("[data-total]").text == "999,50\xa0€"
    assert "-200,50" in page.select("#results tbody tr")[0].text.replace("\u2212", "-")


@pytest.mark.row("P-24")
def test_the_quotes_of_this_party_and_no_one_else_s(client: FlaskClient, seat: Seat) -> None:
    quotes = a_folder("Devis", "quote")
    a_document(seat.party, quotes, "Le nôtre", due_on=date(2026, 12, 24))
    a_document(a_party(), quotes, "Le leur")
    page = read(client, "/quotes")
    assert titles(page) == ["Le nôtre"] and "24/12/2026" in page.select_one(".g-docs").text


def test_payslips_stand_by_year(client: FlaskClient, seat: Seat) -> None:
    payslips = a_folder("Bulletins", "payslip")
    for year in (2024, 2026, 2025):
        a_document(seat.party, payslips, f"Bulletin {year}", issued_on=date(year, 5, 31))
    page = read(client, "/documents/payslips")
    assert [heading.text for heading in page.select("main h2")] == ["2026", "2025", "2024"]


@pytest.mark.row("P-21")
@pytest.mark.parametrize("url", LISTS)
def test_a_target_marks_the_notified_document(client: FlaskClient, seat: Seat, url: str) -> None:
    kind = {"/quotes": "quote", "/documents/payslips": "payslip"}.get(url, "invoice")
    document = a_document(seat.party, a_folder("Ici", kind))
    page = read(client, f"{url}?new={document.id}")
    assert page.select_one(f"#document-{document.id}")["aria-current"] == "true"


@pytest.mark.parametrize("url", LISTS)
def test_signed_in_only(app: Flask, url: str) -> None:
    answer = app.test_client().get(url)
    assert answer.status_code == 303 and answer.location.startswith(f"/sign-in?next={url}")


def test_answers_are_the_same_whatever_a_neighbour_has(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    for n in range(3):
        a_document(seat.party, folder, f"Facture {n}", amount=Decimal(10), age=timedelta(hours=n))
    beta = a_party(name="Beta")
    beta_seat = a_seat(beta)
    theirs = a_folder("Chez Beta", "invoice")
    theirs.on_portal = False
    urls = [
        "/",
        *LISTS,
        "/documents?q=facture",
        "/documents?q=secret",
        "/documents?unread=1",
        f"/documents?folder={theirs.id}",
        f"/documents?folder={unknown()}",
        f"/documents?after=2026-01-01T00:00:00%2B00:00~{unknown()}",
    ]

    def answers() -> list[bytes]:
        return [NONCES.sub(b"", client.get(url).data) for url in urls]

    before = answers()
    copied = [a_document(beta, folder, f"Facture secret {n}", amount=Decimal(99)) for n in range(60)]
    for url, was, now in zip(urls, before, answers(), strict=True):
        assert now.splitlines() == was.splitlines(), url
    assert beta_seat.party_id == beta.id
    assert not any(str(document.id).encode() in answer for document in copied for answer in before)


@pytest.mark.parametrize("url", ["/", *LISTS])
def test_queries_do_not_grow_with_the_rows(client: FlaskClient, seat: Seat, folder: Folder, url: str) -> None:
    def rows(count: int) -> None:
        for kind in ("invoice", "quote", "payslip"):
            shelf = a_folder(f"Série {kind}", kind)
            for n in range(count):
                a_document(seat.party, shelf, f"{kind} {n}", amount=Decimal(n))

    rows(1)
    few = queries(client, url)
    rows(60)
    assert queries(client, url) == few <= 8


def queries(client: FlaskClient, url: str) -> int:
    """How many statements a page needs, transactions aside."""
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            seen.append(statement)

    client.get(url)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_long_list_is_quick(client: FlaskClient, seat: Seat, folder: Folder) -> None:
    for n in range(200):
        a_document(seat.party, folder, f"Facture {n}", f"FA-{n}", issued_on=date(2026, 1, 1), amount=Decimal(n))
    client.get("/documents")
    began = time.process_time()
    client.get("/documents")
    assert time.process_time() - began < 2.5
