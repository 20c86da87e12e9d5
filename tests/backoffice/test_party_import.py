"""Import and export of parties on screen: the preview tells each cell, what comes out goes back in unchanged."""

import csv
import io

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shared.extensions import db
from shared.intake.imported_files import read_table
from shared.intake.models import PartyImport
from shared.intake.party_importing import advance_import
from shared.people.cards import Card
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import EmailSlot, Grant, Party
from shared.people.registering import register
from tests.factories import office
from tests.factories.identity import Browser, a_clerk, signed_in

URL = "/backoffice/parties/import?family=customers"


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    return signed_in(app)


def send(browser: Browser, data: bytes, name: str = "clients.csv", url: str = URL, **fields: str) -> TestResponse:
    form = {"csrf_token": browser.token, "file": (io.BytesIO(data), name), **fields}
    answer: TestResponse = browser.client.post(url, data=form, content_type="multipart/form-data")
    return answer


def previewed(browser: Browser, data: bytes, name: str = "clients.csv") -> str:
    """The address of the import, once the worker has read the file."""
    answer = send(browser, data, name)
    assert answer.status_code == 303, answer.text
    work()
    return str(answer.headers["Location"])


def work() -> None:
    db.session.commit()
    newest = db.session.scalars(select(PartyImport).order_by(PartyImport.id.desc()).limit(1)).one()
    advance_import(import_id=newest.id)
    db.session.expire_all()


@pytest.mark.row("P-20")
def test_from_the_file_to_the_parties(browser: Browser) -> None:
    office.customer("K1", addresses={EmailSlot.CARD: "avant@k.example"})
    data = (
        "Code;Nom;Email fiche;Email relance\r\n"
        "K1;Ma jolie boutique;après@k.example;r@k.example\r\nK2;Été;b@k.example;\r\n"
    )
    answer = send(browser, data.encode("cp1252"))
    url = answer.headers["Location"]
    assert "Lecture en cours" in browser.get(url).text
    work()
    shown = browser.get(url).text
    assert "À corriger : 1" in shown
    assert "accents ne sont pas admis" in shown
    assert "/apply" not in shown
    assert browser.post(f"{url}/apply").status_code == 422
    mended = browser.get(f"{url}/errors.csv").text
    assert "À corriger" in mended.splitlines()[0]
    assert "accents" in mended.splitlines()[1]

    url = previewed(browser, data.replace("après", "apres").encode("cp1252"))
    shown = browser.get(f"{url}?show=changed").text
    assert "<del" in shown and "avant@k.example" in shown and "apres@k.example" in shown
    assert "Importer : 1 à créer, 1 à modifier" in shown
    assert db.session.scalar(select(func.count()).select_from(Party)) == 1
    assert browser.post(f"{url}/apply").status_code == 303
    assert "Import en cours" in browser.get(url).text
    work()
    shown = browser.get(url).text
    assert "Créés : 1. Modifiés : 1." in shown
    assert {cell.slot: cell.address for cell in _party("K1").cells} == {
        EmailSlot.CARD: "apres@k.example",
        EmailSlot.REMINDER: "r@k.example",
    }

    browser.post(f"{url}/undo")
    work()
    assert "Tout est comme avant." in browser.get(url).text
    assert [cell.address for cell in _party("K1").cells] == ["avant@k.example"]


def _party(code: str) -> Party:
    return db.session.scalars(select(Party).where(Party.code == code)).one()


def some_parties() -> None:
    family = office.family()
    cards = [
        Card(code="007", name="=1+1", phone="+33 2 40", addresses={EmailSlot.CARD: "a@k.example"}),
        Card(code="12", name="Été ; « L’Épi »", siret="55208131766522", street="-3 rue", city="Nantes", country="BE"),
        Card(code="4", name="@SUM(A1)", is_business=False, postcode="1000", locale="en",
             addresses=dict.fromkeys(EmailSlot, "b@k.example")),
    ]  # fmt: skip
    for card in cards:
        register(family=family, card=card, by=office.BY)
    add_contact(party=_party("12"), card=ContactCard(family_name="Martin", given_name="Camille"), by=office.BY)


