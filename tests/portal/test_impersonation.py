"""« Portail client »: staff see exactly what the customer sees, do nothing, leave one line and no reading."""

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from babel.dates import format_date
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shared.access import impersonating
from shared.access.models import PortalSession
from shared.clock import now, today
from shared.documents.models import Document, Download, SignatureSide
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Grant, Party, Role, Staff, StaffSession
from tests.factories import office, post
from tests.factories.counter import a_document, a_seat
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.factories.office import customer, folder


@pytest.fixture
def browser(app: Flask) -> Browser:
    post.an_installation()
    office.an_installation()
    a_clerk()
    return signed_in(app)


def look(browser: Browser, party: Party, **fields: object) -> TestResponse:
    """Press « Portail client » and follow it to the portal."""
    asked = ticket(browser, party, **fields)
    answer = browser.client.get(asked)
    return browser.get("/") if answer.status_code == 303 else answer


def ticket(browser: Browser, party: Party, **fields: object) -> str:
    answer = press(browser, party, **fields)
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.location).path


def press(browser: Browser, party: Party, **fields: object) -> TestResponse:
    browser.get("/backoffice/account")
    return browser.post(f"/backoffice/parties/{party.id}/portal-client", **fields)


def looked() -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == "portal.impersonated")))


def readings() -> int:
    opened = select(func.count()).select_from(Event).where(Event.name.in_(("document.opened", "document.downloaded")))
    return (db.session.scalar(select(func.count()).select_from(Download)) or 0) + (db.session.scalar(opened) or 0)


