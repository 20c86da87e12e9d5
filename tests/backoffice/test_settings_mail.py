"""« Messagerie »: the server set on screen is used, its trial tells each stage, its password never comes out."""

import re
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from shared import jobs
from shared.config import config, configure
from shared.events.models import Event
from shared.extensions import db
from shared.settings.mail_server import mail_server, mail_source
from shared.settings.models import Setting, SettingTrial
from shared.settings.reading import forget
from tests.certificates import self_signed
from tests.factories import post
from tests.factories.identity import Browser, a_clerk
from tests.shared.notifications.test_smtp import Server, cut
from tests.sink import Sink, free_port

PASSWORD = "tilleul-secret-8842"


@pytest.fixture
def browser(app: Flask) -> Iterator[Browser]:
    """An installation whose environment says nothing of a mail server."""
    standing = config()
    configure(replace(standing, embedded=standing.embedded | {"smtp"}, smtp=replace(standing.smtp, port=free_port())))
    post.an_installation()
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    browser.get("/backoffice/settings/mail")
    yield browser
    configure(standing)


def save(browser: Browser, port: int, **more: object):  # type: ignore[no-untyped-def]
    fields = {"host": "localhost", "port": port, "tls": "none", "username": "", "timeout": 5}
    return browser.post("/backoffice/settings/mail", **(fields | more))


def tried(browser: Browser, key: str = "mail") -> str:
    """Ask for a trial, let the worker make it, and read the page's words."""
    browser.post(f"/backoffice/settings/trials/{key}")
    trial = db.session.scalars(select(SettingTrial).order_by(SettingTrial.id.desc())).first()
    assert trial is not None
    forget()
    jobs.try_setting(str(trial.id))
    return re.sub(
        r"<[^>]+>|\s+", " ", browser.get("/backoffice/settings/mail" if key == "mail" else "/backoffice/settings").text
    )


def dates_shown(browser: Browser, key: str) -> tuple[str, list[str]]:
    """When the page says that the last trial was asked, and each of its stages made: all on one day of March here."""
    trial = db.session.scalars(select(SettingTrial).where(SettingTrial.key == key)).one()
    trial.asked_at = datetime(2026, 3, 5, 10, 7, tzinfo=UTC)
    trial.stages = [{**stage, "at": trial.asked_at.isoformat()} for stage in trial.stages]
    db.session.flush()
    tab = "mail" if key == "mail" else "transfer"
    found = BeautifulSoup(browser.get(f"/backoffice/settings/{tab}").text, "html5lib").select_one(f"#essai-{key}")
    assert found is not None
    asked, *made = [small.text.strip().partition(",")[0] for small in found.select("small")]
    return asked.replace("\xa0", " "), made


def stages(key: str = "mail") -> dict[str, bool | None]:
    trial = db.session.scalars(
        select(SettingTrial).where(SettingTrial.key == key).order_by(SettingTrial.id.desc())
    ).first()
    assert trial is not None and trial.ended_at is not None
    return {stage["key"]: stage["ok"] for stage in trial.stages}


@pytest.mark.row("P-02")
def test_each_stage_of_the_trial_has_its_result_and_its_date(browser: Browser, sink: Sink) -> None:
    assert "Dernier essai : jamais" in re.sub(r"<[^>]+>", "", browser.get("/backoffice/settings/mail").text)
    save(browser, sink.port)
    words = tried(browser)
    assert all(stages().values()) and len(stages()) == 7
    assert "Envoyé à jeanne@exemple.fr : 250" in words
    assert dates_shown(browser, "mail") == ("Dernier essai : 5 mars 2026 à 11:07", ["05/03/2026 11:07"] * 7)
    (message,) = sink.to("jeanne@exemple.fr")
    assert message.sender.startswith("bounce+") and "Essai d’envoi" in message.subject


def test_a_changed_server_is_tried_at_once_and_the_success_of_the_former_one_goes(browser: Browser, sink: Sink) -> None:
    save(browser, sink.port)
    assert "Réussi" in tried(browser)
    save(browser, free_port())
    panel = BeautifulSoup(browser.get("/backoffice/settings/mail").text, "html5lib").select_one("#essai-mail")
    assert panel is not None and "Essai en cours" in panel.text and "Réussi" not in panel.text
    assert "Échec" in tried(browser)


@pytest.mark.row("P-02")
def test_a_trial_stops_at_the_stage_that_fails_and_says_why(browser: Browser) -> None:
    save(browser, free_port())
    assert "Personne n’écoute sur localhost" in tried(browser)
    assert stages() == {"name": True, "port": False}
    for answers, last, words in (
        ({"GREET": "554 pas vous"}, "greeting", "554 pas vous"),
        ({"MAIL": "550 5.1.8 expediteur inconnu"}, "sender", "5.1.8 expediteur inconnu"),
        ({"RCPT": "550 5.7.1 relais refuse"}, "message", "relais refuse"),
        ({"DOT": cut}, "message", "n’a pas été pris"),
    ):
        server = Server(**answers)  # type: ignore[arg-type]
        save(browser, server.port)
        assert words in tried(browser)
        server.stop()
        assert list(stages())[-1] == last and stages()[last] is False


