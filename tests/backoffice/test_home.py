"""The five steps turn green by what can be seen, never by hand."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from shared import jobs
from shared.access import granting
from shared.access.models import Link
from shared.access.starting import STEPS
from shared.access.synchronising import synchronise
from shared.clock import now
from shared.config import config, configure
from shared.documents.models import Folder, Notify
from shared.engines.models import EngineState, Heartbeat
from shared.extensions import db
from shared.notifications.models import Template, TemplateVersion
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


def test_a_step_sends_what_a_party_of_that_family_would_get(browser: Browser, sink: Sink) -> None:
    """The folder that announces and holds the most, its own text, values made up: no link of it opens anything."""
    change_company(name="Guichet", legal="", domain="exemple.fr", colour="#1f5fae", contrast=6, by="command")
    office.family("customers").sender_address = "factures@exemple.fr"
    busiest, idle = office.folder("c.invoices"), office.folder("c.quotes")
    idle.notify, idle.signature_side, idle.on_portal = Notify.IMMEDIATE, None, True
    own = Template(key="les-factures", label="Nos factures", context="document")
    own.versions.append(TemplateVersion(number=1, subject="Facture #numero#", body="Voici #document#. #lien#"))
    db.session.add(own)
    db.session.flush()
    busiest.notify, busiest.template_id = Notify.GROUPED, own.id
    office.filed(office.customer("4"), busiest)
    for step in ("customer_folders", "customer_access"):
        browser.post(f"/backoffice/home/steps/{step}/try")
    for trial in db.session.scalars(select(SettingTrial).order_by(SettingTrial.id)).all():
        jobs.try_setting(str(trial.id))
    paper, access = (each.message for each in sink.to("jeanne@exemple.fr"))
    assert paper["Subject"].startswith("[Essai] Facture ") and "factures@exemple.fr" in paper["From"]
    assert access["Subject"].startswith("[Essai]") and access["Subject"] != paper["Subject"]
    for message in (paper, access):
        words = message.get_body(("plain",)).get_content()
        links = re.findall(r"https?://\S+/\w/\S+", words)
        assert set(links) == {f"{config().public_url}/l/exemple"} and "les valeurs sont inventées" in words
    assert db.session.scalars(select(Link)).all() == []


def test_a_step_of_a_family_that_announces_nothing_says_so(browser: Browser, sink: Sink) -> None:
    for folder in db.session.scalars(select(Folder)):
        folder.notify = Notify.NONE
    db.session.flush()
    browser.post("/backoffice/home/steps/customer_folders/try")
    jobs.try_setting(str(db.session.scalars(select(SettingTrial.id)).one()))
    assert "n’annonce ses documents" in browser.get("/backoffice/").text and sink.received == []


def _steps(browser: Browser) -> list[bool]:
    return [done == "true" for done in re.findall(r'data-done="(true|false)"', browser.get("/backoffice/").text)]