@pytest.mark.row("P-72")
def test_looking_as_the_customer_shows_exactly_his_documents_and_marks_nothing(browser: Browser) -> None:
    alpha, beta = customer("A1", "Alpha"), customer("B1", "Beta")
    a_seat(alpha), a_seat(beta)
    mine = a_document(alpha, folder(), "Facture d’Alpha", data=b"%PDF alpha")
    to_sign = folder("c.to_sign")
    to_sign.signature_side = SignatureSide.LEFT
    quote = a_document(alpha, to_sign, "Devis d’Alpha")
    a_document(alpha, folder(), "Brouillon d’Alpha", live=False)
    other = a_document(beta, folder(), "Facture de Beta", data=b"%PDF beta")
    page = look(browser, alpha)
    assert page.status_code == 200
    assert "Vous regardez le portail de Alpha — lecture seule" in page.text.replace("\xa0", " ")
    listed = browser.get("/documents").text
    assert "Facture d’Alpha" in listed and "Devis d’Alpha" in listed and "Mon compte" not in listed
    assert "Beta" not in page.text + listed and "Brouillon" not in listed
    shown = browser.get(f"/documents/{mine.id}")
    assert shown.status_code == 200 and "/opened" not in shown.text
    assert browser.client.get(f"/documents/{mine.id}/file").data == b"%PDF alpha"
    assert browser.client.get(f"/documents/{other.id}").status_code == 404
    assert browser.client.get(f"/documents/{other.id}/file").status_code == 404
    refused = [
        browser.post(f"/documents/{mine.id}/opened"),
        browser.post(f"/documents/{quote.id}/opened"),
        browser.post("/sign-out"),
        browser.post("/account/devices/end-all"),
        browser.client.get("/account"),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert all("Lecture seule" in answer.text for answer in refused)
    assert readings() == 0
    event = looked()
    assert len(event) == 1 and event[0].party_id == alpha.id and event[0].actor.startswith("staff:")


@pytest.mark.row("P-72")
def test_the_real_reader_still_finds_it_new(browser: Browser) -> None:
    party = customer()
    seat = a_seat(party)
    document = a_document(party, folder())
    look(browser, party)
    browser.get(f"/documents/{document.id}")
    browser.client.get(f"/documents/{document.id}/file")
    assert db.session.scalar(select(Download.id)) is None
    db.session.refresh(seat)
    assert seat.last_seen_at is None and seat.account.last_login_at is None


def test_a_party_without_access_is_shown_what_it_would_see(browser: Browser) -> None:
    party = customer()
    a_document(party, folder(), "Facture en attente de lecteur")
    assert look(browser, party).status_code == 200
    assert "Facture en attente de lecteur" in browser.get("/documents").text


def test_the_rights_of_a_contact_hold(browser: Browser) -> None:
    party = customer()
    seat = a_seat(party, folders=[folder("c.quotes")])
    a_document(party, folder(), "Une facture")
    a_document(party, folder("c.quotes"), "Un devis")
    assert look(browser, party, access_id=seat.access_id).status_code == 200
    listed = browser.get("/documents").text
    assert "Un devis" in listed and "Une facture" not in listed
    stranger = a_seat(customer())
    assert press(browser, party, access_id=stranger.access_id).status_code == 404


SAID = {
    "none": "Aucun accès n’est ouvert ici",
    "withdrawn": "Cet accès est retiré",
    "frozen": "Ce compte est bloqué",
    "planned": "Cet accès commence le",
    "expired": "Cet accès a pris fin le",
}


@pytest.mark.parametrize("why", ["", *impersonating.SHUT])
def test_the_banner_says_when_the_person_sees_nothing_today(browser: Browser, why: str) -> None:
    party, named = customer(), {}
    if why != "none":
        seat = a_seat(party)
        named = {"access_id": seat.access_id}
        seat.allowed = why != "withdrawn"
        seat.account.frozen_at = now() if why == "frozen" else None
        seat.starts_on = today() + timedelta(days=1) if why == "planned" else today()
        seat.ends_on = today() - timedelta(days=1) if why == "expired" else today()
        db.session.flush()
    text = look(browser, party, **named).text
    assert [each for each in SAID if SAID[each] in text] == ([why] if why else [])
    assert ("ne voit rien de ceci aujourd’hui" in text) == bool(why)
    day = {"planned": today() + timedelta(days=1), "expired": today() - timedelta(days=1)}.get(why)
    assert day is None or format_date(day, "long", locale="fr") in text


def test_nobody_reads_a_payslip_here_whom_no_grant_lets(browser: Browser) -> None:
    employee = customer(key="employees")
    a_seat(employee)
    payslip = a_document(employee, folder("e.payslips"), "Bulletin de mars")
    look(browser, employee)
    assert "Bulletin de mars" not in browser.get("/documents").text
    assert browser.client.get(f"/documents/{payslip.id}/file").status_code == 404
    staff = db.session.scalars(select(Staff)).one()
    role = db.session.scalars(select(Role).where(Role.key == "reader")).one()
    db.session.add(Grant(staff_id=staff.id, role_id=role.id, folder_id=folder("e.payslips").id))
    db.session.flush()
    db.session.expire_all()
    assert "Bulletin de mars" in browser.get("/documents").text


def test_a_ticket_serves_once_soon_and_in_its_own_browser(app: Flask, browser: Browser) -> None:
    party = customer()
    path = ticket(browser, party)
    stranger = Browser(app)
    assert stranger.client.get(path).status_code == 410, "no staff session beside it"
    a_clerk("manager", email="autre@exemple.fr")
    colleague = Browser(app)
    colleague.sign_in_staff(email="autre@exemple.fr")
    assert colleague.client.get(path).status_code == 410, "another’s ticket"
    assert browser.client.get(path).status_code == 303
    assert browser.client.get(path).status_code == 410, "used"
    late = ticket(browser, party)
    row = db.session.scalars(select(PortalSession).where(PortalSession.ticket_hash.is_not(None))).one()
    assert row.ticket_until is not None and row.ticket_until <= now() + impersonating.TICKET
    row.ticket_until = now() - timedelta(seconds=1)
    db.session.flush()
    assert browser.client.get(late).status_code == 410, "too late"
    assert browser.client.get(f"/as-customer/{secrets.token_urlsafe(32)}").status_code == 410
    assert len(looked()) == 1


def test_a_ticket_is_no_cookie(app: Flask, browser: Browser) -> None:
    path = ticket(browser, customer())
    thief = Browser(app)
    thief.client.set_cookie("__Host-guichet", f"s.{path.rsplit('/', 1)[1]}")
    assert thief.client.get("/documents").status_code == 303


@pytest.mark.parametrize("how", ["signed out", "disabled", "role", "an hour"])
def test_it_ends_with_what_it_rests_on(browser: Browser, how: str) -> None:
    party = customer()
    assert look(browser, party).status_code == 200
    staff = db.session.scalars(select(Staff)).one()
    if how == "signed out":
        browser.get("/backoffice/account")
        browser.post("/backoffice/sign-out")
    elif how == "disabled":
        staff.disabled_at = now()
    elif how == "role":
        reader = db.session.scalars(select(Role).where(Role.key == "reader")).one()
        db.session.scalars(select(Grant)).one().role_id = reader.id
    else:
        looking = PortalSession.staff_session_id.is_not(None)
        db.session.scalars(select(PortalSession).where(looking)).one().created_at -= impersonating.LASTS
    db.session.flush()
    db.session.expire_all()
    assert browser.client.get("/documents").status_code == 303


def test_leaving_goes_back_to_the_party_and_ends_it(browser: Browser) -> None:
    party = customer()
    look(browser, party)
    answer = browser.post("/as-customer/leave")
    assert answer.status_code == 303 and answer.location.endswith(f"/backoffice/parties/{party.id}")
    assert browser.client.get("/documents").status_code == 303
    assert browser.get(f"/backoffice/parties/{party.id}").status_code == 200, "the staff session goes on"


@pytest.mark.parametrize(("role", "status"), [("manager", 303), ("referent", 303), ("reader", 403)])
def test_the_permission_is_its_own(app: Flask, browser: Browser, role: str, status: int) -> None:
    a_clerk(role, email=f"{role}@exemple.fr")
    colleague = Browser(app)
    colleague.sign_in_staff(email=f"{role}@exemple.fr")
    assert press(colleague, customer()).status_code == status


def test_scoped_staff_do_not_look_beyond_their_family(app: Flask, browser: Browser) -> None:
    staff = a_clerk("manager", email="f@exemple.fr")
    db.session.scalars(select(Grant).where(Grant.staff_id == staff.id)).one().family_id = office.family("suppliers").id
    colleague = Browser(app)
    colleague.sign_in_staff(email="f@exemple.fr")
    assert press(colleague, customer()).status_code == 404


def test_documents_elsewhere_are_searched_with_the_same_rights(browser: Browser) -> None:
    party = customer()
    a_document(party, folder(), "Facture visible")
    a_document(customer(), folder(), "Facture voisine")
    look(browser, party)
    found = browser.get("/documents?q=facture").text
    assert "Facture visible" in found and "voisine" not in found
    assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 1
    assert db.session.scalar(select(Document.id).where(Document.title == "Facture voisine")) is not None
