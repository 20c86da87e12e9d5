"""What the ERP drops arrives once, in the right party and folder; the server is left as staff expect it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.clock import at, now
from shared.documents.models import Document
from shared.errors import Refused
from shared.extensions import db
from shared.intake import watching
from shared.intake.collecting import collect
from shared.intake.models import Arrival, RemoteFile, RemoteState, Verdict
from shared.intake.transfer import TransferError, standing
from shared.intake.transfer_setting import change_transfer
from shared.intake.transfer_testing import try_transfer
from shared.settings.reading import setting
from tests.factories import office
from tests.ftp import PASSWORD, Dropbox, running_ftp, running_sftp
from tests.shared.documents.corpus import pdf


@pytest.fixture(params=["sftp", "ftps", "ftp"])
def box(request: pytest.FixtureRequest, app: Flask, tmp_path: Path) -> Iterator[Dropbox]:
    office.an_installation()
    root = tmp_path / "serveur"
    running = running_sftp(root) if request.param == "sftp" else running_ftp(root, tls=request.param == "ftps")
    with running as box:
        set_up(box)
        yield box


@pytest.fixture
def sftp(app: Flask, tmp_path: Path) -> Iterator[Dropbox]:
    office.an_installation()
    with running_sftp(tmp_path / "serveur") as box:
        set_up(box)
        yield box


def set_up(box: Dropbox, **fields: object) -> None:
    """As staff do: save, test."""
    change_transfer(**{**box.settings, "accept_plain": True, **fields}, by=office.BY)
    assert [stage for stage in try_transfer(by=office.BY) if not stage["ok"]] == []


def look_twice() -> int:
    """Two rounds, far enough apart for a file to be stable."""
    taken = collect()
    with at(now() + timedelta(seconds=10)):
        return taken + collect()


def documents() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Document)).all()
    return [(each.party.code, each.folder.label) for each in rows]


@pytest.mark.row("P-06")
def test_a_pdf_dropped_there_arrives_once_in_the_right_party_and_folder(box: Dropbox) -> None:
    office.customer("4")
    name = "FAC_4_FA-2026-0011_20261102.pdf"
    box.drop(name, pdf())

    assert look_twice() == 1
    with at(now() + timedelta(seconds=30)):
        collect()
    assert (box.names("sortie"), box.names("pris")) == ([], [name])
    assert documents() == [("4", office.folder("c.invoices").label)]
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == 1
    assert {row.state for row in db.session.scalars(select(RemoteFile))} == {RemoteState.MOVED}


def test_a_file_that_grows_waits_until_it_stands_still(sftp: Dropbox) -> None:
    sftp.drop("note.pdf", b"%PDF-1.7 half")
    assert collect() == 0
    with at(now() + timedelta(seconds=10)):
        sftp.drop("note.pdf", pdf())
        assert collect() == 0
        assert collect() == 0, "two looks at the same moment prove nothing"
    with at(now() + timedelta(seconds=20)):
        assert collect() == 1
    assert sftp.names("pris") == ["note.pdf"]


@pytest.mark.row("P-06")
def test_what_nobody_recognises_is_to_attach(box: Dropbox) -> None:
    box.drop("scan0001.pdf", pdf())
    look_twice()
    [arrival] = db.session.scalars(select(Arrival)).all()
    assert (arrival.verdict, arrival.source) == (Verdict.TO_ATTACH, "transfer")
    assert box.names("sortie") == []


def test_a_crash_between_receiving_and_moving_doubles_nothing(sftp: Dropbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sftp.drop("scan0001.pdf", pdf())
    collect()
    with monkeypatch.context() as patch, at(now() + timedelta(seconds=10)):
        patch.setattr(watching.Round, "put_away", _killed)
        with pytest.raises(KeyboardInterrupt):
            collect()
    assert sftp.names("sortie") == ["scan0001.pdf"]
    db.session.expire_all()

    collect()
    assert sftp.names("pris") == ["scan0001.pdf"]
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == 1


def _killed(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_a_crash_after_moving_doubles_nothing(sftp: Dropbox) -> None:
    sftp.drop("scan0001.pdf", pdf())
    look_twice()
    row = db.session.scalars(select(RemoteFile)).one()
    row.state, row.moved_to = RemoteState.TAKEN, ""
    db.session.commit()
    collect()
    assert row.state is RemoteState.MOVED
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == 1


def test_the_same_name_again_is_a_new_file_and_both_are_kept(sftp: Dropbox) -> None:
    sftp.drop("facture.pdf", pdf())
    look_twice()
    sftp.drop("facture.pdf", pdf(text="la suivante"))
    with at(now() + timedelta(minutes=5)):
        collect()
    with at(now() + timedelta(minutes=6)):
        assert collect() == 1
    kept = sftp.names("pris")
    assert len(kept) == 2
    assert all(name.startswith("facture") and name.endswith(".pdf") for name in kept)


def test_what_is_refused_stays_there_with_its_reason(sftp: Dropbox) -> None:
    sftp.drop("virus.pdf", b"MZ not a pdf")
    look_twice()
    with at(now() + timedelta(minutes=1)):
        assert collect() == 0, "the same bytes are not tried again"
    row = db.session.scalars(select(RemoteFile)).one()
    assert row.state is RemoteState.LEFT
    assert row.error
    assert sftp.names("sortie") == ["virus.pdf"]
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == 1


def test_a_huge_file_is_left_without_being_read(sftp: Dropbox) -> None:
    with sftp.drop("enorme.pdf", b"").open("wb") as file:
        file.truncate(100_000_001)
    look_twice()
    row = db.session.scalars(select(RemoteFile)).one()
    assert "100 Mo" in row.error
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == 0


@pytest.mark.parametrize("name", ["..\\..\\AUTRE\\x.pdf", "a\u202efdp.exe.pdf"])
def test_a_name_that_is_a_way_elsewhere_is_never_followed(sftp: Dropbox, name: str) -> None:
    sftp.drop(name, pdf())
    look_twice()
    row = db.session.scalars(select(RemoteFile)).one()
    assert (row.state, row.arrival_id) == (RemoteState.LEFT, None)
    assert len(sftp.names("sortie")) == 1


def test_folders_and_hidden_files_are_not_documents(sftp: Dropbox) -> None:
    (sftp.root / "sortie" / "archive").mkdir()
    sftp.drop(".en-cours.pdf", pdf())
    (sftp.root / "sortie" / "lien.pdf").symlink_to("/etc/passwd")
    assert look_twice() == 0
    assert db.session.scalar(select(func.count()).select_from(RemoteFile)) == 0


def test_a_name_in_another_encoding_comes_in_too(sftp: Dropbox) -> None:
    raw = bytes(sftp.root / "sortie") + b"/relev\xe9.pdf"
    with open(raw, "wb") as file:
        file.write(pdf())
    look_twice()
    assert db.session.scalars(select(Arrival)).one().filename == "relevé.pdf"
    assert sftp.names("sortie") == []


def test_a_server_that_answers_no_more_is_said_with_its_date_and_taken_up_again(app: Flask, tmp_path: Path) -> None:
    office.an_installation()
    key = asyncssh.generate_private_key("ssh-ed25519")
    with running_sftp(tmp_path / "serveur", key=key) as box:
        set_up(box)
        box.drop("scan0001.pdf", pdf())
    assert collect() == 0
    state = watching.link_state()
    assert state is not None
    assert (state.up, bool(state.reason)) == (False, True)
    with running_sftp(tmp_path / "serveur", port=box.port, key=key):
        look_twice()
    db.session.expire_all()
    assert watching.link_state().up  # type: ignore[union-attr]
    assert box.names("pris") == ["scan0001.pdf"]


def test_another_key_is_refused_with_a_sentence_and_nothing_is_sent(app: Flask, tmp_path: Path) -> None:
    office.an_installation()
    with running_sftp(tmp_path / "serveur") as box:
        set_up(box)
    with running_sftp(tmp_path / "autre", port=box.port):
        walked = try_transfer(by=office.BY)
        assert (walked[-1]["key"], walked[-1]["ok"]) == ("login", False)
        assert "clé du serveur" in walked[-1]["said"]
        collect()
        assert "clé du serveur" in watching.link_state().reason  # type: ignore[union-attr]


def test_another_certificate_is_refused_with_a_sentence(app: Flask, tmp_path: Path) -> None:
    office.an_installation()
    with running_ftp(tmp_path / "serveur") as box:
        set_up(box)
    with running_ftp(tmp_path / "serveur", port=box.port):
        walked = try_transfer(by=office.BY)
    assert "certificat du serveur n’est plus celui" in walked[-1]["said"]


def test_a_server_never_tested_is_not_trusted(app: Flask, tmp_path: Path) -> None:
    office.an_installation()
    with running_sftp(tmp_path / "serveur") as box:
        change_transfer(**box.settings, accept_plain=False, by=office.BY)
        box.drop("scan0001.pdf", pdf())
        collect()
        assert "testez la connexion" in watching.link_state().reason  # type: ignore[union-attr]


@pytest.mark.row("P-06")
def test_plain_ftp_wants_its_warning_accepted_and_remembers_by_whom(app: Flask, tmp_path: Path) -> None:
    with running_ftp(tmp_path / "serveur", tls=False) as box:
        with pytest.raises(Refused) as refused:
            change_transfer(**box.settings, accept_plain=False, by=office.BY)
        assert refused.value.field == "accept_plain"
        assert setting("transfer") == {}
        change_transfer(**box.settings, accept_plain=True, by=office.BY)
    assert setting("transfer")["plain"]["by"] == office.BY


@pytest.mark.row("P-06")
def test_the_five_fields_are_kept_and_the_path_may_stay_empty(sftp: Dropbox) -> None:
    (sftp.root / "scan0001.pdf").write_bytes(pdf())
    change_transfer(**{**sftp.settings, "path": "", "password": ""}, accept_plain=False, by=office.BY)
    where = standing()
    assert (where.server, where.login, where.password, where.path, where.temporary) == (
        "localhost",
        "erp",
        PASSWORD,
        "",
        "pris",
    )
    assert look_twice() == 1
    assert PASSWORD not in str(setting("transfer"))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"server": "ftp://exemple.fr/x"}, "server"),
        ({"login": ""}, "login"),
        ({"path": "a/../../etc"}, "path"),
        ({"temporary": ""}, "temporary"),
        ({"temporary": "./sortie/"}, "temporary"),
        ({"server": "ailleurs.exemple", "password": ""}, "password"),
        ({"protocol": "gopher"}, "protocol"),
    ],
)
def test_a_wrong_field_is_named_and_changes_nothing(sftp: Dropbox, fields: dict[str, str], wrong: str) -> None:
    before = setting("transfer")
    with pytest.raises(Refused) as refused:
        change_transfer(**{**sftp.settings, **fields}, accept_plain=False, by=office.BY)
    assert refused.value.field == wrong
    assert setting("transfer") == before


def test_a_lying_server_sends_no_more_than_is_accepted(sftp: Dropbox) -> None:
    sftp.drop("grand.pdf", b"x" * 5000)
    going = watching.Round(standing())
    try:
        with pytest.raises(TransferError):
            going.remote.read("sortie/grand.pdf", 4000)
    finally:
        going.close()
