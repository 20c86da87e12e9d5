"""Workers killed outright in a batch while others are at work: one message each, or a line to check."""

import contextlib
import os
import signal
from pathlib import Path

import pytest

from shared.config import configure
from shared.extensions import db
from shared.notifications.models import Status
from shared.queues import ring
from tests.engines import Machine
from tests.factories import post
from tests.faults.conftest import installed
from tests.faults.soundness import assert_sound, statuses, until
from tests.sink import Sink

LINES = 150


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("killed", ["horse", "worker", "both"])
def test_killed_in_a_batch(machine: Machine, sink: Sink, killed: str) -> None:
    installed(machine)
    with machine.app.app_context():
        folder = post.invoices()
        for number in range(LINES):
            post.announced(post.a_customer(billing=f"c{number}@lot.example"), folder, f"FA-{number}")
        db.session.commit()
    configure(machine.config)
    first = machine.start("-m", "shared.engines.working", "mail")
    until(lambda: ring("mail", "drain", "email"))
    until(lambda: len(sink.received) >= 5)
    horses = children(first.pid)
    machine.start("-m", "shared.engines.working", "mail")
    machine.start("-m", "shared.ticking")
    until(lambda: len(sink.received) >= 20)
    try:
        if killed != "worker":
            for horse in horses:
                kill(horse)
        if killed != "horse":
            first.kill()
            first.wait()
        until(lambda: ring("mail", "drain", "email"))
        until(lambda: at_rest(machine))
        assert statuses(machine)[Status.UNKNOWN] <= 1
        assert_sound(machine, sink)
    finally:
        for horse in horses:
            kill(horse)


def at_rest(machine: Machine) -> bool:
    counted = statuses(machine)
    return counted[Status.SENT] + counted[Status.UNKNOWN] == LINES
