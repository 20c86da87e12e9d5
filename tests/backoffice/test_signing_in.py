"""The door of the back office, and the very first start."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shared.access.staff_signing_in import administrator_of_environment, setup_code
from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.people.commands import staff as commands
from shared.people.models import Role, Staff
from shared.people.staffing import ship_roles, staff_named
from shared.web.permissions import PORTAL, Permission
from tests.factories.identity import OTHER, STAFF_PASSWORD, Browser, a_clerk, a_holder


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def is_in(browser: Browser) -> bool:
    return browser.client.get("/backoffice/account").status_code == 200


def test_staff_come_in_and_go_out(browser: Browser) -> None:
    a_clerk()
    assert browser.sign_in_staff_by_form(" Jeanne@Exemple.FR ").location == "/backoffice/"
    assert is_in(browser) and browser.cookie("__Host-guichet-staff").startswith("s.")
    page = browser.get("/backoffice/account")
    assert "Jeanne Roy" in page.text and "Administrateur" in page.text
    assert browser.post("/backoffice/sign-out").headers["Clear-Site-Data"]
    assert not is_in(browser)


def test_everybody_else_gets_one_answer(app: Flask) -> None:
    a_clerk()
    a_clerk(email="partie@exemple.fr").disabled_at = now()
    tries = [("jeanne@exemple.fr", "faux"), ("inconnu@exemple.fr", "faux"), ("partie@exemple.fr", STAFF_PASSWORD)]
    answers = {Browser(app).sign_in_staff_by_form(email, password).status_code for email, password in tries}
    assert answers == {422}
    assert len(db.session.scalars(select(Event).where(Event.name == "staff.login_refused")).all()) == 3


def test_a_disabled_one_is_out_at_the_next_request(browser: Browser) -> None:
    clerk = a_clerk()
    browser.sign_in_staff_by_form()
    assert is_in(browser)
    clerk.disabled_at = now()
    assert not is_in(browser)


def test_a_session_ends_when_idle_and_after_a_day_of_work(browser: Browser) -> None:
    a_clerk()
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        browser.sign_in_staff_by_form()
        for _hour in range(11):
            clock.shift(timedelta(hours=1))
            assert is_in(browser)
        clock.shift(timedelta(hours=1, seconds=1))
        assert not is_in(browser)
        browser.sign_in_staff_by_form()
        clock.shift(timedelta(hours=2, seconds=1))
        assert not is_in(browser)


def test_the_other_face_does_not_take_the_cookie(app: Flask, browser: Browser) -> None:
    a_clerk()
    a_holder("C1")
    browser.sign_in_staff_by_form()
    secret = browser.cookie("__Host-guichet-staff")
    portal = Browser(app)
    portal.client.set_cookie("__Host-guichet", secret)
    assert not portal.is_in
    customer = Browser(app)
    customer.sign_in("C1")
    staff = Browser(app)
    staff.client.set_cookie("__Host-guichet-staff", customer.cookie())
    assert not is_in(staff) and not browser.is_in


def test_a_change_of_password_closes_the_others(app: Flask, browser: Browser) -> None:
    a_clerk()
    other = Browser(app)
    other.sign_in_staff_by_form()
    browser.sign_in_staff_by_form()
    browser.get("/backoffice/account")
    assert browser.post("/backoffice/account/password", old="faux", password=OTHER).status_code == 422
    assert browser.post("/backoffice/account/password", old=STAFF_PASSWORD, password="jeanne roy 12").status_code == 422
    assert browser.post("/backoffice/account/password", old=STAFF_PASSWORD, password=OTHER).status_code == 303
    assert is_in(browser) and not is_in(other)


def test_devices_are_closed(app: Flask, browser: Browser) -> None:
    a_clerk()
    other = Browser(app)
    other.sign_in_staff_by_form()
    browser.sign_in_staff_by_form()
    browser.get("/backoffice/account")
    browser.post("/backoffice/account/devices/end-all")
    assert is_in(browser) and not is_in(other)


def test_the_first_visitor_with_the_code_becomes_administrator(app: Flask, browser: Browser) -> None:
    assert browser.get("/backoffice/sign-in").location == "/backoffice/first-start"
    browser.get("/backoffice/first-start")
    fields = {"name": "Jeanne Roy", "email": "Jeanne@exemple.fr", "password": STAFF_PASSWORD}
    wrong = browser.post("/backoffice/first-start", code="acde-fghj-kmnp", **fields)
    assert wrong.status_code == 422 and "terminal" in wrong.text and "Jeanne Roy" in wrong.text
    weak = browser.post("/backoffice/first-start", code=setup_code(), **{**fields, "password": "jeanne"})
    assert weak.status_code == 422 and not db.session.scalars(select(Staff)).all()
    assert browser.post("/backoffice/first-start", code=setup_code().upper(), **fields).location == "/backoffice/"
    assert staff_named("jeanne@exemple.fr")
    assert browser.get("/backoffice/").location == "/backoffice/second-factor", "the first one enrols before all else"
    late = Browser(app)
    assert late.get("/backoffice/first-start").status_code == 404
    late.get("/backoffice/sign-in")
    assert late.post("/backoffice/first-start", code=setup_code(), **fields).status_code == 404


def test_the_setup_code_is_not_guessed(app: Flask, browser: Browser) -> None:
    browser.get("/backoffice/first-start")
    fields = {"name": "X", "email": "x@exemple.fr", "password": STAFF_PASSWORD}
    with time_machine.travel(now(), tick=False):
        for number in range(10):
            browser.post("/backoffice/first-start", code=f"aaaa-aaaa-{number}", **fields)
        assert browser.post("/backoffice/first-start", code=setup_code(), **fields).status_code == 422


def test_the_environment_may_name_the_first_administrator(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from shared import config

    assert administrator_of_environment() is None
    wanted = replace(config.config(), admin_email="chef@exemple.fr", admin_password=STAFF_PASSWORD, admin_name="Chef")
    monkeypatch.setattr(config, "_current", wanted)
    made = administrator_of_environment()
    assert made and made.email == "chef@exemple.fr" and made.grants[0].role.key == "administrator"
    assert administrator_of_environment() is None


def test_shipped_roles_name_permissions_that_exist(app: Flask) -> None:
    assert ship_roles() == 4 and ship_roles() == 0
    known = {str(permission) for permission in Permission}
    roles = {role.key: set(role.permissions) for role in db.session.scalars(select(Role))}
    assert all(permissions <= known for permissions in roles.values())
    assert roles["administrator"] == known - {str(one) for one in PORTAL}
    assert roles["reader"] < roles["referent"] < roles["manager"] < roles["administrator"]
    assert not [one for one in roles["reader"] if one.endswith((":edit", ":send", ":act")) and "account" not in one]


def test_an_operator_creates_staff_and_gives_passwords(app: Flask) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(commands, ["create", "paul@exemple.fr", "--name", "Paul", "--password", STAFF_PASSWORD])
    assert made.exit_code == 0 and "Administrateur" in made.output, made.output
    twice = runner.invoke(commands, ["create", "paul@exemple.fr", "--name", "Paul", "--password", STAFF_PASSWORD])
    assert twice.exit_code == 1 and "déjà" in twice.output
    weak = runner.invoke(commands, ["password", "paul@exemple.fr", "--password", "court"])
    assert weak.exit_code == 1 and "trop court" in weak.output
    assert runner.invoke(commands, ["password", "paul@exemple.fr", "--password", OTHER]).exit_code == 0
    assert runner.invoke(commands, ["setup-code"]).output.startswith("Un gestionnaire existe")
