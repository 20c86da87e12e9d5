"""The tick does what is due even while Redis and the workers are away, and only one of several acts."""

import signal
import time
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
import redis

from shared import ticking
from shared.config import configure
from shared.engines.beating import plain_url
from shared.engines.models import Heartbeat
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.queues import ring
from tests.engines import Engines, Machine, a_machine
from tests.factories import post
from tests.sink import Sink, free_port

CAME = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"


def until(true: Callable[[], bool], seconds: float = 90) -> None:
    patience = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < patience, "it did not happen in time"
        time.sleep(0.1)


def heard(machine: Machine) -> bool:
    with machine.app.app_context():
        return db.session.get(Heartbeat, "tick") is not None


def announce(machine: Machine, *numbers: str) -> None:
    with machine.app.app_context():
        post.an_installation()
        party, folder = post.a_customer(), post.invoices()
        for number in numbers:
            post.announced(party, folder, number)
        db.session.commit()


def statuses(machine: Machine) -> list[Status]:
    with machine.app.app_context():
        return list(db.session.scalars(db.select(Notification.status)))


def test_messages_leave_without_redis_and_without_workers(engines: Engines, sink: Sink) -> None:
    with a_machine(engines, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0") as machine:
        announce(machine, "FA-1", "FA-2", "FA-3")
        machine.start("-m", "shared.ticking")
        until(lambda: statuses(machine) == [Status.SENT] * 3)
    assert len(sink.received) == 3


def test_messages_leave_after_redis_forgot_everything(machine: Machine, sink: Sink) -> None:
    announce(machine, "FA-1", "FA-2")
    with redis.Redis.from_url(machine.config.redis_url) as bell:
        bell.flushdb()
    machine.start("-m", "shared.engines.working", "mail")
    machine.start("-m", "shared.ticking")
    until(lambda: statuses(machine) == [Status.SENT] * 2)
    assert len(sink.received) == 2


def test_only_one_of_two_acts_and_the_other_takes_over(machine: Machine) -> None:
    configure(machine.config)
    with psycopg.connect(plain_url(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (ticking.ONLY_ONE,))
        assert not heard(machine)
        before = other.execute(CAME).fetchone()
        machine.start("-m", "shared.ticking")
        until(lambda: bool(before) and other.execute(CAME).fetchone() >= (before[0] + 2,))  # tried, and tried again
        assert not heard(machine)
    until(lambda: heard(machine))


def test_one_that_fails_stops_no_other(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def broken() -> None:
        raise RuntimeError("broken")

    table = (("broken", 0.0, broken), ("sound", 0.0, lambda: done.append("sound")))
    monkeypatch.setattr(ticking, "RECURRING", table)
    with machine.app.app_context():
        rounds = ticking.Round()
        rounds.go()
        rounds.go()
    assert done == ["sound", "sound"]


def test_a_worker_told_to_end_hands_back_what_it_holds(machine: Machine, sink: Sink) -> None:
    """A deployment: SIGTERM in the middle of a batch, then the next worker, and everybody has one message."""
    numbers = [f"FA-{number}" for number in range(250)]
    announce(machine, *numbers)
    configure(machine.config)
    until(lambda: ring("mail", "drain", "email"))
    former = machine.start("-m", "shared.engines.working", "mail")
    until(lambda: len(sink.received) >= 20)
    former.send_signal(signal.SIGTERM)
    former.wait(90)
    counted = Counter(statuses(machine))
    assert counted[Status.SENDING] == counted[Status.UNKNOWN] == 0
    assert counted[Status.WAITING] > 0, "the batch was too small to be cut in its middle"
    until(lambda: ring("mail", "drain", "email"))
    machine.start("-m", "shared.engines.working", "mail")
    until(lambda: set(statuses(machine)) == {Status.SENT})
    ids = [received.message["Message-ID"] for received in sink.received]
    assert len(ids) == len(set(ids)) == len(numbers)
