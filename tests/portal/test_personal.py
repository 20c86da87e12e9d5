"""A personal address: proved by a code, it takes over when the employee leaves, and nothing is lost."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access.identifiers import accounts_named
from shared.access.models import Seat
from shared.access.personal import pass_over
from shared.clock import today
from shared.extensions import db
from shared.notifications.codes import PURPOSE
from shared.notifications.models import Notification
from shared.notifications.resolving import Ready, resolve
from shared.people.leaving import record_departure
from shared.people.models import EmailSlot
from shared.secrets import unseal
from tests.factories import counter, office, post
from tests.factories.identity import Browser, a_clerk, a_holder

BY, WORK, HOME = "command", "camille@societe.example", "camille@maison.example"


@pytest.fixture
def seat(app: Flask) -> Seat:
    post.an_installation()
    party = office.customer("E1", "Camille Martin", key="employees", addresses={EmailSlot.CARD: WORK})
    return a_holder(party=party, email=WORK)


def code_sent() -> str:
    query = select(Notification).where(Notification.event == "account.address_code_issued")
    line = db.session.scalars(query.order_by(Notification.created_at.desc())).first()
    assert line is not None and line.fixed_address == HOME and line.secret is not None
    return unseal(line.secret, PURPOSE)


def proves(app: Flask, seat: Seat) -> Browser:
    browser = Browser(app)
    browser.sign_in(seat.party.code)
    browser.get("/account/personal-address")
    assert browser.post("/account/personal-address", address=HOME).status_code == 303
    browser.get("/account/personal-address")
    assert browser.post("/account/personal-address/code", code="000000x").status_code == 422
    assert browser.post("/account/personal-address/code", code=code_sent()).status_code == 303
    db.session.expire_all()
    return browser


def next_address(seat: Seat) -> str:
    """Where a notice of a payslip written now would go."""
    document = post.announced(seat.party, office.folder("e.payslips"), "2026-11")
    [line] = post.lines(document)
    rows = db.session.execute(Notification.__table__.select().where(Notification.id == line.id)).mappings().all()
    [answer] = resolve(db.session.connection(), rows)
    assert isinstance(answer, Ready)
    return answer.to.address


@pytest.mark.row("P-80")
@pytest.mark.row("P-92")
def test_when_the_employee_leaves_notices_and_login_pass_to_the_address_proved(app: Flask, seat: Seat) -> None:
    counter.a_document(seat.party, office.folder("e.payslips"), "Bulletin de mars", data=b"%PDF mars")
    browser = proves(app, seat)
    assert next_address(seat) == WORK, "still employed"
    assert [each.id for each in accounts_named(HOME)] == [seat.account_id], "it names the account already"
    record_departure(party=seat.party, left_on=today() - timedelta(days=1), by=BY)
    db.session.flush()
    assert next_address(seat) == HOME
    assert (seat.account.email, [each.id for each in accounts_named(HOME)]) == (HOME, [seat.account_id])
    assert accounts_named(WORK) == [], "the mailbox of the company opens nothing any more"
    assert "Bulletin de mars" in browser.get("/documents/payslips").text
    assert browser.client.get("/documents/zip?class=payslip").status_code == 200
    assert browser.post("/account/personal-address/forget").status_code == 303
    db.session.expire_all()
    assert seat.account.personal_email == HOME, "the only way in is not taken away"


@pytest.mark.row("P-80")
def test_a_departure_to_come_changes_nothing_before_its_day(app: Flask, seat: Seat) -> None:
    proves(app, seat)
    record_departure(party=seat.party, left_on=today() + timedelta(days=10), by=BY)
    assert pass_over() == 0 and next_address(seat) == WORK
    seat.party.left_on = today()
    db.session.flush()
    assert pass_over() == 1 and pass_over() == 0


def test_without_a_personal_address_nothing_changes_and_staff_see_it(app: Flask, seat: Seat) -> None:
    a_clerk()
    record_departure(party=seat.party, left_on=today() - timedelta(days=1), by=BY)
    db.session.flush()
    assert next_address(seat) == WORK and accounts_named(seat.party.code)
    browser = Browser(app)
    browser.sign_in_staff()
    assert "Camille Martin" in browser.get("/backoffice/departures?show=without").text
    shown = browser.get("/backoffice/departures").text
    assert "Camille Martin" in shown and re.search(r"Aucune\b", shown)
    page = browser.get(f"/backoffice/parties/{seat.party_id}/departure").text
    assert "Aucune adresse personnelle prouvée" in page
    assert browser.post(f"/backoffice/parties/{seat.party_id}/departure", left_on="").status_code == 303
    db.session.expire_all()
    assert seat.party.left_on is None


def test_the_address_of_the_record_is_no_personal_one_and_a_company_has_none(app: Flask, seat: Seat) -> None:
    browser = Browser(app)
    browser.sign_in(seat.party.code)
    browser.get("/account/personal-address")
    assert browser.post("/account/personal-address", address=WORK).status_code == 422
    company = a_holder(party=office.customer("C1"))
    other = Browser(app)
    other.sign_in(company.party.code)
    assert other.get("/account/personal-address").status_code == 404
