"""« FTP / Stockage »: what is saved is used, its last test is told with its date, its password never."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from shared.config import Config, configure, load
from shared.events.models import Event
from shared.extensions import db
from shared.intake import trying
from shared.intake.collecting import GIVE_UP, collect
from shared.intake.models import Arrival
from shared.intake.transfer import Transfer, standing
from shared.intake.watching import link_state
from shared.settings.models import SettingTrial
from shared.settings.reading import forget
from tests.backoffice.test_settings_mail import dates_shown
from tests.factories import office
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.ftp import PASSWORD, Dropbox, running_ftp, running_sftp
from tests.shared.documents.corpus import pdf
from tests.shared.intake.test_watching import look_twice

URL = "/backoffice/settings/transfer"


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    return signed_in(app)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Dropbox]:
    with running_sftp(tmp_path / "serveur") as box:
        yield box


def tried() -> int:
    """What the worker does, which reads the settings anew."""
    forget()
    return trying.run_trials()


def stands() -> Transfer:
    forget()
    return standing()


@pytest.mark.row("P-02", "P-06", "P-07")
def test_what_is_saved_is_tested_and_used_and_its_password_never_shown(browser: Browser, box: Dropbox) -> None:
    answer = browser.post(URL, **box.settings)
    assert answer.status_code == 303
    shown = browser.get(URL)
    assert "Essai en cours" in shown.text
    assert 'hx-trigger="load delay:2s"' in shown.text
    assert tried() == 1

    shown = browser.get(URL)
    assert "Réussi" in shown.text
    for words in ("Nom du serveur", "Port", "Identifiant", "Liste", "Écriture", "Lecture", "Suppression"):
        assert words in shown.text
    assert "SHA256:" in shown.text
    assert dates_shown(browser, "transfer") == ("Dernier essai : 5 mars 2026 à 11:07", ["05/03/2026 11:07"] * 7)
    assert 'value="sortie"' in shown.text
    box.drop("scan0001.pdf", pdf())
    assert look_twice() == 1
    told = browser.get(URL).text
    assert "scan0001.pdf" in told
    assert "À rattacher" in told
    sealed = db.session.execute(db.text("SELECT value->>'password' FROM setting WHERE key = 'transfer'")).scalar()
    everything = shown.text + told + str(db.session.scalars(select(Event.facts)).all())
    assert PASSWORD not in everything + str(sealed)
    assert str(sealed) not in everything


@pytest.mark.row("P-07")
def test_the_failing_stage_is_named_on_the_page(browser: Browser, box: Dropbox) -> None:
    browser.post(URL, **{**box.settings, "password": "faux"})
    tried()
    text = browser.get(URL).text
    assert "Échec" in text
    assert "Le serveur refuse cet identifiant ou ce mot de passe." in text
    assert "pas essayé" in text
    assert "faux" not in text


@pytest.mark.row("P-06")
def test_plain_ftp_is_refused_until_its_warning_is_ticked(browser: Browser, tmp_path: Path) -> None:
    with running_ftp(tmp_path / "serveur", tls=False) as plain:
        answer = browser.post(URL, **plain.settings)
        assert answer.status_code == 422
        assert "circulent en clair" in answer.text
        assert 'value="erp"' in answer.text, "what was typed is kept"
        assert not stands().is_set
        assert browser.post(URL, **plain.settings, accept_plain="y").status_code == 303
    assert "Accepté par Jeanne Roy" in browser.get(URL).text
    facts = db.session.scalars(select(Event.facts).where(Event.name == "setting.changed")).all()
    assert any(each.get("plain_accepted") for each in facts)


def test_the_page_follows_the_test_without_being_loaded_again(browser: Browser) -> None:
    browser.post(f"{URL}/test", kind="storage")
    asked = {"HX-Request": "true", "HX-Target": "div%23trials"}
    fragment = browser.get(URL, headers=asked).text
    assert "<h1" not in fragment
    assert 'hx-trigger="load delay:2s"' in fragment
    tried()
    fragment = browser.get(URL, headers=asked).text
    assert "Réussi" in fragment
    assert 'hx-trigger="load delay:2s"' not in fragment


def test_a_wrong_field_is_named_and_nothing_typed_is_lost(browser: Browser, box: Dropbox) -> None:
    answer = browser.post(URL, **{**box.settings, "temporary": "../ailleurs"})
    assert answer.status_code == 422
    assert "ne remonte pas" in answer.text
    assert 'value="../ailleurs"' in answer.text
    assert PASSWORD not in answer.text
    assert not stands().is_set


def test_emptying_the_server_ends_the_link(browser: Browser, box: Dropbox) -> None:
    browser.post(URL, **box.settings)
    assert stands().is_set
    browser.post(URL, **{**box.settings, "server": "", "password": ""})
    assert not stands().is_set
    assert stands().password == ""
    forget()
    assert collect() == 0


@pytest.mark.row("P-02")
def test_variables_of_the_environment_win_and_are_locked(browser: Browser, box: Dropbox, _config: Config) -> None:
    given = {"TRANSFER_SERVER": "localhost", "TRANSFER_PORT": str(box.port), "TRANSFER_PASSWORD": PASSWORD}
    configure(replace(_config, transfer=load({"GUICHET_VAR": str(_config.var), **given}).transfer))
    shown = browser.get(URL).text
    assert "Fixé par la variable TRANSFER_SERVER." in shown
    assert PASSWORD not in shown
    answer = browser.post(URL, protocol="sftp", server="ailleurs.exemple", login="erp", path="sortie", temporary="pris")
    assert answer.status_code == 303
    where = stands()
    assert (where.server, where.password) == ("localhost", PASSWORD)
    tried()
    assert db.session.scalars(select(SettingTrial)).one().ok


@pytest.mark.row("P-07")
def test_the_storage_is_shown_and_tested_from_the_page(browser: Browser) -> None:
    browser.post(f"{URL}/test", kind="storage")
    tried()
    text = browser.get(URL).text
    assert "Dossier de cette machine" in text
    assert "Réussi" in text
    assert browser.post(f"{URL}/test", kind="autre").status_code == 404


def test_a_server_that_was_replaced_is_accepted_on_purpose(browser: Browser, tmp_path: Path) -> None:
    with running_sftp(tmp_path / "serveur") as box:
        browser.post(URL, **box.settings)
        tried()
    before = stands().host_key
    with running_sftp(tmp_path / "serveur", port=box.port):
        browser.post(f"{URL}/test", kind="transfer")
        tried()
        assert "La clé du serveur n’est plus celle" in browser.get(URL).text
        browser.post(f"{URL}/forget-key")
        tried()
    assert stands().host_key not in ("", before)


def test_who_may_only_look_finds_no_button(app: Flask) -> None:
    office.an_installation()
    a_clerk("manager")
    browser = Browser(app)
    browser.sign_in_staff()
    text = browser.get(URL).text
    assert "Stockage des documents" in text
    assert "Enregistrer" not in text
    assert browser.post(URL, server="x").status_code == 403


def test_a_file_that_could_not_be_put_away_says_so_and_is_put_away_later(browser: Browser, box: Dropbox) -> None:
    """Received and filed, but still on the server: the page must not read as if all were done."""
    browser.post(URL, **box.settings)
    assert tried() == 1
    office.customer("4")
    (box.root / "pris").rename(box.root / "ailleurs")
    box.drop("FAC_4_FA-2026-0011_20261102.pdf", pdf())
    look_twice()
    row = BeautifulSoup(browser.get(URL).text, "html5lib").select_one("#fichiers tbody tr")
    assert row is not None and "Reçu, pas encore rangé" in row.text and "Classé" not in row.text
    error = row.select_one("small")
    assert error is not None and error.text.strip() and box.names("sortie") == ["FAC_4_FA-2026-0011_20261102.pdf"]

    (box.root / "ailleurs").rename(box.root / "pris")
    collect()
    row = BeautifulSoup(browser.get(URL).text, "html5lib").select_one("#fichiers tbody tr")
    assert row is not None and "Classé" in row.text and row.select_one("small") is None
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == 1
    assert (box.names("sortie"), box.names("pris")) == ([], ["FAC_4_FA-2026-0011_20261102.pdf"])


def test_three_files_that_cannot_be_moved_are_a_broken_link_and_the_others_wait(browser: Browser, box: Dropbox) -> None:
    browser.post(URL, **box.settings)
    assert tried() == 1
    (box.root / "pris").rename(box.root / "ailleurs")
    for number in range(5):
        box.drop(f"scan000{number}.pdf", pdf())
    look_twice()
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == GIVE_UP, "no further than that in one round"
    state = link_state()
    assert state is not None and not state.up
    panel = BeautifulSoup(browser.get(URL).text, "html5lib").select_one("#fichiers")
    assert panel is not None and " ".join(state.reason.split()) in " ".join(panel.text.split())
