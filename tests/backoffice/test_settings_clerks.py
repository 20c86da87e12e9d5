"""Two clerks on one panel of « Paramètres internet »: the second sees both texts, and secrets stay secret."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from shared.config import config, configure
from shared.extensions import db
from shared.settings.reading import forget
from tests.factories import post
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk

SETTINGS = "/backoffice/settings"
MAIL = {"host": "smtp.un.example", "port": 587, "tls": "starttls", "username": "portail", "timeout": 30}
TRANSFER = {"protocol": "sftp", "server": "ftp.un.example", "port": "", "login": "erp", "path": "", "temporary": "pris"}
FAMILY = {"sender_name": "Un", "sender_address": "", "reply_to": "", "default_consent": ""}
DELAYS = {
    "grouping_window_seconds": 60,
    "activation_link_hours": 72,
    "reset_link_hours": 2,
    "document_link_days": 31,
    "initial_password_days": 30,
}
CASES = (  # the page, where its form goes, what the first clerk saves, what the second types, two words of the page
    ("", "/company", {"legal": "SAS Un"}, {"legal": "SAS Deux"}, ("SAS Un", "SAS Deux")),
    ("", "/domains", {"domains": "un.example"}, {"domains": "deux.example"}, ("un.example", "deux.example")),
    ("", "/families/customers", FAMILY, FAMILY | {"sender_name": "Deux"}, ("Un", "Deux")),
    ("/portal", "/mode", {"synchronisation": "manual"}, {"synchronisation": "automatic"}, ("Manuelle", "Automatique")),
    ("/portal", "/delays", DELAYS, DELAYS | {"document_link_days": 45}, ("31", "45")),
    ("/portal", "/password-by-mail", {"allowed": "1"}, {}, ("oui", "non")),
    ("/mail", "/mail", MAIL, MAIL | {"host": "smtp.deux.example"}, ("smtp.un.example", "smtp.deux.example")),
    ("/transfer", "/transfer", TRANSFER, TRANSFER | {"server": "ftp.deux.example"}, ("ftp.un.example", "ftp.deux.")),
    ("/identity/company", "/identity/company", {"value": "Un"}, {"value": "Deux"}, ("Un", "Deux")),
)
SECRETS = {"/mail": "password", "/transfer": "password", "/identity/company": "password"}


@pytest.fixture
def clerks(app: Flask) -> tuple[Browser, Browser]:
    """Marc saves first; Jeanne has the page open meanwhile."""
    standing = config()
    configure(replace(standing, embedded=standing.embedded | {"smtp"}))
    post.an_installation()
    a_clerk()
    a_clerk(email="marc@exemple.fr").name = "Marc Petit"
    db.session.commit()
    marc, jeanne = Browser(app), Browser(app)
    marc.sign_in_staff("marc@exemple.fr")
    jeanne.sign_in_staff()
    return marc, jeanne


def mark(browser: Browser, page: str, action: str) -> str:
    soup = BeautifulSoup(browser.get(SETTINGS + page).text, "html5lib")
    found = soup.select_one(f'form[action="{SETTINGS}{action}"] input[name=seen]')
    assert found is not None and found["value"], f"{page} {action}"
    return str(found["value"])


def typed(page: str, values: dict[str, object], secret: str) -> dict[str, object]:
    known = STAFF_PASSWORD if page.startswith("/identity") else secret
    return values | ({SECRETS[page]: known} if page in SECRETS else {})


@pytest.mark.parametrize(("page", "action", "first", "second", "words"), CASES, ids=[each[1] for each in CASES])
def test_the_second_clerk_sees_both_texts_and_who_wrote_the_first(
    clerks: tuple[Browser, Browser],
    page: str,
    action: str,
    first: dict[str, object],
    second: dict[str, object],
    words: tuple[str, str],
) -> None:
    marc, jeanne = clerks
    shown, seen = mark(jeanne, page, action), mark(marc, page, action)
    assert marc.post(SETTINGS + action, **typed(page, first, "chêne-4471"), seen=seen).status_code == 303
    forget()
    refused = jeanne.post(SETTINGS + action, **typed(page, second, "sapin-9920"), seen=shown)
    assert refused.status_code == 409, refused.text
    both = BeautifulSoup(refused.text, "html5lib").select_one("[data-clash]")
    assert both is not None
    told = both.get_text(" ", strip=True)
    assert "Marc Petit" in told and "Rien n’a été écrasé" in told
    assert words[0] in told and words[1] in told
    assert "chêne-4471" not in refused.text and "sapin-9920" not in refused.text

    tab = BeautifulSoup(refused.text, "html5lib").select_one('.g-tabs [aria-current="page"]')
    assert tab is None or str(tab["href"]) == SETTINGS + page, "still on the tab where it was typed"

    form = BeautifulSoup(refused.text, "html5lib").select_one(f'form[action="{SETTINGS}{action}"]')
    assert form is not None
    for name, value in second.items():
        fields = form.select(f'[name="{name}"]')
        kept = {str(each.get("value", each.text)) for each in fields} | {each.text.strip() for each in fields}
        assert str(value) in kept or str(value) in str(fields), f"{name}: one's own text is kept"
    again = form.select_one("input[name=seen]")
    assert again is not None and again["value"] != shown
    informed = jeanne.post(SETTINGS + action, **typed(page, second, "sapin-9920"), seen=again["value"])
    assert informed.status_code == 303, informed.text


def test_a_secret_changed_by_another_is_told_and_shown_to_nobody(clerks: tuple[Browser, Browser]) -> None:
    marc, jeanne = clerks
    marc.get(f"{SETTINGS}/mail")
    marc.post(f"{SETTINGS}/mail", **MAIL, password="chêne-4471")
    shown = mark(jeanne, "/mail", "/mail")
    marc.post(f"{SETTINGS}/mail", **MAIL, password="bouleau-3306", seen=mark(marc, "/mail", "/mail"))
    forget()
    refused = jeanne.post(f"{SETTINGS}/mail", **MAIL, password="sapin-9920", seen=shown)
    assert refused.status_code == 409 and "jamais affiché" in refused.text
    assert not any(word in refused.text for word in ("chêne-4471", "bouleau-3306", "sapin-9920"))


def test_what_nobody_else_touched_is_saved_without_a_question(clerks: tuple[Browser, Browser]) -> None:
    marc, jeanne = clerks
    shown = mark(jeanne, "", "/company")
    marc.post(f"{SETTINGS}/domains", domains="un.example", seen=mark(marc, "", "/domains"))
    assert jeanne.post(f"{SETTINGS}/company", legal="SAS Deux", seen=shown).status_code == 303
