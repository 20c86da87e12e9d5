"""S3 that refuses, cuts or loses, seen by whoever downloads and whoever files: never half a document, never a 200."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shared.config import configure
from shared.documents.models import Document, Publication, StoredObject
from shared.documents.storage import original_key, storage
from shared.documents.sweeping import sweep
from shared.events.models import Event
from shared.extensions import db
from shared.transactions import transaction
from tests.engines import Engines, Machine, a_machine
from tests.factories import counter, office, post
from tests.factories.identity import PASSWORD, Browser, a_holder
from tests.faults.conftest import installed
from tests.faults.soundness import assert_sound, timed
from tests.objects import FaultProxy, s3
from tests.sink import Sink

DATA = b"%PDF-1.4\n" + bytes(range(256)) * 1500


@pytest.fixture
def proxied(engines: Engines, sink: Sink, moto: str, tmp_path: Path) -> Iterator[tuple[Machine, FaultProxy]]:
    """An installation whose files are in S3, behind a proxy that spoils answers."""
    proxy = FaultProxy(moto)
    bucket = s3(proxy.address, tmp_path.name)
    with a_machine(engines, GUICHET_VAR=str(tmp_path)) as machine:
        machine.app.config["PROPAGATE_EXCEPTIONS"] = False
        machine.config = replace(machine.config, storage=bucket)
        configure(machine.config)
        yield machine, proxy
        proxy.faults = []
        assert_sound(machine, sink)
    proxy.server.shutdown()
    proxy.server.server_close()


def a_reader(machine: Machine) -> tuple[Browser, str]:
    """A customer who is in, and the address of their one document."""
    configure(machine.config)
    with machine.app.app_context():
        post.an_installation()
        seat = a_holder("700")
        folder = counter.a_folder(family=seat.party.family)
        url = f"/documents/{counter.a_document(seat.party, folder, data=DATA).id}/file"
        db.session.commit()
    browser = Browser(machine.app)
    assert browser.sign_in("700", PASSWORD).status_code == 303
    return browser, url


def fetched(browser: Browser, url: str) -> tuple[int, bytes]:
    with browser.client.get(url) as answer:
        return answer.status_code, answer.data


def happened(machine: Machine, name: str) -> int:
    with machine.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Event).where(Event.name == name)) or 0


@pytest.mark.parametrize("faults", [["503", "503"], ["cut"], ["503", "cut"]])
def test_what_mends_itself_is_not_seen(proxied: tuple[Machine, FaultProxy], faults: list[str]) -> None:
    machine, proxy = proxied
    browser, url = a_reader(machine)
    proxy.faults = faults
    assert fetched(browser, url) == (200, DATA)
    assert happened(machine, "document.damaged") == 0


@pytest.mark.parametrize("fault", ["503", "cut"])
def test_what_does_not_is_a_page_and_never_half_a_file(proxied: tuple[Machine, FaultProxy], fault: str) -> None:
    machine, proxy = proxied
    browser, url = a_reader(machine)
    proxy.faults = [fault] * 50
    answer = timed(lambda: browser.client.get(url), 10)
    assert answer.status_code == 503 and DATA[:64] not in answer.data
    assert "indisponible" in answer.text
    assert happened(machine, "document.damaged") == 0, "silence is not loss"
    proxy.faults = []
    assert fetched(browser, url) == (200, DATA)


def test_filing_while_it_refuses_keeps_nothing_and_may_be_done_again(proxied: tuple[Machine, FaultProxy]) -> None:
    machine, proxy = proxied
    clerk = installed(machine)
    with machine.app.app_context():
        fields = {"party_id": str(office.customer().id), "folder_id": str(office.folder("c.contracts").id)}
        db.session.commit()

    def drop() -> int:
        data = {"csrf_token": clerk.token, **fields, "files": (io.BytesIO(b"Bonjour"), "note.txt")}
        return timed(lambda: clerk.client.post("/backoffice/documents", data=data), 10).status_code

    proxy.faults = ["503"] * 50
    assert drop() == 503
    assert counted(machine) == [0, 0, 0]
    proxy.faults = ["503", "503"]
    assert drop() == 303
    assert counted(machine) == [1, 1, 1]


@pytest.mark.parametrize("harm", ["lost", "altered"])
def test_what_was_lost_or_altered_is_refused_and_reported_once(machine: Machine, sink: Sink, harm: str) -> None:
    browser, url = a_reader(machine)
    with machine.app.app_context():
        sha256 = db.session.scalars(select(StoredObject.sha256)).one()
        place = machine.config.storage_folder / original_key(sha256)
        place.chmod(0o600)
        place.unlink() if harm == "lost" else place.write_bytes(DATA[:-1] + b"!")
        with transaction():
            sweep()
        assert db.session.get_one(StoredObject, sha256).damaged_at is not None, "the daily sample has seen it"
    answer = browser.client.get(url)
    assert answer.status_code == 503 and DATA[:64] not in answer.data
    assert happened(machine, "document.damaged") == 1
    with machine.app.app_context():
        storage().put(original_key(sha256), DATA)
        with transaction():
            sweep()
        assert db.session.get_one(StoredObject, sha256).damaged_at is None
    assert fetched(browser, url) == (200, DATA)
    assert_sound(machine, sink)


def counted(machine: Machine) -> list[int]:
    with machine.app.app_context():
        models = (Document, StoredObject, Publication)
        return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]
