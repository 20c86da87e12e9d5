"""« Retours » in the settings: the mailbox, its trial, the webhook; the password is never shown again."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from shared.config import Imap, config, configure
from shared.events.models import Event
from shared.extensions import db
from shared.notifications import webhook
from shared.settings.bounce_mailbox import SECRET, bounce_mailbox
from shared.settings.models import Setting, SettingTrial
from shared.settings.reading import forget
from tests.factories import office
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk, signed_in

URL = "/backoffice/settings/bounces"
GOOD = {
    "host": "imap.exemple.fr",
    "port": 993,
    "tls": "tls",
    "username": "retours@exemple.fr",
    "password": "citron-vert-42",
    "folder": "INBOX",
}


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    return signed_in(app)


def test_the_mailbox_is_kept_and_its_password_never_shown(browser: Browser) -> None:
    assert browser.post(URL, **GOOD).status_code == 303
    db.session.expire_all()
    imap = bounce_mailbox()
    assert imap is not None and (imap.host, imap.password) == ("imap.exemple.fr", "citron-vert-42")
    kept = db.session.get(Setting, SECRET)
    assert kept is not None and "citron" not in kept.value
    page = browser.get(URL).text
    assert "imap.exemple.fr" in page and "citron" not in page
    assert not any("citron" in str(event.facts) for event in db.session.scalars(select(Event)))
    assert db.session.scalars(select(SettingTrial.key)).all() == ["bounces"], "it is tried at once"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"host": "imap://exemple"}, "n’est pas un nom de serveur"),
        ({"port": 0}, "entre 1 et 65535"),
        ({"tls": "none"}, "passerait en clair"),
        ({"username": ""}, "Ce champ est vide"),
        ({"password": ""}, "Donnez le mot de passe"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(browser: Browser, changed: dict[str, object], words: str) -> None:
    answer = browser.post(URL, **{**GOOD, **changed})
    assert answer.status_code == 422 and words in answer.text and "citron" not in answer.text
    assert bounce_mailbox() is None


def test_the_password_is_not_sent_to_another_server(browser: Browser) -> None:
    browser.post(URL, **GOOD)
    assert browser.post(URL, **{**GOOD, "password": "", "folder": "Retours"}).status_code == 303
    answer = browser.post(URL, **{**GOOD, "password": "", "host": "imap.pirate.example"})
    assert answer.status_code == 422 and "Retapez le mot de passe" in answer.text
    browser.post(URL, **{**GOOD, "host": "", "password": ""})
    db.session.expire_all()
    assert bounce_mailbox() is None
    kept = db.session.get(Setting, SECRET)
    assert kept is not None and kept.value == ""


def test_what_the_environment_says_wins_and_is_locked(browser: Browser) -> None:
    browser.post(URL, **GOOD)
    standing = config()
    configure(replace(standing, imap=Imap("imap.machine.example", 993, "moi", "secret-de-la-machine", "tls")))
    page = browser.get(URL).text
    assert "imap.machine.example" in page and "secret-de-la-machine" not in page and "IMAP_*" in page
    answer = browser.post(URL, **GOOD)
    assert answer.status_code == 422 and "fixée par la machine" in answer.text
    configure(standing)


def test_the_webhook_is_shown_on_demand_with_a_line_in_the_log(browser: Browser) -> None:
    assert "/webhooks/mail/" not in browser.get(URL).text
    answer = browser.post(f"{URL}/webhook")
    former = webhook.url()
    assert former in answer.text and answer.headers["Cache-Control"] == "no-store"
    shown = db.session.scalars(select(Event).where(Event.name == "webhook.shown")).one()
    assert former not in str(shown.facts)
    answer = browser.post(f"{URL}/webhook", renew="1")
    forget()
    assert former not in answer.text and webhook.url() in answer.text


def test_only_those_who_edit_settings_may(app: Flask) -> None:
    office.an_installation()
    a_clerk("manager", "paul@exemple.fr")
    browser = Browser(app)
    browser.sign_in_staff("paul@exemple.fr", STAFF_PASSWORD)
    assert "Afficher l’adresse" not in browser.get(URL).text
    for action in ("", "/test", "/webhook"):
        assert browser.post(f"{URL}{action}").status_code == 403
