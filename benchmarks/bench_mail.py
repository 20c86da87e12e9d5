"""Messages from the waiting line to the server's 250 and the commit, against the bare conversation with one sink."""

import subprocess
import sys
import uuid
from collections.abc import Callable

from sqlalchemy import func, select

from benchmarks import people, post
from benchmarks.figures import in_turns, report, speed
from benchmarks.installation import Installation, installation
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.notifications.sending import drain
from shared.transactions import transaction
from tests.sink import running_sink

MESSAGES, RAW, ROUNDS = 1_500, 6_000, 5


class Sender:
    """A process that sends when it is told to."""

    def __init__(self, made: Installation, *argv: str) -> None:
        argv = ("-m", "benchmarks.sending", *argv)
        self.process: subprocess.Popen[bytes] = made.start([sys.executable, *argv], made.environ, piped=True)
        self._line()

    def tell(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()

    def outcome(self) -> tuple[int, float, float]:
        sent, start, end = self._line().split()
        return int(sent), float(start), float(end)

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        if not line:
            raise RuntimeError("a sending process died")
        return line


def main() -> None:
    """Measure, print, keep."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            parties = people.customers(MESSAGES)
            documents = people.invoices(parties[0], MESSAGES, [people.a_pdf(2_000)])
            model = post.first_message(parties[0], documents[0])
        size = _size_of_a_message(made, model)
        with post.sink(made):
            found = in_turns(sides(made, model, parties, documents, size), ROUNDS)
        figures = [
            speed("messages sent, one process", found["one"], found["raw"], 0.14, "msg/s"),
            speed("messages sent, two processes", found["two"], found["raw"], 0.22, "msg/s"),
        ]
        report("mail", figures)


def sides(
    made: Installation, model: uuid.UUID, parties: list[uuid.UUID], documents: list[uuid.UUID], size: int
) -> dict[str, Callable[[], float]]:
    """The limit, one sending process, two of them: each started once and warmed."""
    one, two = Sender(made, "drain"), Sender(made, "drain")
    raw = Sender(made, "raw", str(RAW), str(size))
    _sent(made, [one, two], model, parties, documents)
    return {
        "raw": lambda: _rate([raw]),
        "one": lambda: _sent(made, [one], model, parties, documents),
        "two": lambda: _sent(made, [one, two], model, parties, documents),
    }


def _sent(
    made: Installation, senders: list[Sender], model: uuid.UUID, parties: list[uuid.UUID], documents: list[uuid.UUID]
) -> float:
    """Messages a second; RuntimeError unless each left exactly once."""
    post.fill(made, model, parties, documents)
    before = _count(made, Status.SENT)
    rate = _rate(senders)
    left = _count(made, Status.WAITING) + _count(made, Status.SENDING)
    if left or _count(made, Status.SENT) - before != len(parties):
        raise RuntimeError(f"{left} messages stayed")
    return rate


def _rate(senders: list[Sender]) -> float:
    for sender in senders:
        sender.tell()
    done = [sender.outcome() for sender in senders]
    sent, starts, ends = zip(*done, strict=True)
    return sum(sent) / (max(ends) - min(starts))


def _count(made: Installation, status: Status) -> int:
    with made.app.app_context():
        query = select(func.count()).select_from(Notification).where(Notification.status == status)
        return db.session.scalar(query) or 0


def _size_of_a_message(made: Installation, message: uuid.UUID) -> int:
    """Bytes on the wire of what Guichet sends here, so that the limit carries as many."""
    port = int(made.environ["SMTP_PORT"])
    with running_sink(port) as kept, made.app.app_context():
        if drain("email") != 1:
            raise RuntimeError(f"{message} did not leave")
        return len(kept.received[0].raw)


if __name__ == "__main__":
    main()
