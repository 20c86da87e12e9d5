"""A grant limited to a folder: its documents and the parties they go to, and nothing of what is about a family."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access import granting as accesses
from shared.access.models import Access
from shared.extensions import db
from shared.notifications.models import Notification, NotificationDocument, Status, Template
from shared.people.models import Family, Grant, Party, Staff
from shared.web.permissions import Permission
from tests.factories import bulk, counter, office, post
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.house.routes import routes

FOLDERS_ONLY = {
    Permission.PARTIES_EDIT,
    Permission.ACCESS_SEE,
    Permission.ACCESS_EDIT,
    Permission.ACCESS_SECRET,
    Permission.FOLDERS_SEE,
    Permission.FOLDERS_EDIT,
    Permission.RULES_EDIT,
    Permission.TEMPLATES_EDIT,
    Permission.RECORDS_SEE,
    Permission.SYNCHRONISE,
    Permission.SETTINGS_SEE,
    Permission.TO_DO_ACT,
}


@pytest.fixture
def shop(app: Flask) -> Party:
    post.an_installation()
    return _with_access(office.customer("4", "Ma jolie boutique"))


@pytest.fixture
def employee(shop: Party) -> Party:
    return _with_access(office.customer("E1", "Camille Martin", key="employees"))


@pytest.fixture
def clerk(shop: Party) -> Staff:
    """Payroll: « Gestionnaire » of « Bulletins » alone, as older versions wrote it: without the family."""
    clerk = a_clerk("manager", "paie@exemple.fr")
    clerk.grants[0].folder_id = office.folder("e.payslips").id
    db.session.flush()
    db.session.expire_all()
    return clerk


@pytest.fixture
def payroll(app: Flask, clerk: Staff, employee: Party) -> Browser:
    return _signed_in(app)


def test_only_the_parties_of_its_family_are_seen(payroll: Browser, shop: Party, employee: Party) -> None:
    listed = payroll.get("/backoffice/parties").text
    assert "Camille Martin" in listed and "Ma jolie boutique" not in listed and "family=customers" not in listed
    assert payroll.get(f"/backoffice/parties/{employee.id}").status_code == 200
    assert payroll.get(f"/backoffice/parties/{shop.id}").status_code == 404
    assert payroll.get("/backoffice/parties?family=customers").status_code == 404
    assert "Ma jolie boutique" not in payroll.get("/backoffice/parties?q=boutique").text
    for words, seen in (("Camille", True), ("boutique", False)):
        hits = payroll.get(f"/backoffice/find?q={words}").text
        assert (f"/backoffice/parties/{employee.id}" in hits) is seen and str(shop.id) not in hits


def test_the_payslips_are_handed_over(payroll: Browser, employee: Party) -> None:
    slip = counter.a_document(employee, office.folder("e.payslips"), "Bulletin de mai")
    other = counter.a_document(employee, office.folder("e.contracts"), "Contrat de travail")
    shown = payroll.get("/backoffice/explorer?family=employees").text
    assert "Bulletin de mai" in shown and "Contrat de travail" not in shown
    assert payroll.get(f"/backoffice/documents/{slip.id}").status_code == 200
    assert payroll.get(f"/backoffice/documents/{other.id}").status_code == 404
    assert payroll.get("/backoffice/payslips").status_code == 200
    assert 'href="/backoffice/payslips"' in payroll.get("/backoffice/").text


def test_nothing_that_is_about_a_family_opens(app: Flask, payroll: Browser, employee: Party) -> None:
    payroll.get("/backoffice/account")
    tried = set()
    for route in routes(app):
        if route.permission in FOLDERS_ONLY:
            url = route.path.replace("<uuid:party_id>", str(employee.id))
            answer = payroll.client.open(
                route._replace(path=url).filled(), method=route.method, data={"csrf_token": payroll.token}
            )
            assert answer.status_code == 403, route
            tried.add(route.permission)
    assert tried == FOLDERS_ONLY
    menu = payroll.get("/backoffice/").text
    for name in ("access", "folders", "records", "rules", "settings"):
        assert f'href="/backoffice/{name}"' not in menu, name


def test_no_access_is_closed_in_bulk_and_no_party_changed(app: Flask, clerk: Staff, employee: Party) -> None:
    """The other half of a usual clerk: the whole of the customers, and the payslips by name."""
    role = clerk.grants[0].role_id
    db.session.add(Grant(staff_id=clerk.id, role_id=role, family_id=office.family("customers").id))
    db.session.flush()
    db.session.expire_all()
    both = _signed_in(app)
    assert "Camille Martin" in both.get("/backoffice/parties?family=employees").text
    assert both.get("/backoffice/access?family=employees").status_code == 404
    assert both.get("/backoffice/access?family=customers").status_code == 200
    assert both.post(f"/backoffice/access/{employee.id}/withdraw").status_code in (403, 404)
    assert bulk.preview(both, "withdraw", [employee]).status_code in (403, 404)
    assert both.post(f"/backoffice/parties/{employee.id}/edit", name="Changée").status_code == 403
    assert "Modifier" not in both.get(f"/backoffice/parties/{employee.id}").text
    assert both.get("/backoffice/folders?family=employees").status_code == 404
    assert both.get("/backoffice/folders?family=customers").status_code == 200
    contracts = office.folder("e.contracts")
    sent = {f"label-{contracts.id}": "Changé", f"revision-{contracts.id}": "1", "fields": "label"}
    assert both.post("/backoffice/folders?family=customers", **sent).status_code == 404
    assert both.get(f"/backoffice/families/{employee.family_id}/edit").status_code == 404
    assert both.get("/backoffice/families/new").status_code == 403
    db.session.expire_all()
    access = db.session.scalars(select(Access).where(Access.party_id == employee.id)).one()
    assert access.allowed and employee.name == "Camille Martin"


def test_the_notices_of_a_family_are_not_held(payroll: Browser, shop: Party, employee: Party) -> None:
    page = payroll.get("/backoffice/history/holds")
    assert "Salariés" not in page.text.partition("<main")[2]
    for family_id in (shop.family_id, employee.family_id):
        assert payroll.post(f"/backoffice/history/holds/{family_id}", hold="on").status_code == 404
    db.session.expire_all()
    assert not [each for each in db.session.scalars(select(Family)) if each.notices_off_at]


def test_the_history_shows_the_messages_of_its_documents_alone(payroll: Browser, employee: Party) -> None:
    slip = counter.a_document(employee, office.folder("e.payslips"), "Bulletin de mai")
    about, other = _line(employee, "bulletin@exemple.fr"), _line(employee, "acces@exemple.fr")
    db.session.add(NotificationDocument(notification_id=about.id, document_id=slip.id))
    db.session.flush()
    for url in ("/backoffice/history", f"/backoffice/parties/{employee.id}/notifications"):
        text = payroll.get(url).text
        assert "bulletin@exemple.fr" in text and "acces@exemple.fr" not in text, url
    assert payroll.get(f"/backoffice/history/{about.id}").status_code == 200
    assert payroll.get(f"/backoffice/history/{other.id}").status_code == 404


def test_a_folder_given_on_screen_names_its_family_and_is_given_once(app: Flask, clerk: Staff) -> None:
    a_clerk()
    boss = signed_in(app)
    path = f"/backoffice/staff/{clerk.id}"
    assert "Bulletins (Salariés)" in boss.get(path).text
    given = {"role": str(clerk.grants[0].role_id), "folder": str(office.folder("e.payslips").id)}
    assert boss.post(f"{path}/grants", **given).status_code == 422, "he has it, though the older one names no family"
    given["folder"] = str(office.folder("e.contracts").id)
    assert boss.post(f"{path}/grants", **given).status_code == 303
    named = db.session.scalars(select(Grant.family_id).where(Grant.folder_id == office.folder("e.contracts").id))
    assert named.one() == office.family("employees").id


def _with_access(party: Party) -> Party:
    accesses.allow(access=accesses.grant(party=party, by="command"), by="command")
    return party


def _line(party: Party, address: str) -> Notification:
    template = db.session.scalars(select(Template.id).where(Template.key == "document.published")).one()
    line = Notification(
        event="document.published",
        status=Status.WAITING,
        family_id=party.family_id,
        party_id=party.id,
        template_id=template,
        fixed_address=address,
        message_id=f"<{re.sub('@.*', '', address)}@exemple.fr>",
    )
    db.session.add(line)
    db.session.flush()
    return line


def _signed_in(app: Flask) -> Browser:
    browser = Browser(app)
    browser.sign_in_staff("paie@exemple.fr")
    return browser
