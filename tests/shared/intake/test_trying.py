"""« Tester la connexion »: every stage is told with its date, the failing one in one sentence, nothing stays there."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import at, now
from shared.config import S3, Config, configure
from shared.documents import storage_testing
from shared.extensions import db
from shared.intake.transfer_setting import change_transfer
from shared.intake.trying import ask_trial, last_trials, run_trials
from shared.settings.models import SettingTrial
from shared.settings.reading import setting
from tests.factories import office
from tests.ftp import READ_ONLY, Dropbox, running_ftp, running_sftp
from tests.objects import s3
from tests.sink import free_port

STAGES = ["name", "port", "login", "list", "write", "read", "delete"]


def tried(kind: str = "transfer") -> SettingTrial:
    trial = ask_trial(kind=kind, by=office.BY)
    assert run_trials() == 1
    return trial


def saved(box: Dropbox, **fields: object) -> None:
    change_transfer(**{**box.settings, "accept_plain": True, **fields}, by=office.BY)


@pytest.mark.row("P-07")
@pytest.mark.parametrize("protocol", ["sftp", "ftps", "ftp"])
def test_with_right_settings_every_stage_passes_and_the_server_is_as_before(
    app: Flask, tmp_path: Path, protocol: str
) -> None:
    root = tmp_path / "serveur"
    with running_sftp(root) if protocol == "sftp" else running_ftp(root, tls=protocol == "ftps") as box:
        box.drop("facture.pdf", b"%PDF-")
        before = box.everything()
        saved(box)
        trial = tried()
        assert box.everything() == before
    assert [(stage["key"], stage["ok"]) for stage in trial.stages] == [(key, True) for key in STAGES]
    assert all(stage["at"] and stage["said"] for stage in trial.stages)
    assert trial.ok
    assert trial.ended_at
    assert bool(setting("transfer")["host_key"]) == (protocol != "ftp")


@pytest.mark.row("P-07")
@pytest.mark.parametrize(
    ("wrong", "stage", "words"),
    [
        ({"server": "nulle-part.localhost"}, "name", "orthographe"),
        ({"port": "closed"}, "port", "port"),
        ({"login": "autre"}, "login", "mot de passe"),
        ({"password": "faux"}, "login", "mot de passe"),
        ({"path": "absent"}, "list", "« absent »"),
        ({"temporary": "absent"}, "list", "dossier temporaire « absent »"),
    ],
)
@pytest.mark.parametrize("protocol", ["sftp", "ftps"])
def test_with_a_wrong_one_its_stage_is_named_and_nothing_is_changed(
    app: Flask, tmp_path: Path, protocol: str, wrong: dict[str, object], stage: str, words: str
) -> None:
    root = tmp_path / "serveur"
    with running_sftp(root) if protocol == "sftp" else running_ftp(root) as box:
        box.drop("facture.pdf", b"%PDF-")
        before = box.everything()
        saved(box, **({"port": free_port()} if "port" in wrong else wrong))
        trial = tried()
        assert box.everything() == before
    last = trial.stages[-1]
    assert (last["key"], last["ok"]) == (stage, False)
    assert words in last["said"]
    assert last["said"].endswith(".")
    assert all(each["ok"] for each in trial.stages[:-1])
    assert trial.ok is False


@pytest.mark.row("P-07")
def test_a_server_that_may_only_be_read_says_so_and_keeps_nothing(app: Flask, tmp_path: Path) -> None:
    with running_ftp(tmp_path / "serveur", rights=READ_ONLY) as box:
        saved(box)
        trial = tried()
        assert box.everything() == {}
    assert (trial.stages[-1]["key"], trial.ok) == ("write", False)


def test_a_test_file_that_cannot_be_moved_is_removed(app: Flask, tmp_path: Path) -> None:
    with running_ftp(tmp_path / "serveur", rights="elrwda") as box:
        saved(box)
        trial = tried()
        assert box.everything() == {}
    assert trial.stages[-1]["key"] == "write"
    assert "Déplacer vers « pris »" in trial.stages[-1]["said"]


def test_a_failed_login_pins_nothing(app: Flask, tmp_path: Path) -> None:
    with running_sftp(tmp_path / "serveur") as box:
        saved(box, password="faux")
        tried()
    assert not setting("transfer").get("host_key")


def test_asked_twice_it_runs_once(app: Flask) -> None:
    first, second = ask_trial(kind="transfer", by=office.BY), ask_trial(kind="transfer", by="staff:autre")
    assert first.id == second.id
    assert run_trials() == 1
    assert run_trials() == 0
    assert ask_trial(kind="transfer", by=office.BY).id != first.id
    assert last_trials()["transfer"].ended_at is None


def test_without_settings_the_first_stage_says_what_to_fill_in(app: Flask) -> None:
    trial = tried()
    assert [stage["key"] for stage in trial.stages] == ["name"]
    assert "Donnez d’abord le serveur" in trial.stages[0]["said"]


@pytest.mark.row("P-07")
def test_the_folder_of_documents_passes_and_is_as_before(app: Flask, _config: Config) -> None:
    trial = tried("storage")
    assert [stage["key"] for stage in trial.stages if stage["ok"]] == STAGES
    assert [path for path in _config.storage_folder.rglob("*") if path.is_file()] == []


@pytest.mark.row("P-07")
def test_the_bucket_passes_and_is_as_before(app: Flask, _config: Config, moto: str) -> None:
    trial = _with_bucket(_config, s3(moto))
    assert [stage["key"] for stage in trial.stages if stage["ok"]] == STAGES
    configure(_replaced(_config, s3(moto)))
    assert list(storage_testing.storage().keys("derived/")) == []


@pytest.mark.row("P-07")
def test_a_bucket_that_is_not_there_is_named(app: Flask, _config: Config, moto: str) -> None:
    trial = _with_bucket(_config, S3(moto, "autre-seau", "eu-west-3", "clef", "secret", ""))
    assert (trial.stages[-1]["key"], trial.ok) == ("login", False)
    assert "autre-seau" in trial.stages[-1]["said"]
    assert "secret" not in str(trial.stages).replace("S3_SECRET_KEY", "")


def _with_bucket(config: Config, chosen: S3) -> SettingTrial:
    configure(_replaced(config, chosen))
    try:
        return tried("storage")
    finally:
        configure(config)


def _replaced(config: Config, chosen: S3) -> Config:
    return replace(config, storage=chosen)


def test_a_trial_that_was_lost_does_not_block_the_next(app: Flask) -> None:
    lost = ask_trial(kind="transfer", by=office.BY)
    with at(now() + timedelta(minutes=10)):
        again = ask_trial(kind="transfer", by=office.BY)
    assert again.id != lost.id
    assert lost.ok is False
    assert db.session.scalars(select(SettingTrial).where(SettingTrial.ended_at.is_(None))).one().id == again.id
