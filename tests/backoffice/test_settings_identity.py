"""The four protected fields: prefilled, locked, changed with the password, and honest about what they break."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shared import links
from shared.access.models import LinkPurpose
from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification, Status, Template
from shared.settings.identity import drawn_identifier
from shared.settings.models import Setting
from shared.settings.reading import company, forget, setting
from tests.factories import office
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk, a_holder, a_mailed_link, signed_in

SECRET = "herbe-quartz-lampe-9417"


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    return signed_in(app)


def change(browser: Browser, field: str, value: str, password: str = STAFF_PASSWORD) -> TestResponse:
    browser.get(f"/backoffice/settings/identity/{field}")
    return browser.post(f"/backoffice/settings/identity/{field}", value=value, password=password)


def audit_lines() -> int:
    names = ("company.changed", "setting.changed")
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.name.in_(names))) or 0


@pytest.mark.row("P-03")
def test_the_four_fields_come_prefilled_and_locked(browser: Browser) -> None:
    text = browser.get("/backoffice/settings").text
    assert "NE PAS LES MODIFIER" in text
    shown = dict(re.findall(r'id="identite-(\w+)" type="text" value="([^"]*)" readonly', text))
    assert shown == {
        "company": "Guichet",
        "domain": "localhost",
        "identifier": drawn_identifier(),
        "secret": "••••••••••••",
    }


@pytest.mark.row("P-03")
def test_the_domain_asks_the_password_says_what_breaks_and_leaves_one_line(browser: Browser) -> None:
    seat = a_holder("4")
    for purpose in (LinkPurpose.ACTIVATION, LinkPurpose.TARGET, LinkPurpose.DOCUMENT):
        a_mailed_link(seat, purpose)
    a_mailed_link(seat, LinkPurpose.RESET, used_at=db.session.scalar(select(func.now())))
    assert "3 liens seraient rompus" in browser.get("/backoffice/settings/identity/domain").text

    for password in ("", "faux"):
        refused = change(browser, "domain", "dubois.fr", password)
        assert refused.status_code == 422 and 'value="dubois.fr"' in refused.text
        assert "3 liens seraient rompus" in refused.text
    assert audit_lines() == 0 and company().domain == ""

    assert change(browser, "domain", "www.Dubois.fr").status_code == 303
    assert audit_lines() == 1
    forget()
    assert company().domain == "dubois.fr"
    assert "noreply@dubois.fr" in browser.get("/backoffice/settings").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("domain", "pas un domaine"), ("domain", ""), ("company", " "), ("identifier", "é!"), ("secret", "trop court")],
)
def test_a_value_that_is_wrong_is_refused_in_words(browser: Browser, field: str, value: str) -> None:
    answer = change(browser, field, value)
    assert answer.status_code == 422
    assert "g-field__error" in answer.text
    assert audit_lines() == 0


@pytest.mark.row("P-03")
@pytest.mark.parametrize(("field", "value"), [("secret", SECRET), ("identifier", "DUBOIS-2026")])
def test_what_signs_the_links_ends_them_as_it_said(browser: Browser, field: str, value: str) -> None:
    link = a_mailed_link(a_holder("4"), LinkPurpose.RESET)
    token = links.token(link)
    assert links.read(token, LinkPurpose.RESET) == link.id
    assert "1 lien serait rompu" in browser.get(f"/backoffice/settings/identity/{field}").text

    assert change(browser, field, value).status_code == 303
    forget()
    assert links.read(token, LinkPurpose.RESET) is None
    assert links.read(links.token(link), LinkPurpose.RESET) == link.id
    assert audit_lines() == 1
    assert 'name="password"' not in browser.client.get(f"/r/{token}").text


@pytest.mark.row("P-02")
def test_the_installations_password_never_comes_out(browser: Browser) -> None:
    change(browser, "secret", SECRET)
    refused = browser.post("/backoffice/settings/identity/secret", value=SECRET, password="faux")
    sealed = db.session.get_one(Setting, "installation_secret").value
    assert SECRET not in sealed
    pages = [
        refused.text,
        *(browser.get(f"/backoffice/settings{tab}").text for tab in ("", "/identity/secret", "/mail")),
    ]
    assert not any(secret in page for page in pages for secret in (SECRET, sealed))
    assert SECRET not in str(db.session.scalars(select(Event.facts)).all())
    assert setting("installation_id") == ""


def test_tries_at_the_password_are_counted(browser: Browser) -> None:
    for _try in range(11):
        assert change(browser, "company", "Autre", "faux").status_code == 422
    assert change(browser, "company", "Autre").status_code == 422, "now even the right one waits"


def test_the_domain_says_whose_messages_would_come_from_elsewhere(browser: Browser) -> None:
    assert change(browser, "domain", "dubois.fr").status_code == 303
    office.family("employees").sender_address = "paie@dubois.fr"
    db.session.flush()
    text = browser.get("/backoffice/settings/identity/domain").text
    assert "noreply@dubois.fr changerait" in text and "Écrivent par lui : Clients" in text
    assert "Salariés (paie@dubois.fr)" in text


def test_a_family_never_keeps_a_sender_that_the_new_domain_forbids(browser: Browser) -> None:
    change(browser, "domain", "dubois.fr")
    office.family("employees").sender_address = "paie@dubois.fr"
    db.session.commit()
    refused = change(browser, "domain", "durand.fr")
    assert refused.status_code == 422 and "« Salariés » écrit depuis paie@dubois.fr" in refused.text
    assert "ajoutez d’abord dubois.fr" in refused.text
    forget()
    assert company().domain == "dubois.fr"

    browser.get("/backoffice/settings")
    assert browser.post("/backoffice/settings/domains", domains="dubois.fr").status_code == 303
    assert change(browser, "domain", "durand.fr").status_code == 303


@pytest.mark.parametrize("field", ["identifier", "secret"])
def test_what_signs_the_links_ends_those_that_refuse_information_too(browser: Browser, field: str) -> None:
    """They are derived from the message and no row keeps them, so that « 0 lien » would be a lie."""
    assert re.search("0 messages? en portai", browser.get(f"/backoffice/settings/identity/{field}").text)
    news = Template(key="lettre", label="Lettre", context="party", kind="information")
    db.session.add(news)
    db.session.flush()
    for days, channel in ((1, "email"), (2, "sms"), (40, "email")):
        line = Notification(event="x", template=news, message_id=f"<{days}@x>", channel=channel, status=Status.SENT)
        line.sent_at = now() - timedelta(days=days)
        db.session.add(line)
    db.session.flush()
    text = browser.get(f"/backoffice/settings/identity/{field}").text
    assert "0 lien serait rompu" in text and "1 message en portait un depuis 30 jours" in text
