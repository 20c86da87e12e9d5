"""Dropping files: a verdict for each, nothing kept of what is refused, and the tray where staff decide."""

import io

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shared.documents.models import Document, StoredObject
from shared.documents.storage import storage
from shared.documents.storage_folder import FolderStorage
from shared.extensions import db
from shared.intake.models import Arrival, Verdict
from shared.intake.receiving import receive
from shared.people.models import Grant, Role, Staff
from shared.people.scopes import scope_of
from tests.factories import office
from tests.factories.identity import Browser, a_clerk
from tests.factories.invoices import VAT, facturx
from tests.factories.office import customer, folder, text_file
from tests.shared.documents.corpus import pdf, picture, with_root, word

HTML = b"<!doctype html><html><script>alert(1)</script></html>"
FILE = "backoffice:documents:file"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def drop(browser: Browser, *files: tuple[bytes, str], json: bool = True, **fields: object) -> TestResponse:
    browser.get("/backoffice/explorer")
    data = {
        "csrf_token": browser.token,
        "files": [(io.BytesIO(data), name) for data, name in files],
        **{name: str(value) for name, value in fields.items()},
    }
    headers = {"Accept": "application/json"} if json else {}
    return browser.client.post("/backoffice/documents", data=data, headers=headers)


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def nothing_kept() -> bool:
    return count(Document) == count(Arrival) == count(StoredObject) == 0 and not list(storage().keys())


@pytest.mark.row("P-60")
def test_an_invoice_dropped_says_where_it_went_and_what_it_holds(browser: Browser) -> None:
    customer("4", vat_number=VAT)
    invoice = facturx()
    answer = drop(browser, (invoice, "facture.pdf"))
    told = answer.get_json()
    assert answer.status_code == 201 and told["tone"] == "good"
    for words in ("« Facture »", "« Ma jolie boutique »", "FA-2017-0010", "671,15", "€", "échéance 13/12/2017"):
        assert words in told["said"].replace("\u202f", " ").replace("\xa0", " "), told
    assert browser.get(told["url"]).status_code == 200
    again = drop(browser, (invoice, "facture.pdf")).get_json()
    assert again["tone"] == "news" and "rien n’a été ajouté" in again["said"] and again["url"] == told["url"]


@pytest.mark.row("P-60")
def test_a_doubt_goes_to_the_tray_and_is_settled_by_hand(browser: Browser) -> None:
    party = customer("4", name="Boulangerie Été")
    told = drop(browser, (facturx(), "facture.pdf")).get_json()
    assert told["tone"] == "warn" and told["said"].startswith("À rattacher")
    assert "facture.pdf" in browser.get("/backoffice/arrivals").text
    page = browser.get(f"{told['url']}?q=ete&family=customers")
    assert "Boulangerie Été" in page.text and "FA-2017-0010" in page.text
    answer = browser.post(told["url"], party_id=party.id, folder_id=folder().id)
    assert answer.status_code == 303
    document = db.session.scalars(select(Document)).one()
    assert (document.party_id, document.number) == (party.id, "FA-2017-0010")
    assert "Rien à rattacher" in browser.get("/backoffice/arrivals").text
    assert browser.post(told["url"], party_id=party.id, folder_id=folder().id).status_code == 404


def test_settling_without_a_party_keeps_the_choice_of_folder(browser: Browser) -> None:
    customer("4")
    url = drop(browser, (facturx(), "facture.pdf")).get_json()["url"]
    browser.get(url)
    assert browser.post(url, folder_id=folder().id).status_code == 422
    wrong = customer(key="suppliers")
    assert browser.post(url, party_id=wrong.id, folder_id=folder().id).status_code == 422
    assert count(Document) == 0


def test_setting_aside_takes_it_out_of_the_tray(browser: Browser) -> None:
    url = drop(browser, (text_file(), "x.txt")).get_json()["url"]
    browser.get("/backoffice/arrivals")
    assert browser.post(f"{url}/set-aside").status_code == 303
    assert db.session.scalars(select(Arrival.verdict)).one() is Verdict.SET_ASIDE
    assert browser.get(url).status_code == 404


@pytest.mark.parametrize(
    ("filename", "data"),
    [
        ("a.pdf", HTML),
        ("a.pdf", SVG),
        ("a.pdf", b"MZ" + bytes(200)),
        ("a.pdf", word("Bonjour")),
        ("a.pdf", b""),
        ("a.pdf.html", pdf()),
        ("a.pdf", b" " * 900 + pdf()),
        ("a.pdf", pdf() + HTML),
        ("a.jpg", HTML),
        ("a.pdf", pdf(with_root(OpenAction={"/S": "/JavaScript"}), text="x")[:-300]),
    ],
)
def test_a_refused_file_is_a_422_with_its_sentence_and_keeps_nothing(
    browser: Browser, filename: str, data: bytes
) -> None:
    party = customer()
    for json in (True, False):
        answer = drop(browser, (data, filename), json=json, party_id=party.id, folder_id=folder().id)
        assert answer.status_code == 422
        sentence = answer.get_json()["error"] if json else answer.text
        assert len(sentence) > 30
    assert nothing_kept()


