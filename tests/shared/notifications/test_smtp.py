"""What becomes of a message when the server does anything a server can do."""

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import flask_mail
import pytest

from shared.errors import Refused
from shared.notifications.channels.outcome import from_reply, readable
from shared.notifications.channels.smtp import MailConnection, MailSettings
from tests.certificates import self_signed
from tests.sink import Sink, free_port

RAW = b"Subject: essai\r\n\r\nBonjour.\r\n.seul\r\n..deux\r\n"
FROM, TO = "bounce+1@exemple.fr", "camille@client.example"


class Server:
    """A server of raw sockets. `answers[verb]` is a line, or what to do with the socket; DOT answers the final dot."""

    def __init__(self, **answers: str | Callable[[socket.socket], None]) -> None:
        self.answers = {"GREET": "220 pret", "EHLO": "250 moi", "DATA": "354 va", "QUIT": "221 fin"} | answers
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _address = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with contextlib.suppress(OSError, StopIteration), peer:
                peer.settimeout(5)
                self._talk(peer)

    def _talk(self, peer: socket.socket) -> None:
        lines = peer.makefile("rb")
        self._answer(peer, "GREET")
        while line := lines.readline():
            command = line.decode().strip()
            self.commands.append(command)
            verb = command.split(" ")[0].upper()
            said = self._answer(peer, verb)
            if verb == "DATA" and said.startswith("354"):
                body = b"".join(iter(lambda: lines.readline() or self._gone(), b".\r\n"))
                self.messages.append(body)
                self._answer(peer, "DOT")
            if verb == "QUIT":
                return

    def _gone(self) -> bytes:
        raise StopIteration

    def _answer(self, peer: socket.socket, verb: str) -> str:
        answer = self.answers.get(verb, "250 2.0.0 bien")
        if callable(answer):
            answer(peer)
            return ""
        peer.sendall(answer.encode() + b"\r\n")
        return answer


def cut(peer: socket.socket) -> None:
    peer.close()
    raise StopIteration


