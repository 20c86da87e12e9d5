"""« Signature »: what signs for the company is changed, tried and listed, and no secret ever comes out again."""

import io

import pytest
from asn1crypto import x509
from flask import Flask
from werkzeug.test import TestResponse

from shared.extensions import db
from shared.intake.trying import run_trials
from shared.signatures.authority import authority
from shared.signatures.authority_models import KeyKind, KeySource
from shared.signatures.keys import current
from shared.signatures.timestamp_listing import servers
from tests.factories import office
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.shared.signatures.test_company import a_file

PAGE = "/backoffice/settings/signature"


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    return signed_in(app)


def test_file_is_brought_tried_and_never_shown(browser: Browser) -> None:
    answer = given(browser, a_file(days=20), "motdepasse")
    assert answer.status_code == 303
    row = current(KeyKind.COMPANY)
    assert row is not None and row.source is KeySource.PKCS12
    run_trials()
    text = browser.get(PAGE).text
    assert "Notaire Dupont" in text
    assert "expire dans" in text
    assert "Réussi" in text
    assert "motdepasse" not in text


def test_wrong_password_says_so_and_changes_nothing(browser: Browser) -> None:
    answer = given(browser, a_file(), "autre")
    assert answer.status_code == 422
    assert "vérifiez le mot de passe" in answer.text
    assert current(KeyKind.COMPANY) is None


def test_token_that_is_not_there(browser: Browser) -> None:
    answer = browser.post(f"{PAGE}/token", module="/nowhere.so", token="Guichet", label="societe", pin="1234")
    assert answer.status_code == 422
    assert "existe pas sur la machine" in answer.text
    assert "1234" not in answer.text


def test_servers_are_listed_in_order(browser: Browser) -> None:
    for name in ("un", "deux"):
        added(browser, f"https://{name}.example.fr/")
    last = servers()[-1]
    assert browser.post(f"{PAGE}/servers/{last.id}/up").status_code == 303
    text = browser.get(PAGE).text
    assert text.index("https://deux.example.fr/") < text.index("https://un.example.fr/")
    assert "ouvre-toi" not in text
    browser.post(f"{PAGE}/servers/{last.id}/remove")
    assert [each.url for each in servers()] == ["https://un.example.fr/"]
    assert added(browser, "ftp://x").status_code == 422


def test_authority_is_downloaded(browser: Browser) -> None:
    assert browser.client.get(f"{PAGE}/authority.crt").status_code == 404
    known = authority().certificate.sha256
    db.session.commit()
    answer = browser.client.get(f"{PAGE}/authority.crt")
    assert x509.Certificate.load(answer.data).sha256 == known
    browser.post(f"{PAGE}/make", compromised="1")
    assert current(KeyKind.COMPANY) is not None


def given(browser: Browser, data: bytes, password: str) -> TestResponse:
    form = {"csrf_token": browser.token, "file": (io.BytesIO(data), "societe.p12"), "password": password}
    answer: TestResponse = browser.client.post(f"{PAGE}/file", data=form, content_type="multipart/form-data")
    return answer


def added(browser: Browser, url: str) -> TestResponse:
    form = {"csrf_token": browser.token, "url": url, "username": "nous", "secret": "ouvre-toi"}
    answer: TestResponse = browser.client.post(f"{PAGE}/servers", data=form)
    return answer