def test_many_files_without_javascript_each_have_their_verdict(browser: Browser) -> None:
    party = customer("4", vat_number=VAT)
    files = [(facturx(), "a.pdf"), (pdf(), "scan.pdf"), (HTML, "b.pdf"), (pdf(text="x"), "FAC_4_F-9_20260331.pdf")]
    answer = drop(browser, *files, json=False)
    assert answer.status_code == 303
    soup = BeautifulSoup(browser.get(answer.location).text, "html5lib")
    verdicts = {row.td.get_text(): row.select_one(".g-pill")["data-state"] for row in soup.select("tbody tr")}  # type: ignore[index,union-attr]
    assert verdicts == {
        "a.pdf": "filed",
        "scan.pdf": "to_attach",
        "b.pdf": "refused",
        "FAC_4_F-9_20260331.pdf": "filed",
    }
    assert count(Document) == 2 and party.code == "4"
    stranger = a_clerk("manager", email="autre@exemple.fr")
    other = Browser(browser.client.application)
    other.sign_in_staff(email=stranger.email)
    assert "a.pdf" not in other.get(answer.location).text, "only whoever dropped them reads the verdicts"


def test_the_choice_on_the_drop_is_checked(browser: Browser, app: Flask) -> None:
    party, payslips = customer(key="employees"), folder("e.payslips")
    assert drop(browser, (text_file(), "a.txt"), party_id=party.id, folder_id=payslips.id).status_code == 404
    staff = a_clerk("manager", email="four@exemple.fr")
    grant = db.session.scalars(select(Grant).where(Grant.staff_id == staff.id)).one()
    grant.family_id = office.family("suppliers").id
    scoped = Browser(app)
    scoped.sign_in_staff(email=staff.email)
    mine = customer(key="suppliers")
    assert drop(scoped, (text_file(), "a.txt"), party_id=customer().id, folder_id=folder().id).status_code == 404
    assert drop(scoped, (text_file(), "a.txt"), party_id=mine.id, folder_id=folder("s.orders").id).status_code == 201
    customer("9", name="Secret & Cie", vat_number=VAT)
    told = drop(scoped, (facturx(), "f.pdf")).get_json()
    assert told["tone"] == "warn" and "Secret" not in told["said"]
    assert "Secret" not in scoped.get(told["url"]).text
    assert nothing_kept() is False


def test_no_file_or_no_token_is_refused(browser: Browser) -> None:
    assert drop(browser).status_code == 422
    data = {"files": (io.BytesIO(b"x"), "a.txt")}
    assert browser.client.post("/backoffice/documents", data=data).status_code == 403
    assert nothing_kept()


def test_a_silent_storage_is_a_503_and_keeps_no_row(browser: Browser, app: Flask) -> None:
    party = customer()
    where = storage()
    assert isinstance(where, FolderStorage)
    where.root.parent.mkdir(parents=True, exist_ok=True)
    where.root.write_bytes(b"")  # a file where the folder should be: every write fails
    try:
        for json in (True, False):
            answer = drop(browser, (text_file(), "a.txt"), json=json, party_id=party.id, folder_id=folder().id)
            assert answer.status_code == 503 and "Rien n’a été enregistré" in str(
                answer.get_json() if json else answer.text
            )
    finally:
        where.root.unlink()
    assert nothing_kept()


@pytest.mark.row("P-14")
def test_kinds_are_previewed_and_nothing_uploaded_ever_runs(browser: Browser) -> None:
    party, where = customer(), folder("c.contracts")
    urls = {}
    files = {
        "a.pdf": pdf(text="Bonjour le monde"),
        "a.jpg": picture(),
        "a.docx": word("Un paragraphe"),
        "a.zip": _archive(),
        "a.html": HTML,
        "a.svg": SVG,
    }
    for name, data in files.items():
        answer = drop(browser, (data, name), party_id=party.id, folder_id=where.id)
        assert answer.status_code == 201, answer.get_json()
        urls[name] = answer.get_json()["url"]
    for name in ("a.pdf", "a.jpg"):
        image = browser.client.get(f"{urls[name]}/pages/1?width=720")
        assert (image.status_code, image.content_type) == (200, "image/webp")
        assert image.headers["Cache-Control"].endswith("no-store")
        assert f"{urls[name]}/pages/1" in browser.get(urls[name]).text
    assert "Un paragraphe" in browser.get(urls["a.docx"]).text
    assert "dedans.txt" in browser.get(urls["a.zip"]).text
    for name, data in files.items():
        answer = browser.client.get(f"{urls[name]}/file")
        assert answer.data == data
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "html" not in answer.content_type and "svg" not in answer.content_type
        assert "alert(1)" not in browser.get(urls[name]).text
    assert browser.client.get(f"{urls['a.html']}/pages/1?width=720").status_code == 404


