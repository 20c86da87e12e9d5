"""The statement and its total, and the code by which an open invoice is paid, as a customer meets them."""

import io
import re
from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from stdnum import iban as ibans

from shared.access.models import Seat
from shared.events.actors import staff_actor
from shared.extensions import db, uuid7
from shared.people.models import Activity, Staff
from shared.records import banking
from shared.records.models import Record
from shared.records.moving import move
from shared.sheets import epc
from tests.factories import post
from tests.factories.counter import a_document, a_folder, a_party, a_seat, read, sign_in
from tests.factories.identity import a_clerk
from tests.factories.pieces import a_payment, a_piece

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def clerk(app: Flask) -> Staff:
    post.an_installation()
    db.session.add(Activity(id=uuid7(), name="Lumière & Fils", domain="exemple.fr"))
    return a_clerk()


@pytest.fixture
def seat(app: Flask) -> Seat:
    return a_seat(a_party())


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    return sign_in(app.test_client(), seat)


def the_total(client: FlaskClient) -> tuple[Decimal, str]:
    page = read(client, "/statement")
    total = page.select_one("[data-total]")
    assert isinstance(total, Tag)
    return Decimal(str(total["data-total"])), str(page.select_one("a[href*='statement.csv']")["href"])


@pytest.mark.row("P-25")
def test_the_same_total_on_screen_pdf_and_csv(client: FlaskClient, seat: Seat) -> None:
    folder = a_folder("Factures", "invoice")
    paper = a_document(seat.party, folder, "Facture 1", "FA-1")
    invoice = a_piece(seat.party, "invoice", "FA-1", amount="1234.56", papers=[paper], issued_on=date(2026, 6, 1))
    a_document(seat.party, folder, "Avoir", "AV-1", amount=Decimal("-34.06"))
    a_payment(seat.party, "200.25", (invoice, "200.25"))
    owed, csv_url = the_total(client)
    assert owed == Decimal("1000.25")
    a_payment(seat.party, "1")  # once the time was stated

    rows = [line.split(";") for line in client.get(csv_url).data.decode("utf-8-sig").splitlines()]
    figures = [[Decimal(cell.replace(",", ".") or 0) for cell in row[5:7]] for row in rows[1:]]
    assert rows[-1][1] == "Solde" and figures[-1] == [owed, 0]
    assert sum(debit - credit for debit, credit in figures[:-1]) == owed
    with pikepdf.open(io.BytesIO(client.get(csv_url.replace(".csv", ".pdf")).data)) as pdf:
        assert pdf.Root.MarkInfo.Marked
    assert the_total(client)[0] == owed - 1


@pytest.mark.row("P-25")
def test_the_pdf_says_the_total(client: FlaskClient, seat: Seat) -> None:
    a_document(seat.party, a_folder("Factures", "invoice"), "Facture 1", "FA-1", amount=Decimal("671.15"))
    pdf = pypdfium2.PdfDocument(client.get("/statement.pdf").data)
    told = " ".join(pdf[0].get_textpage().get_text_range().split())
    assert "Reste dû 671,15 €" in told and "FA-1" in told


@pytest.mark.row("B-09")
def test_the_code_of_an_open_invoice_decodes_to_iban_amount_and_reference(
    client: FlaskClient, seat: Seat, clerk: Staff
) -> None:
    folder = a_folder("Factures", "invoice")
    paper = a_document(seat.party, folder, "Facture 1", "FA-2026-7")
    invoice = a_piece(seat.party, "invoice", "FA-2026-7", amount="671.15", papers=[paper])
    a_payment(seat.party, "71.15", (invoice, "71.15"))
    waiting = banking.enter(holder="Lumière & Fils SAS", iban=IBAN, bic="AGRIFRPP", by=staff_actor(clerk))
    urls = (f"/records/{invoice.id}", f"/documents/{paper.id}")
    assert all("IBAN" not in client.get(url).text for url in urls), "nobody has verified it"
    banking.verify(account=waiting, by="staff:another")

    for url in urls:
        shown = read(client, url).select_one("#payer")
        assert "FR76 3000 6000 0112 3456 7890 189" in shown.text.replace("\xa0", " ")
        lines = decoded(str(shown.select_one("img.g-qr")["src"])).split("\n")
        assert lines[:4] == ["BCD", "002", "1", "SCT"] and lines[4:6] == ["AGRIFRPP", "Lumière & Fils SAS"]
        assert lines[6:] == [IBAN, "EUR600.00", "", "", "FA-2026-7"] and ibans.is_valid(lines[6])
    a_payment(seat.party, "600", (invoice, "600"))
    move(record=db.session.get_one(Record, invoice.id), move="settle", by="system")
    assert all("IBAN" not in client.get(url).text for url in urls), "paid"


def decoded(address: str) -> str:
    """What a reader of codes makes of the image that the page shows."""
    out = io.BytesIO()
    drawn = address.partition(",")[2]
    text = unquote(drawn)
    size, path = re.search(r"viewBox='0 0 (\d+) \d+'", text), re.search(r"class='qrline'[^>]* d='([^']+)'", text)
    assert size and path, text[:300]
    picture = Image.new("L", (int(size[1]), int(size[1])), 255)
    x, y = 0.0, 0.0
    for order, values in re.findall(r"([Mmhv])([-\d. ]*)", path[1]):
        numbers = [float(each) for each in re.findall(r"-?\d*\.?\d+", values)]
        if order == "M":
            x, y = numbers
        elif order == "m":
            x, y = x + numbers[0], y + numbers[1]
        elif order == "h":
            for step in range(int(numbers[0])):
                picture.putpixel((int(x) + step, int(y)), 0)
            x += numbers[0]
    picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST).save(out, "PNG")
    (found,) = zxingcpp.read_barcodes(Image.open(out))
    return str(found.text)


def test_the_payload_is_that_of_the_guideline() -> None:
    told = epc.payload(holder="x" * 90, iban=IBAN, bic="", amount=Decimal("12.3"), reference="y" * 200)
    lines = told.split("\n")
    assert (len(lines[5]), len(lines[10]), lines[7]) == (70, 140, "EUR12.30")
    assert len(told.encode()) <= 331
    assert int(epc.code(told).version) <= 13 and epc.code(told).error == "M"
    with pytest.raises(ValueError):
        epc.payload(holder="x", iban=IBAN, bic="", amount=Decimal(0), reference="")