@pytest.mark.row("P-02")
def test_starttls_is_verified_and_the_password_never_comes_out(
    browser: Browser, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []
    controller = _secured(certificate, heard)
    controller.start()
    try:
        save(browser, controller.port, tls="starttls", username="portail", password=PASSWORD)
        assert "n’est pas reconnu" in tried(browser)
        assert stages()["encryption"] is False and heard == []

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        words = tried(browser)
        assert "certificat reconnu" in words and "« portail » est connecté" in words
        assert all(stages().values()) and heard == [PASSWORD.encode()]
    finally:
        controller.stop()
    _never_shown(browser)


def _never_shown(browser: Browser) -> None:
    sealed = db.session.get_one(Setting, "mail_secret").value
    assert PASSWORD not in sealed and mail_server().password == PASSWORD
    refused = save(browser, 25, tls="starttls", username="autre", password="")
    pages = [refused.text]
    tabs = ("", "/mail", "/portal", "/appearance", "/transfer", "?q=passe")
    pages += [browser.get(f"/backoffice/settings{tab}").text for tab in tabs]
    pages += [browser.get("/backoffice/").text, save(browser, 0, password=PASSWORD).text]
    assert not any(secret in page for page in pages for secret in (PASSWORD, sealed))
    facts = str(db.session.scalars(select(Event.facts)).all()) + str(
        db.session.scalars(select(SettingTrial.stages)).all()
    )
    assert PASSWORD not in facts and sealed not in facts


def test_a_password_is_not_sent_to_another_server(browser: Browser) -> None:
    save(browser, 587, host="smtp.exemple.fr", tls="starttls", username="portail", password=PASSWORD)
    same = {"tls": "starttls", "username": "portail"}
    for other in ({"host": "smtp.ailleurs.fr"}, {"port": 588}, {"username": "moi"}):
        answer = save(browser, **({"port": 587, "host": "smtp.exemple.fr"} | same | other))  # type: ignore[arg-type]
        assert answer.status_code == 422 and "Retapez le mot de passe" in answer.text
    assert save(browser, 587, host="smtp.exemple.fr", timeout=9, **same).status_code == 303
    forget()
    assert (mail_server().password, mail_server().timeout) == (PASSWORD, 9.0)
    save(browser, 587, host="smtp.exemple.fr", forget="y", **same)
    forget()
    assert mail_server().password is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"host": "smtp://x"}, "n’est pas un nom de serveur"),
        ({"host": "a b"}, "n’est pas un nom de serveur"),
        ({"port": 70_000}, "entre 1 et 65535"),
        ({"timeout": 0}, "entre 1 et 600"),
        ({"host": "smtp.exemple.fr", "username": "moi", "password": "x"}, "en clair"),
        ({"tls": "ssl3"}, "Not a valid choice"),
    ],
)
def test_what_cannot_work_is_refused_and_kept_on_screen(
    browser: Browser, fields: dict[str, object], words: str
) -> None:
    answer = save(browser, **({"port": 587} | fields))  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert words in answer.text or "valide" in answer.text
    assert mail_source() == "catcher"


def test_the_environment_wins_and_shows_locked(app: Flask, sink: Sink) -> None:
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    text = browser.get("/backoffice/settings/mail").text
    assert "fixé par la machine" in text
    assert re.search(r'<input[^>]*disabled[^>]*id="host"', text) and 'value="127.0.0.1"' in text
    assert save(browser, 26, host="smtp.exemple.fr").status_code == 422
    assert mail_server() == config().smtp


@pytest.mark.row("P-04")
def test_a_familys_sender_is_tried_on_ones_own_address(browser: Browser, sink: Sink) -> None:
    save(browser, sink.port)
    browser.post("/backoffice/settings/identity/domain", value="dubois.fr", password="parapluie-orange-moulin")
    url = "/backoffice/settings/families/customers"
    browser.post(url, sender_name="", sender_address="", reply_to="contact@dubois.fr", default_consent="")
    browser.post(f"{url}/try")
    trial = db.session.scalars(select(SettingTrial).where(SettingTrial.key == "sender:customers")).one()
    jobs.try_setting(str(trial.id))
    (message,) = sink.to("jeanne@exemple.fr")
    assert (
        "noreply@dubois.fr" in str(message.message["From"]) and str(message.message["Reply-To"]) == "contact@dubois.fr"
    )
    assert "250 2.0.0 OK" in browser.get("/backoffice/settings").text
    assert browser.post("/backoffice/settings/families/inconnue/try").status_code == 404


def test_asked_twice_it_is_tried_once_and_a_lost_one_is_taken_again(browser: Browser, sink: Sink) -> None:
    save(browser, sink.port)
    for _click in range(3):
        browser.post("/backoffice/settings/trials/mail")
    (trial,) = db.session.scalars(select(SettingTrial)).all()
    assert 'hx-trigger="load delay:1s"' in browser.get("/backoffice/settings/mail").text
    for _worker in range(2):
        jobs.try_setting(str(trial.id))
    assert len(sink.received) == 1
    assert 'hx-trigger="load delay:1s"' not in browser.get("/backoffice/settings/mail").text


def test_the_server_is_looked_for_by_its_own_name(browser: Browser) -> None:
    words = tried(browser, "server")
    assert stages("server")["domain"] is True
    assert "localhost" in words


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate of « localhost », key included."""
    return self_signed(tmp_path)


def _secured(certificate: Path, heard: list[bytes]) -> Controller:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def authenticate(
        server: SMTP, session: object, envelope: object, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        heard.append(data.password)
        return AuthResult(success=True)

    return Controller(
        Sink(),
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        authenticator=authenticate,
        auth_require_tls=True,
    )
