"""What is out of somebody's reach shows on no page, in no search, no export and no answer of any route."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from shared.documents.models import Document
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, NotificationDocument, Status
from shared.people.models import EmailSlot, Staff
from tests.factories import counter, office
from tests.factories.company import Company, a_company, may_see_payslips
from tests.factories.identity import Browser, a_clerk
from tests.house.pages import STAFF, pages
from tests.house.routes import routes
from tests.shared.documents.corpus import pdf

CANARY = "Zanzibar"
TYPED = "zanz"  # what a page repeats of a search is not what it found
SEARCHES = ("parties", "access", "explorer", "history", "arrivals")


@pytest.fixture
def company(app: Flask) -> Company:
    """At work, with an employee whose name, address, payslip and messages all hold the same word."""
    company = a_company(2)
    _an_employee(company)
    return company


def test_a_referent_of_the_customers_meets_no_employee_anywhere(app: Flask, company: Company) -> None:
    clerk = a_clerk("referent", email="lea@exemple.fr")
    clerk.grants[0].family_id = office.family("customers").id
    db.session.flush()
    lea = _signed_in(app, clerk)
    assert _where_it_shows(lea, company) == []
    employee, document = company.parties[-1], company.documents[-1]
    line = db.session.scalars(select(Notification).where(Notification.party_id == employee.id)).one()
    assert _answers(app, lea, party_id=employee.id, document_id=document.id, notification_id=line.id) <= {403, 404}


def test_a_payslip_shows_nothing_to_an_administrator_whom_no_grant_names(app: Flask, company: Company) -> None:
    boss = _signed_in(app, company.clerk)
    assert _where_it_shows(boss, company, "Bulletin de Zanzibar") == []
    payslip = company.documents[-1]
    assert _answers(app, boss, document_id=payslip.id) == {404}


def test_the_same_person_reads_it_once_a_grant_names_the_folder(app: Flask, company: Company) -> None:
    may_see_payslips(company.clerk)
    boss, payslip = _signed_in(app, company.clerk), company.documents[-1]
    assert f"/backoffice/documents/{payslip.id}" in boss.get(f"/backoffice/find?q={TYPED}").text
    assert "Bulletin de Zanzibar" in boss.get("/backoffice/explorer?family=employees").text
    for part in ("", "/file", "/pages/1?width=720"):
        assert boss.client.get(f"/backoffice/documents/{payslip.id}{part}").status_code == 200, part


def _an_employee(company: Company) -> None:
    address = {EmailSlot.CARD: f"{CANARY.lower()}@exemple.fr"}
    party = office.customer(name=f"{CANARY} Camille", key="employees", addresses=address)
    counter.a_seat(party)
    data = pdf(text=CANARY)
    payslip = counter.a_document(party, office.folder("e.payslips"), "Bulletin de Zanzibar", "BP-1", data=data)
    facts = {"folder": f"Bulletins de {CANARY}"}
    record("document.filed", by="system", party_id=party.id, document_id=payslip.id, facts=facts)
    line = Notification(
        event="document.published",
        status=Status.WAITING,
        family_id=party.family_id,
        party_id=party.id,
        template_id=company.template.id,
        message_id="<zanzibar@exemple.fr>",
    )
    db.session.add(line)
    db.session.flush()
    db.session.add(NotificationDocument(notification_id=line.id, document_id=payslip.id))
    db.session.flush()
    company.parties.append(party)
    company.documents.append(payslip)


def _where_it_shows(browser: Browser, company: Company, word: str = CANARY) -> list[str]:
    """Every page, every search, the export: where the word stands though nobody typed it there."""
    asked = [shown.url for group in pages(company).values() for shown in group if shown.who == STAFF]
    asked += [f"/backoffice/parties/{company.parties[-1].id}", "/backoffice/access/export.csv?family=employees"]
    asked += [f"/backoffice/access/export.csv?q={TYPED}", f"/backoffice/history?document={company.documents[-1].id}"]
    asked += [f"/backoffice/{page}?q={TYPED}&family={key}" for page in SEARCHES for key in ("customers", "employees")]
    asked += [
        f"/backoffice/find?q={words}" for words in (TYPED, f"Bulletin+de+{TYPED}", "BP-1", company.parties[-1].code)
    ]
    asked += [f"/backoffice/explorer?q={TYPED}", f"/backoffice/parties?q={TYPED}", f"/backoffice/history?q={TYPED}"]
    return [url for url in asked if word in re.sub(r'value="[^"]*"|\?[^"]*"', "", browser.client.get(url).text)]


def _answers(app: Flask, browser: Browser, **ids: object) -> set[int]:
    """The status of every back-office route that takes one of these ids, whatever its method."""
    browser.get("/backoffice/account")
    found = set()
    for route in routes(app):
        names = re.findall(r"<uuid:(\w+)>", route.path)
        if route.path.startswith("/backoffice") and len(names) == 1 and names[0] in ids:
            url = route.path.replace(f"<uuid:{names[0]}>", str(ids[names[0]]))
            url = (
                re.sub(r"<any\((\w+),.*?>", r"\1", url)
                .replace("<int:number>", "1")
                .replace("<document_class>", "invoice")
            )
            found.add(browser.client.open(url, method=route.method, data={"csrf_token": browser.token}).status_code)
            db.session.rollback()
    return found


def _signed_in(app: Flask, clerk: Staff) -> Browser:
    browser = Browser(app)
    browser.sign_in_staff(clerk.email)
    assert db.session.scalar(select(Document.id).limit(1))
    return browser
