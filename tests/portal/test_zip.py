"""Many documents in one archive: with the rights of who asks, whole or not at all, and each one counted."""

import csv
import hashlib
import io
import re
import tracemalloc
import zipfile
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shared.access.models import Seat
from shared.clock import today
from shared.documents.models import Document, Download, Folder
from shared.documents.storage import original_key, storage
from shared.events.models import Event
from shared.extensions import db
from tests.factories.counter import a_document, a_folder, a_party, a_seat, sign_in, unknown

BODY = b"%PDF-1.4 " + bytes(20_000)


@pytest.fixture
def payslips(app: Flask) -> Folder:
    return a_folder("Bulletins", "payslip")


@pytest.fixture
def seat(payslips: Folder) -> Seat:
    return a_seat(a_party())


@pytest.fixture
def client(app: Flask, seat: Seat) -> FlaskClient:
    return sign_in(app.test_client(), seat)


def slips(seat: Seat, folder: Folder, count: int = 3) -> list[Document]:
    return [
        a_document(
            seat.party,
            folder,
            f"Bulletin {n}",
            data=f"%PDF-1.4 {seat.party.code} {n}".encode(),
            filename=f"b{n}.pdf",
            issued_on=date(2026, n + 1, 28),
        )
        for n in range(count)
    ]


def opened(data: bytes) -> tuple[zipfile.ZipFile, list[list[str]]]:
    found = zipfile.ZipFile(io.BytesIO(data))
    assert found.testzip() is None
    rows = list(csv.reader(io.StringIO(found.read("index.csv").decode("utf-8-sig")), delimiter=";"))
    return found, rows


def same(page: str) -> str:
    """The page without the address that was asked, and what is drawn anew each time."""
    return re.sub(r"(ids|next|nonce|csrf[a-z_-]*)(=|&#34;|\"|:)[^>]*", "", page, flags=re.IGNORECASE)


@pytest.mark.row("P-88")
@pytest.mark.row("FR-04")
def test_one_tap_takes_all_payslips_with_an_index(client: FlaskClient, seat: Seat, payslips: Folder) -> None:
    documents = slips(seat, payslips)
    a_document(seat.party, a_folder("Contrats", "contract"), "Contrat", data=b"%PDF-1.4 contrat")
    page = client.get("/documents/payslips").text
    assert "2026" in page and 'href="/documents/zip?class=payslip"' in page
    answer = client.get("/documents/zip?class=payslip")
    assert answer.content_type == "application/zip" and int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Cache-Control"] == "private, no-store"
    found, rows = opened(answer.data)
    assert rows[0] == ["Période", "Document", "Numéro", "Fichier", "SHA-256"]
    assert [row[0] for row in rows[1:]] == ["2026-03", "2026-02", "2026-01"]
    for row in rows[1:]:
        assert hashlib.sha256(found.read(row[3])).hexdigest() == row[4]
    assert len(found.namelist()) == 4 and "Bulletins/2026-03 Bulletin 2.pdf" in found.namelist()
    read = db.session.scalars(select(Download.document_id).where(Download.seat_id == seat.id)).all()
    assert sorted(read) == sorted(each.id for each in documents)
    told = select(func.count()).select_from(Event).where(Event.name == "document.downloaded")
    assert db.session.scalar(told) == 3


@pytest.mark.row("B-08")
def test_five_hundred_invoices_stream_as_one_archive(client: FlaskClient, seat: Seat) -> None:
    folder, most = a_folder("Facture", "invoice"), 0
    for number in range(500):
        a_document(seat.party, folder, f"Facture {number}", data=BODY, filename=f"f{number}.pdf")
    tracemalloc.start()
    answer, received = client.get("/documents/zip", buffered=False), io.BytesIO()
    for piece in answer.iter_encoded():
        most = max(most, len(piece))
        received.write(piece)
    held, peak = len(received.getvalue()), tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    found, rows = opened(received.getvalue())
    assert (len(found.namelist()), len(rows)) == (501, 501)
    assert held > 500 * len(BODY) and most < 2_000_000 and peak - held < 100_000_000


