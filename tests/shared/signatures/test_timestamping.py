"""Who says when: the servers in their order, what they may answer, and ours when they fail."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import tsp
from sqlalchemy.orm import Session, scoped_session

from shared.clock import now
from shared.errors import Refused
from shared.signatures import cms, timestamping
from shared.signatures.authority import own_key
from shared.signatures.authority_models import KeyKind
from shared.signatures.keys import held
from shared.signatures.sealing import seal_pdf
from shared.signatures.timestamp_listing import add_server, move_up, remove_server, servers
from shared.signatures.timestamp_trying import try_server
from shared.signatures.timestamping import answered
from shared.signatures.validating import signatures_of
from tests.shared.signatures.papers import plain


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    timestamping._failed.clear()
    yield
    timestamping._failed.clear()


def test_own_authority_serves_without_any_server(db_session: scoped_session[Session]) -> None:
    found = signatures_of(seal_pdf(plain(), reason="Preuve"))
    assert all(each.timestamped for each in found)
    assert found[0].at is not None
    assert abs(found[0].at - now()) < timedelta(minutes=1)


def test_server_serves_once_it_has_answered_a_try(db_session: scoped_session[Session]) -> None:
    with a_server(good()) as (url, asked):
        row = add_server(url=url, by="test")
        seal_pdf(plain(), reason="Preuve")
        assert not asked, "a server nobody has tried is not asked"
        ok, said = try_server(row)
        assert ok, said
        asked.clear()
        found = signatures_of(seal_pdf(plain(), reason="Preuve"))
        assert len(asked) >= 2
        assert all(each.stands and each.timestamped for each in found)


@pytest.mark.parametrize("answer", ["silent", "html", "other", "refuses", "closed"])
def test_own_authority_takes_over(db_session: scoped_session[Session], answer: str) -> None:
    with a_server(good()) as (url, _asked):
        row = add_server(url=url, by="test")
        assert try_server(row)[0]
    behaviours: dict[str, Callable[[bytes], tuple[int, bytes]]] = {
        "silent": lambda _body: (503, b""),
        "html": lambda _body: (200, b"<html>"),
        "other": lambda _body: (200, good()(another_request())[1]),
        "refuses": lambda _body: (200, cms.der(cms.SEQUENCE, cms.der(cms.SEQUENCE, cms.integer(2)))),
    }
    if answer == "closed":
        found = signatures_of(seal_pdf(plain(), reason="Preuve"))
    else:
        with a_server(behaviours[answer], url) as (_url, asked):
            found = signatures_of(seal_pdf(plain(), reason="Preuve"))
            assert len(asked) == 1, "a server that fails rests"
            seal_pdf(plain(), reason="Preuve")
            assert len(asked) == 1
            assert not try_server(row)[0]
    assert all(each.stands and each.ours and each.timestamped for each in found)


def test_list_has_an_order(db_session: scoped_session[Session]) -> None:
    first = add_server(url="https://un.example.fr/tsa", by="test")
    second = add_server(url="https://deux.example.fr/tsa", username="nous", password="secret", by="test")
    assert "secret" not in second.sealed_password
    move_up(server=second, by="test")
    assert [each.url for each in servers()] == [second.url, first.url]
    remove_server(server=second, by="test")
    assert [each.url for each in servers()] == [first.url]


@pytest.mark.parametrize("url", ["ftp://un.example.fr", "horodatage", "https://moi:mot@un.example.fr/", "https://"])
def test_what_is_no_address_is_refused(db_session: scoped_session[Session], url: str) -> None:
    with pytest.raises(Refused, match="adresse complète"):
        add_server(url=url, by="test")


@pytest.mark.parametrize("host", ["10.0.0.8", "169.254.169.254", "192.168.1.1", "[fd00::1]", "0.0.0.0"])
def test_inside_of_the_network_is_not_asked(db_session: scoped_session[Session], host: str) -> None:
    ok, said = try_server(add_server(url=f"http://{host}/tsa", by="test"))
    assert not ok
    assert "réseau interne" in said


def good() -> Callable[[bytes], tuple[int, bytes]]:
    """Answers as a server whose certificate our authority has issued: made before, as threads have no database."""
    key = held(own_key(KeyKind.TIMESTAMP))
    assert key.private is not None
    hand = cms.Hand(key.private, key.certificate, key.chain)
    return lambda body: (200, answered(hand, tsp.TimeStampReq.load(body)).dump())


def another_request() -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    written: bytes = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True}).dump()
    return written


@contextmanager
def a_server(answer: Callable[[bytes], tuple[int, bytes]], url: str = "") -> Iterator[tuple[str, list[bytes]]]:
    """A timestamp server on this machine, and what it is asked."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(body)
            status, data = answer(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    port = int(url.rsplit(":", 1)[1].rstrip("/")) if url else 0
    server = HTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
