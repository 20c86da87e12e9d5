"""The five steps turn green by what can be seen, never by hand."""

import re

import pytest
from sqlalchemy import select

from shared import jobs
from shared.access import granting
from shared.access.starting import STEPS
from shared.access.synchronising import synchronise
from shared.clock import now
from shared.engines.models import EngineState, Heartbeat
from shared.extensions import db
from shared.settings.branding import change_company
from shared.settings.models import SettingTrial
from tests.factories import office
from tests.factories.identity import Browser
from tests.sink import Sink


@pytest.mark.row("P-01")
def test_each_step_turns_green_only_when_its_own_check_passes(browser: Browser) -> None:
    assert _steps(browser) == [False, False, False, False, False]

    change_company(name="Guichet", legal="", domain="exemple.fr", colour="#1f5fae", contrast=6, by="command")
    assert _steps(browser)[0] is False  # nobody has looked at the engines
    db.session.add(Heartbeat(name="tick", at=now()))
    assert _steps(browser) == [True, False, False, False, False]
    db.session.add(EngineState(name="smtp", up=False, reason="…", since=now(), checked_at=now()))
    assert _steps(browser)[0] is False
    db.session.get(EngineState, "smtp").up = True  # type: ignore[union-attr]

    shop = office.customer("4")
    office.filed(shop, office.folder("c.invoices"))
    assert _steps(browser) == [True, True, False, False, False]

    granting.allow(access=granting.grant(party=shop, by="command"), by="command")
    assert _steps(browser)[2] is False
    synchronise()
    assert _steps(browser) == [True, True, True, False, False]

    employee = office.customer("E1", key="employees")
    office.filed(employee, office.folder("e.payslips"))
    assert _steps(browser) == [True, True, True, True, False]
    granting.allow(access=granting.grant(party=employee, by="command"), by="command")
    synchronise()
    assert _steps(browser) == [True, True, True, True, True]


def test_each_step_leads_to_the_page_that_does_it(browser: Browser) -> None:
    text = browser.get("/backoffice/").text

    for url in ("/backoffice/settings", "/backoffice/access?family=customers", "/backoffice/access?family=employees"):
        assert f'href="{url}"' in text


@pytest.mark.row("P-01")
def test_each_step_sends_a_real_message_to_ones_own_address(browser: Browser, sink: Sink) -> None:
    change_company(name="Guichet", legal="", domain="exemple.fr", colour="#1f5fae", contrast=6, by="command")
    before = _steps(browser)
    for step in STEPS:
        assert browser.post(f"/backoffice/home/steps/{step}/try").status_code == 303
    for trial in db.session.scalars(select(SettingTrial)).all():
        jobs.try_setting(str(trial.id))

    assert [each.recipients for each in sink.received] == [["jeanne@exemple.fr"]] * 5
    text = browser.get("/backoffice/").text
    assert text.count("Envoyé à jeanne@exemple.fr : 250 2.0.0 OK") == 5
    assert _steps(browser) == before, "a test turns nothing green"
    assert browser.post("/backoffice/home/steps/autre/try").status_code == 404


def _steps(browser: Browser) -> list[bool]:
    return [done == "true" for done in re.findall(r'data-done="(true|false)"', browser.get("/backoffice/").text)]
