"""« Mes données » on the portal: one click to object, the receipt, everything in one file, the closing's banner."""

import io
import json
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from shared.documents.publishing import current
from shared.extensions import db
from shared.people import closing
from shared.people.models import Consent
from shared.people.objecting import objection_of
from tests.factories import office
from tests.factories.company import Company, a_company
from tests.factories.identity import PASSWORD, Browser
from tests.shared.documents.corpus import pdf


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(2)


@pytest.fixture
def browser(app: Flask, company: Company) -> Browser:
    browser = Browser(app)
    browser.sign_in(company.employee.party.code)
    return browser


@pytest.mark.row("FR-01")
def test_an_employee_objects_in_one_click_and_withdraws_it(browser: Browser, company: Company) -> None:
    party = company.employee.party
    assert "Je préfère le papier" in browser.get("/my-data").text
    assert browser.get("/my-data/objection.pdf").status_code == 404
    browser.post("/my-data/objection")
    assert objection_of(party) is not None
    slip = office.filed(party, office.folder("e.payslips"), pdf(text="Bulletin"), "bulletin.pdf")
    standing = current(slip.id)
    assert standing is not None
    assert standing.live_at is None
    assert browser.get(f"/documents/{slip.id}").status_code == 404
    text = browser.get("/my-data").text
    assert "Vous recevez vos bulletins sur papier" in text
    assert browser.client.get("/my-data/objection.pdf").data.startswith(b"%PDF-")
    [written] = db.session.scalars(
        select(Consent).where(Consent.party_id == party.id, Consent.document_class == "payslip")
    ).all()
    assert written.by == f"account:{company.employee.account_id}"
    browser.post("/my-data/objection", undo="1")
    assert objection_of(party) is None
    assert browser.get(f"/documents/{slip.id}").status_code == 200


def test_a_customer_has_no_payslip_to_object_to(app: Flask, company: Company) -> None:
    customer = Browser(app)
    customer.sign_in(company.customer.party.code)
    assert "Je préfère le papier" not in customer.get("/my-data").text
    assert customer.post("/my-data/objection").status_code == 404


@pytest.mark.row("FR-19", "FR-04")
def test_everything_leaves_in_one_file_once_the_password_is_typed_again(browser: Browser, company: Company) -> None:
    browser.get("/my-data")
    refused = browser.post("/my-data/export", password="pas-celui-la")
    assert refused.status_code == 422
    assert "n’est pas le vôtre" in refused.text
    browser.get("/my-data")
    answer = browser.post("/my-data/export", password=PASSWORD)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert "no-store" in answer.headers["Cache-Control"]
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    told = json.loads(archive.read("donnees.json"))
    assert told["tiers"]["nom"] == company.employee.party.name
    assert any(name.startswith("Bulletins/") for name in archive.namelist())


@pytest.mark.row("FR-05")
def test_the_closing_stands_above_every_page_and_downloads_stay_open(browser: Browser, company: Company) -> None:
    closing.start(reason="Arrêt", by=office.BY)
    db.session.commit()
    text = browser.get("/").text
    assert "Cet espace documents ferme le" in text
    assert "/my-data" in text
    assert "Il reste 90 jours" in browser.get("/my-data").text
    assert company.payslip is not None
    assert browser.get(f"/documents/{company.payslip.id}").status_code == 200
