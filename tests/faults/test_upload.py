"""A drop that breaks off: no row without its object, no object that stays without its row."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text
from werkzeug.serving import make_server

from shared.config import configure
from shared.documents import sweeping
from shared.documents.models import Document, StoredObject
from shared.documents.storage import storage
from shared.extensions import db
from shared.intake.models import Arrival
from shared.transactions import transaction
from tests.engines import Machine
from tests.factories import office, post
from tests.factories.identity import Browser, a_clerk

BODY = (
    '--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
    '--x\r\nContent-Disposition: form-data; name="party_id"\r\n\r\n{party}\r\n'
    '--x\r\nContent-Disposition: form-data; name="folder_id"\r\n\r\n{folder}\r\n'
    '--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n{data}\r\n--x--\r\n'
)


@pytest.fixture
def clerk(machine: Machine) -> Iterator[Browser]:
    configure(machine.config)
    with machine.app.app_context():
        post.an_installation()
        a_clerk()
        db.session.commit()
    browser = Browser(machine.app)  # outside any context: each request has its own
    browser.sign_in_staff()
    browser.get("/backoffice/explorer")
    with machine.app.app_context():
        yield browser


@contextmanager
def served(machine: Machine) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, machine.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()


def a_request(browser: Browser) -> bytes:
    party, folder = office.customer(), office.folder("c.contracts")
    body = BODY.format(token=browser.token, party=party.id, folder=folder.id, data="x" * 200_000).encode()
    db.session.commit()
    cookies = "; ".join(f"{each.key}={each.value}" for each in browser.client._cookies.values())
    head = (
        "POST /backoffice/documents HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n"
        f"Cookie: {cookies}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def sent(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=90) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def rows() -> tuple[int, int, int]:
    db.session.rollback()
    tables = (Document, Arrival, StoredObject)
    return tuple(db.session.scalar(select(func.count()).select_from(each)) or 0 for each in tables)  # type: ignore[return-value]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # werkzeug's own unfinished part
def test_a_client_that_leaves_half_way_leaves_nothing_and_may_try_again(machine: Machine, clerk: Browser) -> None:
    data = a_request(clerk)
    with served(machine) as port:
        answer = sent(port, data[: len(data) // 2])
        assert b" 201 " not in answer.split(b"\r\n", 1)[0]
        assert rows() == (0, 0, 0) and not list(storage().keys())
        assert b" 201 " in sent(port, data).split(b"\r\n", 1)[0]
    assert rows() == (1, 1, 1)


def test_bytes_whose_rows_were_lost_are_swept_and_may_be_filed_again(machine: Machine, clerk: Browser) -> None:
    data = a_request(clerk)
    machine.app.config["PROPAGATE_EXCEPTIONS"] = False
    with transaction() as session:
        session.execute(text("ALTER TABLE arrival ADD CONSTRAINT broken CHECK (size < 0)"))
    with served(machine) as port:
        assert b" 500 " in sent(port, data).split(b"\r\n", 1)[0]
        assert rows() == (0, 0, 0)
        assert len(list(storage().keys("originals/"))) == 1
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=25), tick=False), transaction():
            sweeping.sweep()
        assert not list(storage().keys())
        with transaction() as session:
            session.execute(text("ALTER TABLE arrival DROP CONSTRAINT broken"))
        assert b" 201 " in sent(port, data).split(b"\r\n", 1)[0]
    assert rows() == (1, 1, 1)
    assert len(list(storage().keys("originals/"))) == 1
