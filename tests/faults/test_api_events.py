"""Events by the API, and a worker killed again and again while their messages leave: none lost, none doubled."""

import contextlib
import os
import signal
from pathlib import Path

from shared.config import configure
from shared.extensions import db
from shared.notifications.models import Status
from shared.queues import ring
from tests.engines import Machine
from tests.factories.erp import an_erp
from tests.faults.conftest import installed
from tests.faults.soundness import assert_sound, statuses, until
from tests.sink import Sink

EVENTS, KILLS = 40, 4  # ten in the benchmark


def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(machine: Machine, sink: Sink) -> None:
    installed(machine)
    with machine.app.app_context():
        erp = an_erp(machine.app)
        db.session.commit()
    for number in range(EVENTS):
        party = {"code": f"K{number}", "name": f"Client {number}", "emails": {"quote": f"c{number}@lot.example"}}
        assert erp.put(f"/records/quote/DV-{number}", {"party": party, "amount": "10.00"}).status_code == 201
    events = [
        {"kind": "quote", "number": f"DV-{number}", "event": "move", "move": "validate", "id": f"V-{number}"}
        for number in range(EVENTS)
    ]
    configure(machine.config)
    assert [erp.post("/events", {"events": events * 3}).json["applied"] for _time in range(2)] == [EVENTS, 0]
    for kill in range(1, KILLS + 1):
        worker = machine.start("-m", "shared.engines.working", "mail")
        ring("mail", "drain", "email")
        until(lambda seen=kill * 4: len(sink.received) >= seen or at_rest(machine))
        for horse in children(worker.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(horse, signal.SIGKILL)
        worker.kill()
        worker.wait()
    machine.start("-m", "shared.engines.working", "mail")
    machine.start("-m", "shared.ticking")
    until(lambda: at_rest(machine))
    counted = statuses(machine)
    assert counted[Status.SENT] + counted[Status.UNKNOWN] == EVENTS and counted[Status.UNKNOWN] <= KILLS
    assert_sound(machine, sink)


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def at_rest(machine: Machine) -> bool:
    counted = statuses(machine)
    return counted[Status.SENT] + counted[Status.UNKNOWN] == EVENTS
