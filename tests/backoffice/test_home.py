"""The five steps turn green by what can be seen, never by hand."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from shared import jobs
from shared.access import granting
from shared.access.starting import STEPS
from shared.access.synchronising import synchronise
from shared.clock import now
from shared.config import config, configure
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
    assert _steps(browser)[0] is True

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


def test_the_catcher_is_no_mail_server(browser: Browser) -> None:
    """« Tout est en place » would be said while nobody receives anything."""
    change_company(name="Guichet", legal="", domain="exemple.fr", colour="#1f5fae", contrast=6, by="command")
    db.session.add(Heartbeat(name="tick", at=now()))
    assert _steps(browser)[0] is True
    configure(replace(config(), embedded=config().embedded | {"smtp"}))
    assert _steps(browser)[0] is False
    text = browser.get("/backoffice/").text
    assert "personne ne les reçoit" in text and 'href="/backoffice/settings/mail"' in text


def test_the_domain_that_is_shown_is_the_one_that_counts(browser: Browser) -> None:
    """Prefilled from the portal's address, it is the company's; « localhost » is nobody's."""
    db.session.add(Heartbeat(name="tick", at=now()))
    text = browser.get("/backoffice/").text
    assert _steps(browser)[0] is False and "« localhost », tiré de l’adresse du portail, n’en est pas un" in text
    configure(replace(config(), public_url="https://portail.dubois.fr"))
    assert _steps(browser)[0] is True
    shown = browser.get("/backoffice/settings").text
    assert 'value="portail.dubois.fr" readonly' in shown and "Celui de l’adresse du portail" in shown
    browser.get("/backoffice/settings")
    own = {"sender_name": "", "sender_address": "factures@portail.dubois.fr", "reply_to": "", "default_consent": ""}
    assert browser.post("/backoffice/settings/families/customers", **own).status_code == 303


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