@pytest.mark.row("P-60")
def test_a_file_to_attach_is_shown_and_handed_over_as_a_document_is(app: Flask, browser: Browser) -> None:
    a_clerk("referent", email="four@exemple.fr")
    staff = db.session.scalars(select(Staff).where(Staff.email == "four@exemple.fr")).one()
    staff.grants[0].family_id = office.family("suppliers").id
    other, reader = Browser(app), Browser(app)
    other.sign_in_staff(email="four@exemple.fr")
    a_clerk("reader", email="lit@exemple.fr")
    reader.sign_in_staff(email="lit@exemple.fr")
    files = {
        "a.pdf": pdf(pages=2, text="Bonjour le monde"),
        "a.jpg": picture(),
        "a.docx": word("Un paragraphe"),
        "a.zip": _archive(),
        "a.html": HTML,
        "a.svg": SVG,
    }
    urls = {name: drop(browser, (data, name)).get_json()["url"] for name, data in files.items()}
    for name, data in files.items():
        page = browser.get(urls[name]).text
        assert f"{urls[name]}/file" in page and "alert(1)" not in page
        answer = browser.client.get(f"{urls[name]}/file")
        assert (answer.status_code, answer.data) == (200, data)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "html" not in answer.content_type and "svg" not in answer.content_type
        for path in ("", "/file", "/pages/1?width=720"):
            assert other.client.get(f"{urls[name]}{path}").status_code == 404
            assert reader.client.get(f"{urls[name]}{path}").status_code == 403
    for name in ("a.pdf", "a.jpg"):
        image = browser.client.get(f"{urls[name]}/pages/1?width=720")
        assert (image.status_code, image.content_type) == (200, "image/webp")
        assert image.headers["Cache-Control"] == "private, no-store"
        assert f"{urls[name]}/pages/1?width=720" in browser.get(urls[name]).text
    assert "Page 2 sur 2" in browser.get(f"{urls['a.pdf']}?page=2").text
    assert "Bonjour le monde" in browser.get(urls["a.pdf"]).text
    assert "Un paragraphe" in browser.get(urls["a.docx"]).text
    assert "dedans.txt" in browser.get(urls["a.zip"]).text
    assert browser.client.get(f"{urls['a.html']}/pages/1?width=720").status_code == 404
    browser.post(f"{urls['a.pdf']}/set-aside")
    assert browser.client.get(f"{urls['a.pdf']}/file").status_code == 404, "settled: the tray shows it no more"


def test_a_refused_file_is_never_shown(browser: Browser) -> None:
    arrival = receive(data=HTML, filename="a.pdf", by=f"staff:{db.session.scalars(select(Staff)).one().id}", source="x")
    assert arrival.verdict is Verdict.REFUSED
    for path in ("", "/file", "/pages/1?width=720"):
        assert browser.client.get(f"/backoffice/arrivals/{arrival.id}{path}").status_code == 404


def test_a_payslip_to_attach_is_shown_to_those_a_grant_names(app: Flask, browser: Browser) -> None:
    folder("e.payslips"), customer("E1", key="employees")
    by = f"staff:{a_clerk('manager', email='depose@exemple.fr').id}"
    scope = scope_of(db.session.scalars(select(Staff).where(Staff.email == "depose@exemple.fr")).one(), FILE)
    slip = pdf(text="Net à payer 1 234,56")
    arrival = receive(data=slip, filename="BUL_E1_202603.pdf", by=by, source="backoffice", scope=scope)
    assert arrival.verdict is Verdict.TO_ATTACH and arrival.folder_id == folder("e.payslips").id
    own, url = Browser(app), f"/backoffice/arrivals/{arrival.id}"
    own.sign_in_staff(email="depose@exemple.fr")
    assert [browser.client.get(f"{url}{path}").status_code for path in ("", "/file", "/pages/1?width=720")] == [404] * 3
    page = own.get(url)
    assert page.status_code == 200 and "1 234,56" not in page.text and "/file" not in page.text
    assert [own.client.get(f"{url}{path}").status_code for path in ("/file", "/pages/1?width=720")] == [404] * 2
    staff = db.session.scalars(select(Staff).where(Staff.email == "jeanne@exemple.fr")).one()
    role = db.session.scalars(select(Role).where(Role.key == "manager")).one()
    db.session.add(Grant(staff_id=staff.id, role_id=role.id, folder_id=folder("e.payslips").id))
    db.session.flush()
    db.session.expire_all()
    assert "1 234,56" in browser.get(url).text.replace("\xa0", " ")
    assert browser.client.get(f"{url}/file").data == slip


def _archive() -> bytes:
    import zipfile

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("dedans.txt", "x")
    return target.getvalue()