@pytest.mark.row("P-20")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_comes_back_without_changing_anything(browser: Browser, kind: str) -> None:
    some_parties()
    exported = browser.client.get(f"/backoffice/parties/export.{kind}?family=customers").data
    url = previewed(browser, exported, f"clients.{kind}")
    shown = browser.get(url).text
    assert "Ce fichier ne change rien" in shown
    assert db.session.scalars(select(PartyImport.counts)).one() == {"same": 3}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_ever_a_formula(browser: Browser, kind: str) -> None:
    some_parties()
    answer = browser.client.get(f"/backoffice/parties/export.{kind}?family=customers")
    assert answer.headers["Cache-Control"] == "no-store"
    if kind == "csv":
        assert answer.data.startswith(b"\xef\xbb\xbf")
        cells = [
            cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";") for cell in row
        ]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
        cells = [str(cell.value or "") for row in sheet.iter_rows() for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]


def test_the_export_is_what_the_screen_shows(browser: Browser) -> None:
    some_parties()
    office.customer("E1", key="employees")
    query = "family=customers&q=b@k&sort=-name"
    table = read_table(browser.client.get(f"/backoffice/parties/export.csv?{query}").data, "x.csv")
    assert [cells[0] for _number, cells in table.lines] == ["4"]
    table = read_table(browser.client.get("/backoffice/parties/export.csv?family=customers").data, "x.csv")
    assert [cells[0] for _number, cells in table.lines] == ["4", "007", "12"]
    page = browser.get(f"/backoffice/parties?{query}").text
    assert "/backoffice/parties/export.csv?q=b%40k&amp;sort=-name&amp;family=customers" in page


def test_the_columns_may_be_chosen_on_screen(browser: Browser) -> None:
    url = previewed(browser, b"Truc;Machin\nK1;Alpha\n")
    assert "quelle colonne est le code" in browser.get(url).text
    data = {"csrf_token": browser.token, "column": ["code", "name"]}
    assert browser.client.post(f"{url}/columns", data=data).status_code == 303
    work()
    assert "Importer : 1 à créer, 0 à modifier" in browser.get(url).text


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [(b"%PDF-1.7", "clients.pdf", "CSV ou XLSX"), (b"", "clients.csv", "vide"), (b"x", "", "Choisissez un fichier")],
)
def test_a_file_of_no_use_is_refused_at_once(browser: Browser, data: bytes, name: str, words: str) -> None:
    answer = send(browser, data, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(PartyImport)) == 0


def test_hostile_words_of_a_file_are_shown_as_words(browser: Browser) -> None:
    url = previewed(browser, b'Code;Nom;"<img src=x onerror=alert(1)>"\nK1;"<script>alert(1)</script>";"{{7*7}}"\n')
    text = browser.get(url).text
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;" in text


def test_an_import_of_another_family_is_nobody_s(app: Flask) -> None:
    office.an_installation()
    clerk, other = a_clerk(), a_clerk("manager", email="paul@exemple.fr")
    db.session.execute(db.delete(Grant).where(Grant.staff_id == other.id))
    role = a_clerk("manager", email="zoe@exemple.fr").grants[0].role_id
    db.session.add(Grant(staff_id=other.id, role_id=role, family_id=office.family("employees").id))
    db.session.flush()
    db.session.expire_all()
    assert clerk.id != other.id
    first, second = Browser(app), Browser(app)
    first.sign_in_staff(), second.sign_in_staff("paul@exemple.fr")
    first.get(URL)
    url = previewed(first, b"Code;Nom\nK1;Alpha\n")
    assert second.get(url).status_code == 404
    second.get("/backoffice/parties/import?family=employees")
    assert second.post(f"{url}/apply").status_code == 404
    assert second.get(URL).status_code == 404