@pytest.mark.row("FR-04")
@pytest.mark.row("P-92")
def test_a_former_employee_still_takes_everything(app: Flask, seat: Seat, payslips: Folder) -> None:
    seat.party.left_on = today() - timedelta(days=400)
    slips(seat, payslips)
    answer = sign_in(app.test_client(), seat).get("/documents/zip?class=payslip")
    assert len(opened(answer.data)[1]) == 4


def test_what_is_ticked_is_taken_and_nothing_else(client: FlaskClient, seat: Seat, payslips: Folder) -> None:
    first, _second, third = slips(seat, payslips)
    answer = client.get(f"/documents/zip?ids={first.id}&ids={third.id}&chosen=1")
    assert {row[1] for row in opened(answer.data)[1][1:]} == {"Bulletin 0", "Bulletin 2"}
    nothing = client.get("/documents/zip?chosen=1")
    assert nothing.status_code == 303
    assert "Cochez d’abord" in client.get("/documents").text


def test_a_stranger_s_document_refuses_the_whole_archive(
    app: Flask, client: FlaskClient, seat: Seat, payslips: Folder
) -> None:
    mine = slips(seat, payslips)[0]
    other = slips(a_seat(a_party()), payslips)[0]
    draft = a_document(seat.party, payslips, "Brouillon", data=b"%PDF draft", live=False)
    expected = client.get(f"/documents/zip?ids={unknown()}&ids={mine.id}")
    for ids in ([other.id, mine.id], [draft.id, mine.id], ["x", mine.id], [unknown()]):
        answer = client.get("/documents/zip?" + "&".join(f"ids={each}" for each in ids))
        assert (answer.status_code, same(answer.text)) == (404, same(expected.text))
        assert not answer.data.startswith(b"PK") and b"Bulletin" not in answer.data
    assert db.session.scalar(select(func.count()).select_from(Download)) == 0
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "portal.denied")) == 5


@pytest.mark.row("P-53")
def test_a_right_on_invoices_alone_takes_no_quote_in_a_zip(app: Flask) -> None:
    invoices, quotes = a_folder("Facture", "invoice"), a_folder("Devis", "quote")
    seat = a_seat(a_party(), folders=[invoices])
    a_document(seat.party, invoices, "Facture 12", data=b"%PDF-1.4 facture")
    quote = a_document(seat.party, quotes, "Devis 7", data=b"%PDF-1.4 devis")
    client = sign_in(app.test_client(), seat)
    found, rows = opened(client.get("/documents/zip").data)
    assert [row[1] for row in rows[1:]] == ["Facture 12"] and not any("Devis" in name for name in found.namelist())
    assert client.get(f"/documents/zip?ids={quote.id}").status_code == 404
    assert client.get(f"/documents/zip?folder={quotes.id}").status_code == 303, "nothing there for this person"
    assert "Devis" not in client.get("/documents").text


def test_names_are_relative_and_each_one_stands_once(client: FlaskClient, seat: Seat) -> None:
    odd = a_folder("..\\Contrats/=A1", "contract")
    for n in range(2):
        a_document(seat.party, odd, "../../etc/passwd", data=f"%PDF {n}".encode(), filename="x.pdf")
    found, rows = opened(client.get("/documents/zip").data)
    assert len(set(found.namelist())) == 3
    assert all(name.count("/") < 2 and ".." not in name.split("/") for name in found.namelist())
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_an_altered_file_breaks_the_archive_off_and_is_reported(
    client: FlaskClient, seat: Seat, payslips: Folder
) -> None:
    document = slips(seat, payslips, 1)[0]
    key = original_key(document.versions[0].sha256)
    storage().delete(key)
    with pytest.raises(Exception, match="originals"):
        client.get("/documents/zip").get_data()
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "document.damaged")) == 1
