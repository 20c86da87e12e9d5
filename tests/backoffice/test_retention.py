"""« Conservation » and « Données et droits »: terms, holds, certificates, rights, export and erasure."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import add_months, today
from shared.documents.models import Document, Publication
from shared.events.models import Event
from shared.extensions import db
from shared.people import closing, informing
from shared.people.models import EmailSlot, Party
from shared.people.rights_models import Erasure, NoticeRound, PayslipNotice, ServiceClosing
from shared.retention import payslip_checking, purging
from shared.retention.models import DeletionCertificate, Purge, RetentionHold
from shared.settings.models import Setting
from tests.factories import counter, office
from tests.factories.company import Company, a_company, may_see_payslips
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.shared.documents.corpus import pdf

BASE = "/backoffice/retention"


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(2)


@pytest.fixture
def browser(app: Flask, company: Company) -> Browser:
    return signed_in(app)


def an_old(number: str) -> Document:
    return counter.a_document(
        office.customer(), office.folder("c.quotes"), number=number, data=office.text_file(), age=timedelta(days=2300)
    )


def an_employee(*, noticed: bool = True, address: str = "") -> Party:
    addresses = {EmailSlot.CARD: address} if address else {}
    return office.customer(name="Nadia Bensaïd", key="employees", noticed=noticed, addresses=addresses)


@pytest.mark.row("FR-11")
def test_what_fell_due_is_listed_held_confirmed_deleted_and_certified(browser: Browser) -> None:
    gone, held = an_old("DE-901"), an_old("DE-902")
    gone_id, held_id, sha256 = gone.id, held.id, gone.versions[0].sha256
    browser.get(BASE)
    browser.post(f"{BASE}/list")
    text = browser.get(BASE).text
    assert "2 documents sont arrivés à leur terme" in text
    assert "DE-901" in text

    browser.get(f"{BASE}/hold?document={held_id}")
    assert browser.post(f"{BASE}/hold", document=held_id, reason="").status_code == 422
    assert browser.post(f"{BASE}/hold", document=held_id, reason="Litige Dupont").status_code == 303
    assert "Litige Dupont" in browser.get(f"{BASE}/holds").text
    purge = db.session.scalars(select(Purge)).one()
    browser.get(f"{BASE}/{purge.id}/confirm")
    browser.post(f"{BASE}/list")
    assert "1 document sera supprimé" in browser.get(f"{BASE}/{purge.id}/confirm").text
    browser.post(f"{BASE}/{purge.id}/confirm", total=2)
    assert db.session.get_one(Purge, purge.id).confirmed_at is None
    browser.post(f"{BASE}/{purge.id}/confirm", total=1)
    assert "Suppression en cours" in browser.get(BASE).text
    while purging.advance(purge_id=purge.id):
        pass
    db.session.commit()

    assert db.session.get(Document, gone_id) is None
    assert db.session.get(Document, held_id) is not None
    assert sha256 in browser.get(f"{BASE}/certificates").text
    certificate = db.session.scalars(select(DeletionCertificate)).one()
    for url in (f"{BASE}/certificates/{certificate.id}.pdf", f"{BASE}/{purge.id}/certificate.pdf"):
        assert browser.client.get(url).data.startswith(b"%PDF-")
    standing = db.session.scalars(select(RetentionHold)).one()
    browser.get(f"{BASE}/holds/{standing.id}/lift")
    browser.post(f"{BASE}/holds/{standing.id}/lift", reason="Litige clos")
    assert "Litige clos" in browser.get(f"{BASE}/holds?lifted=1").text


@pytest.mark.row("FR-11")
def test_durations_are_lengthened_on_screen_never_shortened(browser: Browser) -> None:
    assert "L123-22" in browser.get(f"{BASE}/rules").text
    refused = browser.post(f"{BASE}/rules/invoice", months=12)
    assert refused.status_code == 422
    assert "au moins 120 mois" in refused.text
    browser.post(f"{BASE}/rules/invoice", months=180)
    assert 'value="180"' in browser.get(f"{BASE}/rules").text


@pytest.mark.row("FR-03", "FR-08")
def test_the_check_of_payslips_reports_its_number_and_the_page_states_what_is_provided(
    browser: Browser, company: Company
) -> None:
    browser.get(f"{BASE}/payslips")
    browser.post(f"{BASE}/payslips/check")
    check = payslip_checking.latest()
    assert check is not None
    while payslip_checking.advance(check_id=check.id):
        pass
    db.session.commit()
    text = browser.get(f"{BASE}/payslips").text
    assert f"{check.total} bulletins vérifiés" in text
    assert "Non fourni" in text
    assert "compte personnel d’activité" in text
    assert browser.post(f"{BASE}/payslips/delay", months=2).status_code == 303
    assert _set("objection_months") == 2


@pytest.mark.row("FR-02")
def test_a_first_slip_is_refused_with_the_date_from_which_it_is_possible(browser: Browser, company: Company) -> None:
    may_see_payslips(company.clerk)
    party = an_employee(noticed=False, address="nadia@exemple.fr")
    slip = office.filed(party, office.folder("e.payslips"), pdf(text="Bulletin"), "bulletin.pdf")
    db.session.delete(db.session.scalars(select(Publication).where(Publication.document_id == slip.id)).one())
    db.session.flush()
    page = f"/backoffice/parties/{party.id}/data"
    assert "Pas encore informé" in browser.get(page).text
    soon = add_months(today(), 2)
    assert browser.post(f"{page}/notice", first_issue_on=today().isoformat()).status_code == 422
    browser.post(f"{page}/notice", first_issue_on=soon.isoformat())
    first = add_months(today(), 1)
    assert f"{first.day}" in browser.get(page).text
    refused = browser.post(f"/backoffice/documents/{slip.id}/publish")
    assert "ne peut pas être publié avant le" in refused.text or "ne peut pas" in browser.get(refused.location).text
    assert db.session.scalars(select(Publication).where(Publication.document_id == slip.id)).first() is None
    assert browser.client.get(f"{page}/notice.pdf").data.startswith(b"%PDF-")


@pytest.mark.row("FR-02")
def test_all_employees_are_told_in_one_round_counted_first(browser: Browser) -> None:
    for row in db.session.scalars(select(PayslipNotice)):
        db.session.delete(row)
    db.session.flush()
    on_paper = an_employee(noticed=False)
    url = "/backoffice/employees/informing?family=employees"
    text = browser.get(url).text
    waiting = int(re.search(r'name="expected" value="(\d+)"', text)[1])  # type: ignore[index]
    soon = add_months(today(), 2).isoformat()
    assert browser.post(url, expected=waiting + 1, first_issue_on=soon).status_code == 422
    assert browser.post(url, expected=waiting, first_issue_on=today().isoformat()).status_code == 422
    assert browser.post(url, expected=waiting, first_issue_on=soon).status_code == 303
    found = db.session.scalars(select(NoticeRound)).one()
    while informing.advance(round_id=found.id):
        pass
    db.session.commit()
    assert (found.done, found.ended_at is not None) == (waiting, True)
    text = browser.get(url).text
    assert "0 salarié" in text
    assert f"/backoffice/parties/{on_paper.id}/data/notice.pdf" in text


@pytest.mark.row("FR-01")
def test_staff_record_an_objection_with_its_proof_and_hand_over_the_receipt(browser: Browser) -> None:
    party = an_employee(address="nadia@exemple.fr")
    page = f"/backoffice/parties/{party.id}/data"
    browser.get(page)
    assert browser.post(f"{page}/objection", proof=" ").status_code == 422
    browser.post(f"{page}/objection", proof="Courrier du 3 mai")
    assert "Courrier du 3 mai" in browser.get(page).text
    assert browser.client.get(f"{page}/objection.pdf").data.startswith(b"%PDF-")
    browser.post(f"{page}/objection", proof="Entretien", undo="1")
    assert "Aucune opposition" in browser.get(page).text
    assert browser.post(f"{page}/birth", birth_date="1985-03-01").status_code == 303
    assert browser.post(f"{page}/birth", birth_date="1984-03-01").status_code == 422
    customer = office.customer()
    assert browser.post(f"/backoffice/parties/{customer.id}/data/objection", proof="x").status_code == 422


@pytest.mark.row("FR-05")
def test_the_closing_counts_down_and_is_called_off_with_a_reason(browser: Browser) -> None:
    url = f"{BASE}/closing"
    browser.get(url)
    assert browser.post(url, reason="Arrêt", closes_on=today().isoformat(), sure="1").status_code == 422
    assert browser.post(url, reason="Arrêt").status_code == 422
    browser.post(url, reason="Changement de logiciel", sure="1")
    assert "Il reste 90 jours" in browser.get(url).text
    found = db.session.scalars(select(ServiceClosing)).one()
    assert _set("closing_on") == found.closes_on.isoformat()
    while closing.advance(closing_id=found.id):
        pass
    db.session.commit()
    assert browser.post(f"{url}/{found.id}/cancel", reason="").status_code == 422
    browser.post(f"{url}/{found.id}/cancel", reason="Le service continue")
    assert "Le service continue" in browser.get(url).text
    assert _set("closing_on") == ""


@pytest.mark.row("FR-19")
def test_an_erasure_shows_first_then_erases_and_gives_its_receipt(browser: Browser, company: Company) -> None:
    party = company.employee.party
    url = f"/backoffice/parties/{party.id}/erase"
    text = browser.get(url).text
    assert "Sera gardé" in text
    assert "Bulletins" in text
    seen = dict(re.findall(r'name="(seen-\w+)" value="(\d+)"', text))
    assert browser.post(url, reason="Demande", **seen).status_code == 422
    assert browser.post(url, reason="Demande", sure="1", **{**seen, "seen-comptes": "7"}).status_code == 422
    assert browser.post(url, reason="Demande du 3 mai", sure="1", **seen).status_code == 303
    made = db.session.scalars(select(Erasure)).one()
    assert browser.client.get(f"{BASE}/erasures/{made.id}.pdf").data.startswith(b"%PDF-")
    assert "Demande du 3 mai" in browser.get(f"{BASE}/erasures").text
    assert browser.get(f"/backoffice/parties/{party.id}").status_code == 200


@pytest.mark.row("FR-19", "FR-08")
def test_staff_export_everything_on_a_person_only_when_they_reach_all_of_it(browser: Browser, company: Company) -> None:
    url = f"/backoffice/parties/{company.employee.party_id}/data"
    browser.get(url)
    assert browser.post(f"{url}/export").status_code == 422  # payslips want a grant of their own
    may_see_payslips(company.clerk)
    db.session.commit()
    archive = zipfile.ZipFile(io.BytesIO(browser.post(f"{url}/export").data))
    assert {"index.csv", "donnees.json"} <= set(archive.namelist())
    archive = zipfile.ZipFile(io.BytesIO(browser.post(f"{url}/export", only="payslip").data))
    assert "donnees.json" not in archive.namelist()
    assert "SHA-256" in archive.read("index.csv").decode("utf-8-sig")
    assert all(name.startswith("Bulletins/") for name in archive.namelist() if name != "index.csv")


@pytest.mark.row("FR-07")
def test_a_manager_asks_for_the_payslip_of_a_report_and_gets_404_with_a_line_in_the_security_log(
    app: Flask, company: Company
) -> None:
    assert company.payslip is not None
    slip_id = company.payslip.id
    a_clerk("manager", email="chef@exemple.fr")
    manager = Browser(app)
    manager.sign_in_staff("chef@exemple.fr")
    for part in ("", "/file", "/page/1"):
        assert manager.get(f"/backoffice/documents/{slip_id}{part}").status_code == 404
    lines = db.session.scalars(select(Event).where(Event.name == "staff.denied", Event.chain == "security")).all()
    assert any(str(slip_id) in line.facts["path"] for line in lines)


@pytest.mark.row("FR-06")
def test_no_screen_lets_a_signature_be_asked_of_payslips(browser: Browser, company: Company) -> None:
    folder = office.folder("e.payslips")
    text = browser.get("/backoffice/folders?family=employees").text
    assert "Bulletins" in text
    browser.post(
        "/backoffice/folders?family=employees",
        **{f"{folder.id}-signature_side": "right", f"{folder.id}-revision": folder.revision},
    )
    db.session.refresh(folder)
    assert folder.signature_side is None


def test_whoever_holds_a_part_of_the_company_only_sees_no_retention(app: Flask, company: Company) -> None:
    a_clerk("manager", email="chef@exemple.fr")
    manager = Browser(app)
    manager.sign_in_staff("chef@exemple.fr")
    assert manager.get(BASE).status_code == 403
    assert manager.get(f"/backoffice/parties/{company.employee.party_id}/erase").status_code == 403


def _set(key: str) -> object:
    row = db.session.get(Setting, key, populate_existing=True)
    return row.value if row else None
