"""Record events by the API, each causing one message, against a bare authenticated POST that inserts one row.

`python -m benchmarks.bench_api [events] [at once]`: 10,000 and 1,000 unless said otherwise.
"""

import os
import signal
import statistics
import sys
import time
import uuid
from collections import Counter

from sqlalchemy import func, select

from benchmarks import feeding, people
from benchmarks.figures import Figure, ceiling, report, speed
from benchmarks.installation import Installation, installation
from benchmarks.processes import descendants
from benchmarks.serving import BARE, GUICHET, gunicorn
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.transactions import transaction
from tests.sink import Sink, running_sink

EVENTS, AT_ONCE, ROUNDS, BATCH, KILLS, WARM = 10_000, 1_000, 5, 100, 10, 40
PATIENCE = 600  # seconds
WORKER, TICK = ("-m", "shared.engines.working", "mail"), ("-m", "shared.ticking")


def main() -> None:
    """Measure, print, keep."""
    events, at_once = _asked()
    with running_sink() as sink, installation(SMTP_PORT=str(sink.port)) as made:
        with made.app.app_context(), transaction():
            people.a_company()
            parties = people.customers(min(1_000, events))
        token = feeding.told(made, parties)
        ours, bare = gunicorn(made, GUICHET) + "/api/v1", gunicorn(made, BARE)
        figures = accepted(made, parties, token, events, ours, bare)
        figures += delays(made, parties, token, at_once, ours)
        figures += kills(made, parties, token, at_once, ours, sink)
        report("api", figures)


def accepted(
    made: Installation, parties: list[uuid.UUID], token: str, events: int, ours: str, bare: str
) -> list[Figure]:
    """Both sides in turn, the same client: batches of a hundred, then one event a call."""
    share = max(BATCH, events // ROUNDS)
    found: dict[str, list[float]] = {"batch": [], "one": [], "bare": []}
    warm = [{"events": [feeding.event(name)]} for name in feeding.quotes(made, parties, WARM, "W")]
    feeding.rate(f"{ours}/events", token, warm, WARM)
    feeding.rate(f"{bare}/row", token, [{"number": str(at)} for at in range(WARM)], WARM)
    for turn in range(ROUNDS):
        names = feeding.quotes(made, parties, share, f"B{turn}")
        pieces = [names[at : at + BATCH] for at in range(0, share, BATCH)]
        bodies: list[dict[str, object]] = [{"events": [feeding.event(name) for name in piece]} for piece in pieces]
        found["batch"].append(feeding.rate(f"{ours}/events", token, bodies, share))
        few = feeding.quotes(made, parties, share // 5, f"O{turn}")
        found["one"].append(
            feeding.rate(f"{ours}/events", token, [{"events": [feeding.event(name)]} for name in few], len(few))
        )
        found["bare"].append(feeding.rate(f"{bare}/row", token, [{"number": name} for name in names], share))
    with made.app.app_context():
        told = select(func.count()).select_from(Notification).where(Notification.event == "quote.validated")
        caused = db.session.scalar(told) or 0
    expected = WARM + ROUNDS * (share + share // 5)
    return [
        speed("events accepted, by batches of a hundred", found["batch"], found["bare"], 0.3, "event/s"),
        speed("events accepted, one a call", found["one"], found["bare"], 0.1, "event/s"),
        ceiling("messages that are missing or too many", abs(caused - expected), 1e-9, "message"),
    ]


def delays(made: Installation, parties: list[uuid.UUID], token: str, number: int, ours: str) -> list[Figure]:
    """From the event to the server's 250, all at once, with one worker and the tick; the line is empty before."""
    processes = [made.python(*WORKER), made.python(*TICK)]
    _settled(made)
    started = _send(made, parties, token, number, ours, "D")
    _settled(made)
    for process in processes:
        made.stop(process)
    with made.app.app_context():
        took = db.session.scalars(
            select(func.extract("epoch", Notification.sent_at - Notification.created_at)).where(
                Notification.created_at >= started, Notification.status == Status.SENT
            )
        ).all()
    p95 = statistics.quantiles([float(each) for each in took], n=20)[-1]
    return [ceiling(f"event to acceptance, 95 % of {number:,} at once", p95, 60, "s")]


def kills(made: Installation, parties: list[uuid.UUID], token: str, number: int, ours: str, sink: Sink) -> list[Figure]:
    """A worker killed ten times while the messages of as many events leave."""
    sink.clear()
    started = _send(made, parties, token, number, ours, "K")
    tick = made.python(*TICK)
    for kill in range(1, KILLS + 1):
        worker = made.python(*WORKER)
        until = time.monotonic() + PATIENCE
        while len(sink.received) < kill * number // (KILLS + 2) and time.monotonic() < until:
            time.sleep(0.02)
        for pid in [*descendants(worker.pid), worker.pid]:
            os.kill(pid, signal.SIGKILL)
        worker.wait()
        made.processes.remove(worker)
    last = made.python(*WORKER)
    _settled(made)
    for process in (last, tick):
        made.stop(process)
    arrived = Counter(str(each.message["Message-ID"]) for each in sink.received)
    with made.app.app_context():
        lines = dict(
            db.session.execute(
                select(Notification.message_id, Notification.status).where(Notification.created_at >= started)
            ).all()
        )
    lost = sum(1 for name, status in lines.items() if status is not Status.UNKNOWN and name not in arrived)
    doubled = sum(1 for times in arrived.values() if times > 1)
    return [
        ceiling(f"messages lost, a worker killed {KILLS} times", lost + number - len(lines), 1e-9, "message"),
        ceiling(f"messages doubled, a worker killed {KILLS} times", doubled, 1e-9, "message"),
        ceiling("messages « à vérifier » after that", sum(1 for s in lines.values() if s is Status.UNKNOWN), KILLS, ""),
    ]


def _send(made: Installation, parties: list[uuid.UUID], token: str, number: int, ours: str, prefix: str) -> object:
    """All the events at once; the moment before."""
    names = feeding.quotes(made, parties, number, prefix)
    with made.app.app_context():
        started = db.session.scalar(select(func.clock_timestamp()))
    bodies: list[dict[str, object]] = [
        {"events": [feeding.event(name) for name in names[at : at + 500]]} for at in range(0, number, 500)
    ]
    feeding.rate(f"{ours}/events", token, bodies, number)
    return started


def _settled(made: Installation) -> None:
    until = time.monotonic() + PATIENCE
    waits = select(func.count()).select_from(Notification)
    waits = waits.where(Notification.status.in_((Status.WAITING, Status.SENDING)))
    while time.monotonic() < until:
        with made.app.app_context():
            if not db.session.scalar(waits):
                return
        time.sleep(0.2)
    raise RuntimeError("messages still wait")


def _asked() -> tuple[int, int]:
    given = [int(each) for each in sys.argv[1:3]]
    return given[0] if given else EVENTS, given[1] if len(given) > 1 else AT_ONCE


if __name__ == "__main__":
    main()
