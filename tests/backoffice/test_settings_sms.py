"""« SMS »: the provider set on screen is used, its trial tells each stage, its key never comes out."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from shared import jobs
from shared.config import config, configure
from shared.engines.checking import check_engines, engine_states
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Template
from shared.settings.models import Setting, SettingTrial
from shared.settings.reading import forget
from shared.settings.sms_provider import sms_provider, sms_source
from tests.factories import counter
from tests.factories.identity import Browser
from tests.sink import free_port
from tests.sms import ACCOUNT, KEY, Provider

PHONE = "+33612345678"


def save(browser: Browser, where: str, **more: object):  # type: ignore[no-untyped-def]
    fields = {"shape": "brevo", "address": where, "account": "", "key": KEY, "sender": "LUMIERE", "timeout": 2}
    return browser.post("/backoffice/settings/sms", **(fields | more))


def tried(browser: Browser, number: str = "06 12 34 56 78") -> str:
    browser.post("/backoffice/settings/sms/try", number=number)
    trial = db.session.scalars(select(SettingTrial).order_by(SettingTrial.id.desc())).first()
    assert trial is not None
    forget()
    jobs.try_setting(str(trial.id))
    return re.sub(r"<[^>]+>|\s+", " ", browser.get("/backoffice/settings/sms").text)


def test_the_provider_is_used_and_its_key_never_comes_out(browser: Browser, provider: Provider) -> None:
    assert "aucun SMS ne part" in browser.get("/backoffice/settings/sms").text and sms_provider() is None
    assert save(browser, provider.url).status_code == 303
    forget()
    kept = sms_provider()
    assert kept is not None and (kept.shape, kept.key, kept.sender) == ("brevo", KEY, "LUMIERE")
    page = browser.get("/backoffice/settings/sms").text
    assert KEY not in page and provider.url in page
    assert KEY not in str([row.value for row in db.session.scalars(select(Setting))])
    assert KEY not in str([event.facts for event in db.session.scalars(select(Event))])
    said = tried(browser)
    assert "Réussi" in said and "La clé est reconnue" in said and "1 SMS" in said
    assert [text.to for text in provider.texts] == [PHONE] and "Essai d'envoi" in provider.texts[0].body


def test_a_key_is_never_sent_elsewhere_than_where_it_was_typed_for(browser: Browser, provider: Provider) -> None:
    save(browser, provider.url)
    for changed in ({"address": "https://ailleurs.example"}, {"shape": "twilio", "account": ACCOUNT}):
        said = save(browser, provider.url, **changed, key="")
        assert said.status_code == 422 and "Retapez la clé" in said.text
    assert save(browser, provider.url, key="", sender="AUTRE NOM").status_code == 303
    assert save(browser, provider.url, shape="twilio", account=ACCOUNT, sender="+33644630000").status_code == 303
    assert "Réussi" in tried(browser) and provider.texts[-1].shape == "twilio"
    assert save(browser, "", shape="").status_code == 303
    forget()
    assert sms_source() == "none"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"address": "http://sms.example"}, "https://"),
        ({"address": "https://a:b@sms.example"}, "https://"),
        ({"sender": "É"}, "lettres"),
        ({"sender": "123456789012345678"}, "lettres"),
        ({"shape": "twilio"}, "AC"),
        ({"key": ""}, "clé"),
        ({"timeout": "0"}, "entre"),
    ],
)
def test_what_cannot_work_is_refused_with_what_to_write(
    browser: Browser, changed: dict[str, object], word: str
) -> None:
    said = save(browser, "https://sms.example", **changed)
    assert said.status_code == 422 and word in said.text and KEY not in said.text
    forget()
    assert sms_source() == "none"


def test_a_trial_stops_at_the_stage_that_fails(browser: Browser, provider: Provider) -> None:
    save(browser, provider.url, key="fausse")
    said = tried(browser)
    assert "ne reconnaît pas la clé" in said and not provider.texts
    save(browser, f"http://127.0.0.1:{free_port()}")
    assert "Personne n’écoute" in tried(browser)
    refused = browser.post("/backoffice/settings/sms/try", number="01 23 45 67 89")
    assert refused.status_code == 422 and "mobile" in refused.text


def test_the_provider_is_an_engine_only_while_it_is_set(browser: Browser, provider: Provider) -> None:
    check_engines()
    assert "sms" not in {state.name for state in engine_states()}
    save(browser, f"http://127.0.0.1:{free_port()}")
    forget()
    check_engines()
    assert {state.name: state.up for state in engine_states()}["sms"] is False
    save(browser, provider.url)
    forget()
    check_engines()
    assert {state.name: state.up for state in engine_states()}["sms"] is True
    save(browser, "", shape="")
    forget()
    check_engines()
    assert "sms" not in {state.name for state in engine_states()}


def test_the_catcher_takes_sms_only_while_it_takes_the_mails_too(browser: Browser) -> None:
    standing = config()
    configure(replace(standing, embedded=standing.embedded | {"smtp"}))
    try:
        forget()
        kept = sms_provider()
        assert sms_source() == "catcher" and kept is not None
        assert kept.url == f"http://127.0.0.1:{standing.catcher_http_port}"
        assert "boîte d’essai" in browser.get("/backoffice/settings/sms").text
        browser.post("/backoffice/settings/mail", host="localhost", port=25, tls="none", username="", timeout=5)
        forget()
        assert sms_source() == "none", "a code into a page of this machine would be lost to whoever waits for it"
    finally:
        configure(standing)


def test_the_text_of_an_sms_shows_what_it_costs(browser: Browser) -> None:
    template = db.session.scalars(select(Template).where(Template.key == "signature.code_issued.sms")).one()
    assert template.channel == "sms"
    counter.a_party("C9", family=counter.a_family("customers"))
    url = f"/backoffice/templates/{template.id}"
    said = browser.get(url).text
    assert re.search(r"\d+ caractères</?[^>]*>?, <strong>[12].SMS</strong>|\d+.caractères, <strong>[12].SMS", said)
    longer = browser.post(f"{url}/preview", subject="x", body="ê" * 71).text
    assert "71 caractères" in longer.replace("\xa0", " ") and "70 caractères au lieu de 160" in longer
    assert "<strong>2 SMS</strong>" in longer.replace("\xa0", " ")