def hang(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.recv(1)
    raise StopIteration


@pytest.fixture
def served() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(**answers: str | Callable[[socket.socket], None]) -> Server:
        servers.append(Server(**answers))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def reach(server: Server | Sink, **more: object) -> MailConnection:
    return MailConnection(MailSettings("127.0.0.1", server.port, timeout=0.5, reply_timeout=0.5, **more))  # type: ignore[arg-type]


def test_an_accepted_message_arrives_byte_for_byte(sink: Sink) -> None:
    with reach(sink) as connection:
        outcome = connection.deliver(RAW, FROM, TO)
    assert (outcome.kind, outcome.phase, outcome.code, outcome.enhanced) == ("accepted", "reply", 250, "2.0.0")
    (received,) = sink.received
    assert (received.sender, received.recipients, received.raw) == (FROM, [TO], RAW)


@pytest.mark.parametrize(
    ("answers", "kind", "phase"),
    [
        ({"GREET": cut}, "retry", "connect"),
        ({"GREET": hang}, "retry", "connect"),
        ({"GREET": "421 4.3.2 plus tard"}, "retry", "connect"),
        ({"GREET": "554 5.3.2 pas vous"}, "pause", "connect"),
        ({"EHLO": cut}, "retry", "connect"),
        ({"MAIL": "451 4.3.0 plus tard"}, "retry", "mail"),
        ({"MAIL": "550 5.1.8 expediteur inconnu"}, "pause", "mail"),
        ({"MAIL": cut}, "retry", "mail"),
        ({"RCPT": "450 4.2.1 boite pleine"}, "retry", "rcpt"),
        ({"RCPT": "550 5.1.1 inconnu"}, "failed", "rcpt"),
        ({"RCPT": "550 5.7.1 relais refuse"}, "pause", "rcpt"),
        ({"RCPT": cut}, "retry", "rcpt"),
        ({"DATA": "452 4.3.1 plein"}, "retry", "data"),
        ({"DATA": "554 5.6.0 non"}, "failed", "data"),
        ({"DATA": "n'importe quoi"}, "retry", "data"),
        ({"DOT": cut}, "unknown", "reply"),
        ({"DOT": hang}, "unknown", "reply"),
        ({"DOT": "n'importe quoi"}, "unknown", "reply"),
        ({"DOT": "2" * 9000}, "unknown", "reply"),
        ({"DOT": "451 4.7.1 greylisted"}, "retry", "reply"),
        ({"DOT": "503 5.5.1 hors de propos"}, "retry", "reply"),
        ({"DOT": "554 5.6.0 contenu refuse"}, "failed", "reply"),
        ({"DOT": "550 5.7.26 SPF"}, "pause", "reply"),
        ({"QUIT": cut}, "accepted", "reply"),
    ],
)
def test_only_the_wait_after_the_final_dot_is_ambiguous(
    served: Callable[..., Server], answers: dict[str, str], kind: str, phase: str
) -> None:
    server = served(**answers)
    with reach(server) as connection:
        outcome = connection.deliver(RAW, FROM, TO)
    assert (outcome.kind, outcome.phase) == (kind, phase), outcome
    assert outcome.text


def test_a_server_that_leaves_while_the_body_is_written_accepted_nothing(served: Callable[..., Server]) -> None:
    def swallow(peer: socket.socket) -> None:
        peer.sendall(b"354 va\r\n")
        peer.recv(10)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        cut(peer)

    with reach(served(DATA=swallow)) as connection:
        outcome = connection.deliver(RAW + b"x" * 30_000_000, FROM, TO)
    assert (outcome.kind, outcome.phase) == ("retry", "writing")


def test_a_closed_port_is_tried_again_later() -> None:
    with MailConnection(MailSettings("127.0.0.1", free_port(), timeout=0.5)) as connection:
        assert (outcome := connection.deliver(RAW, FROM, TO)).kind == "retry"
        assert outcome.phase == "connect" and "refused" in outcome.text.lower()


def test_one_connection_serves_many_and_a_refused_address_harms_no_other(sink: Sink) -> None:
    sink.rcpt_answers["inconnu@client.example"] = "550 5.1.1 inconnu"
    sink.data_answers["rejet@client.example"] = "554 5.6.0 non"
    with reach(sink) as connection:
        addresses = ["a@client.example", "inconnu@client.example", "rejet@client.example", "b@client.example"]
        kinds = [connection.deliver(RAW, FROM, address).kind for address in addresses]
        first = connection.host
        assert connection.deliver(RAW, FROM, "c@client.example").kind == "accepted" and connection.host is first
    assert kinds == ["accepted", "failed", "failed", "accepted"]
    assert [received.recipients for received in sink.received] == [[f"{name}@client.example"] for name in "abc"]


def test_the_answer_of_a_server_that_leaves_after_refusing_is_kept(served: Callable[..., Server]) -> None:
    server = served(RCPT="550 5.1.1 inconnu", RSET=cut)
    with reach(server) as connection:
        outcome = connection.deliver(RAW, FROM, TO)
        assert (outcome.kind, outcome.bad_address) == ("failed", True)
        server.answers |= {"RCPT": "250 bien"}
        assert connection.deliver(RAW, FROM, TO).kind == "accepted"
    assert server.connections == 2


def test_a_kept_connection_that_the_server_dropped_is_opened_again_at_once(served: Callable[..., Server]) -> None:
    server = served()
    with reach(server) as connection:
        assert connection.deliver(RAW, FROM, TO).kind == "accepted"
        server.answers["MAIL"] = "421 4.3.2 je ferme"
        assert connection.host is not None and connection.host.sock is not None
        connection.host.sock.shutdown(socket.SHUT_RDWR)
        server.answers["MAIL"] = "250 bien"
        assert connection.deliver(RAW, FROM, TO).kind == "accepted"
    assert server.connections == 2 and len(server.messages) == 2


def test_an_ambiguous_message_is_handed_over_once_only(served: Callable[..., Server]) -> None:
    server = served(DOT=cut)
    with reach(server) as connection:
        assert connection.deliver(RAW, FROM, TO).kind == "unknown"
    assert len(server.messages) == 1


def test_a_message_goes_to_one_recipient_and_dots_are_doubled(served: Callable[..., Server]) -> None:
    server = served()
    with reach(server) as connection:
        connection.deliver(RAW, FROM, TO)
    assert server.commands[1:] == [f"MAIL FROM:<{FROM}>", f"RCPT TO:<{TO}>", "DATA", "quit"]
    assert server.messages == [RAW.replace(b"\r\n.", b"\r\n..")]


@pytest.mark.parametrize("address", ["a@x.fr>\r\nRCPT TO:<evil@x.fr", "a b@x.fr", "é@x.fr", ""])
def test_an_address_that_could_forge_a_command_is_refused(sink: Sink, address: str) -> None:
    with reach(sink) as connection, pytest.raises(Refused):
        connection.deliver(RAW, FROM, address)
    with reach(sink) as connection, pytest.raises(Refused):
        connection.deliver(RAW, address, TO)
    assert sink.received == []


def test_a_password_never_travels_in_clear(served: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.notifications.channels.smtp.is_loopback", lambda host: False)
    server = served(EHLO="250 AUTH PLAIN LOGIN")
    with reach(server, username="moi", password="s3cret") as connection:
        outcome = connection.deliver(RAW, FROM, TO)
    assert (outcome.kind, outcome.phase) == ("pause", "login") and "chiffrée" in outcome.text
    assert not any(command.startswith("AUTH") for command in server.commands)


def test_a_refused_login_pauses_the_channel_without_telling_the_password(served: Callable[..., Server]) -> None:
    server = served(EHLO="250-moi\r\n250 AUTH PLAIN", AUTH="535 5.7.8 non")
    with reach(server, username="moi", password="s3cret") as connection:
        outcome = connection.deliver(RAW, FROM, TO)
        assert (outcome.kind, outcome.phase, outcome.code) == ("pause", "login", 535)
        assert "s3cret" not in repr(outcome) + repr(connection.settings)
        assert connection.probe().kind == "pause"


@pytest.mark.row("B-22")
def test_a_modern_account_signs_in_by_a_token(served: Callable[..., Server]) -> None:
    server = served(EHLO="250-moi\r\n250 AUTH XOAUTH2", AUTH="235 2.7.0 bien")
    with reach(server, username="moi@exemple.fr", token=lambda: "jeton") as connection:
        assert connection.deliver(RAW, FROM, TO).kind == "accepted"
    sent = next(command for command in server.commands if command.startswith("AUTH"))
    assert base64.b64decode(sent.split(" ")[2]) == b"user=moi@exemple.fr\x01auth=Bearer jeton\x01\x01"


def test_a_server_without_encryption_is_not_used_when_it_is_asked_for(served: Callable[..., Server]) -> None:
    server = served()
    with reach(server, use_tls=True) as connection:
        outcome = connection.deliver(RAW, FROM, TO)
    assert (outcome.kind, outcome.phase) == ("pause", "tls") and server.messages == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of « localhost », key included."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("mode", ["use_tls", "use_ssl"])
def test_an_unverified_certificate_is_refused_and_a_trusted_one_serves(
    served: Callable[..., Server], certificate: Path, mode: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = served()

    def secured(peer: socket.socket) -> None:
        if mode == "use_tls":
            peer.sendall(b"220 allez\r\n")
        with context.wrap_socket(peer.dup(), server_side=True) as inner:
            server.answers.pop("STARTTLS", None)
            server.answers["GREET"] = "220 pret" if mode == "use_ssl" else "250 moi"
            if mode == "use_tls":
                inner.recv(100)  # the second EHLO, answered as if it were the greeting
            server._talk(inner)

    server.answers["STARTTLS" if mode == "use_tls" else "GREET"] = secured
    server.answers["EHLO"] = "250-moi\r\n250 STARTTLS"
    plain = {"server": "localhost", "port": server.port, "timeout": 2.0, mode: True}
    with MailConnection(MailSettings(**plain)) as connection:  # type: ignore[arg-type]
        outcome = connection.deliver(RAW, FROM, TO)
    assert outcome.kind == "pause" and "CERTIFICATE" in outcome.text.upper() and server.messages == []
    server.answers |= {"GREET": "220 pret"} if mode == "use_tls" else {}
    server.answers["STARTTLS" if mode == "use_tls" else "GREET"] = secured
    with MailConnection(MailSettings(**plain, ca_file=str(certificate))) as connection:  # type: ignore[arg-type]
        assert connection.deliver(RAW, FROM, TO).kind == "accepted"
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("said", "delay"),
    [
        (b"4.7.1 Greylisted, please try again in 5 minutes", timedelta(minutes=5)),
        (b"4.2.0 try again in 300 seconds", timedelta(minutes=5)),
        (b"4.7.1 Greylisted for 00:04:30", timedelta(minutes=4, seconds=30)),
        (b"4.7.1 retry after 99999 hours", timedelta(hours=4)),
        (b"4.7.1 later", None),
    ],
)
def test_the_delay_that_a_server_asks_for_is_read(said: bytes, delay: timedelta | None) -> None:
    assert from_reply("rcpt", 451, said).after == delay


def test_a_bad_address_is_told_from_a_full_box_and_from_our_own_fault() -> None:
    assert from_reply("rcpt", 550, b"5.1.1 inconnu").bad_address
    assert from_reply("rcpt", 550, b"inconnu").bad_address
    assert not from_reply("rcpt", 552, b"5.2.2 pleine").bad_address
    assert not from_reply("reply", 550, b"contenu").bad_address
    assert not from_reply("rcpt", 550, b"5.7.1 relais").bad_address


def test_the_words_of_a_server_are_bounded_and_harmless() -> None:
    text = from_reply("rcpt", 550, b"\x1b[31m 5.1.1 \x00" + b"a\r\n" * 4000 + b"\xff").text
    assert len(text) <= 500 and text.isprintable() and readable("é\n") == "é"


def test_a_test_records_what_would_have_left() -> None:
    seen: list[object] = []

    def record(_sender: object, message: object) -> None:
        seen.append(message)

    with flask_mail.email_dispatched.connected_to(record):
        settings = MailSettings("127.0.0.1", free_port(), suppress=True)
        assert MailConnection(settings).deliver(RAW, FROM, TO).kind == "accepted"
    assert [message["Subject"] for message in seen] == ["essai"]  # type: ignore[index]


def test_the_connection_test_says_what_the_server_answers(served: Callable[..., Server]) -> None:
    with reach(served()) as connection:
        assert connection.probe().kind == "accepted"
    with reach(served(GREET="554 non")) as connection:
        outcome = connection.probe()
    assert (outcome.kind, outcome.code, outcome.text) == ("pause", 554, "non")


def test_a_connection_is_renewed_after_the_number_of_messages_that_was_set(served: Callable[..., Server]) -> None:
    server = served()
    with reach(server, max_emails=2) as connection:
        assert [connection.deliver(RAW, FROM, TO).kind for _ in range(5)] == ["accepted"] * 5
    assert server.connections == 3
