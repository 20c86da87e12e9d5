"""Redis is a bell that nobody trusts: what is not ours never runs, and its absence delays nobody."""

import json
import os
import pickle
import signal
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from shared import queues
from shared.config import configure
from shared.engines.checking import engine_states
from shared.engines.models import EngineState, Heartbeat
from shared.engines.working import house_jobs
from shared.extensions import db
from shared.queues import HouseJob, ring
from tests.engines import Machine


@pytest.fixture
def bell(machine: Machine) -> Iterator[redis.Redis]:
    configure(machine.config)
    queues._silent_until.clear()
    client = redis.Redis.from_url(machine.config.redis_url)
    yield client
    client.close()


def forge(bell: redis.Redis, name: str, data: bytes, **more: str) -> None:
    """Write a job by hand, as somebody who got into Redis would."""
    fields = {"data": data, "origin": "now", "status": "queued", "created_at": "2026-11-22T00:00:00.000000Z", **more}
    bell.hset(f"rq:job:{name}", mapping=fields)
    bell.sadd("rq:queues", "rq:queue:now")
    bell.rpush("rq:queue:now", name)


def serve(machine: Machine) -> None:
    """What the worker of `now` does with what waits, in a process of its own."""
    process = machine.start("-c", "from wsgi import create_app; from shared.engines.working import work; "
                            "work('now', create_app(), burst=True)")  # fmt: skip
    assert process.wait(120) == 0


def evil(target: Path) -> list[bytes]:
    class Payload:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(target),)

    return [
        json.dumps(["os.mkdir", None, [str(target)], {}]).encode(),
        json.dumps(["builtins.eval", None, [f"__import__('os').mkdir({str(target)!r})"], {}]).encode(),
        json.dumps(["shared.jobs.transaction", None, [], {}]).encode(),
        json.dumps(["shared.jobs.drain", "os.path", ["email"], {}]).encode(),
        json.dumps(["shared.jobs.drain", None, [], {"channel": "email"}]).encode(),
        pickle.dumps(("os.mkdir", None, (str(target),), {})),
        pickle.dumps(Payload()),
    ]


def test_a_forged_job_never_runs_and_is_reported(machine: Machine, bell: redis.Redis, tmp_path: Path) -> None:
    target = tmp_path / "forged"
    for number, data in enumerate(evil(target)):
        forge(bell, f"forged-{number}", data)
    serve(machine)
    assert not target.exists()
    assert [bell.hget(key, "status") for key in bell.keys("rq:job:*")] == [b"failed"] * 7
    with machine.app.app_context():
        reported = db.session.get(EngineState, "jobs")
        assert reported is not None
        assert not reported.up


def test_a_forged_callback_or_webhook_is_dropped(machine: Machine, bell: redis.Redis, tmp_path: Path) -> None:
    ours = json.dumps(["shared.jobs.check", None, [], {}]).encode()
    hook = json.dumps([{"url": "http://127.0.0.1:9/", "job_status": "finished"}])
    forge(bell, "forged", ours, success_callback_name="os.mkdir", failure_callback_name="os.mkdir", webhooks=hook)
    job = HouseJob.fetch("forged", connection=bell, serializer=JSONSerializer)
    assert job.success_callback is None
    assert job.failure_callback is None
    assert job.webhooks == []
    serve(machine)
    with machine.app.app_context():
        assert db.session.get(EngineState, "jobs") is None


def test_a_job_of_ours_runs(machine: Machine, bell: redis.Redis) -> None:
    assert ring("now", "check")
    serve(machine)
    with machine.app.app_context():
        states = {state.name: state for state in engine_states()}
    assert states["postgresql"].up
    assert states["redis"].up
    assert bell.keys("rq:job:*") == []


def test_only_what_our_module_defines_is_allowed() -> None:
    assert {"shared.jobs.drain", "shared.jobs.synchronise", "shared.jobs.check"} <= set(house_jobs())
    assert all(function.__module__ == "shared.jobs" for function in house_jobs().values())


def test_fifty_rings_make_one_waiting_job(bell: redis.Redis) -> None:
    assert all(ring("mail", "drain", "email") for _ in range(50))
    assert ring("mail", "drain", "sms")
    queue = Queue("mail", connection=bell, serializer=JSONSerializer, job_class=HouseJob)
    assert queue.count == 2
    bell.rpop(queue.key)
    bell.rpop(queue.key)
    assert ring("mail", "drain", "email"), "taken by a worker, it may be rung again"
    assert queue.count == 1
    bell.flushdb()
    assert ring("mail", "drain", "email"), "forgotten by Redis, it may be rung again"
    assert queue.count == 1


def test_a_closed_or_frozen_redis_delays_nobody(machine: Machine, bell: redis.Redis) -> None:
    pid = bell.info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert not any(ring("mail", "drain", "email") for _ in range(20))
        assert time.monotonic() - began < 15 * queues.PATIENCE, "the first alone waits for an answer"
    finally:
        os.kill(pid, signal.SIGCONT)
    queues._silent_until.clear()
    assert ring("mail", "drain", "email")


def test_nothing_in_redis_but_names_and_ids(bell: redis.Redis) -> None:
    ring("mail", "drain", "email")
    [key] = bell.keys("rq:job:*")
    assert json.loads(zlib.decompress(bell.hget(key, "data"))) == ["shared.jobs.drain", None, ["email"], {}]


def test_redis_asks_for_its_password(machine: Machine) -> None:
    path = machine.config.redis_url.split("@")[1].split("?")[0]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(unix_socket_path=path).ping()


def test_a_told_worker_ends_within_thirty_seconds(machine: Machine) -> None:
    process = machine.start_afresh("-m", "shared.engines.working", "slow")
    patience = time.monotonic() + 90
    while not _beats(machine) and time.monotonic() < patience:
        time.sleep(0.2)
    assert _beats(machine), "the worker writes its heartbeat"
    assert os.getpriority(os.PRIO_PROCESS, process.pid) > os.getpriority(os.PRIO_PROCESS, 0), "pages come first"
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        pytest.fail("the worker did not end")


def _beats(machine: Machine) -> bool:
    with machine.app.app_context():
        return db.session.get(Heartbeat, "worker-slow") is not None
