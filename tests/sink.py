"""An SMTP server that keeps everything it was given, byte for byte, and answers what a test asks it to."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """One accepted message: its envelope and its bytes as they crossed the wire."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The decoded plain text, then the decoded HTML."""
        parts = [self.message.get_body((kind,)) for kind in ("plain", "html")]
        return "\n".join(part.get_content() for part in parts if part)


@dataclass
class Sink:
    """`rcpt_answers[address]` and `data_answers[address]` replace the 250, for example by "550 5.1.1 inconnu"."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    rcpt_answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)

    def clear(self) -> None:
        for kept in (self.received, self.rcpt_answers, self.data_answers):
            kept.clear()

    def to(self, address: str) -> list[Received]:
        """What this address was sent, in order."""
        return [received for received in self.received if address in received.recipients]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.rcpt_answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        for address in envelope.rcpt_tos:
            if answer := self.data_answers.get(address):
                return answer
        self.received.append(
            Received(envelope.mail_from or "", list(envelope.rcpt_tos), bytes(envelope.content or b""))
        )
        return "250 2.0.0 OK"


@contextlib.contextmanager
def running_sink(port: int = 0) -> Iterator[Sink]:
    """The sink on `port`, else on a free one of this machine, until the end of the block."""
    sink = Sink(port or free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, decode_data=False)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
