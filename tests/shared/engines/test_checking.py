"""Each engine is asked for real; who asks from outside learns in time what is down, and nothing else."""

import json
import os
import signal
import time
from datetime import timedelta

import pytest
import redis
from flask import Flask
from sqlalchemy import select

from shared.clock import now
from shared.config import configure, load
from shared.engines.checking import check_engines, engine_states, hears
from shared.engines.models import EngineState, Heartbeat
from shared.extensions import db
from tests.engines import Engines, Machine, a_machine
from tests.sink import Sink, free_port


def states() -> dict[str, bool]:
    return {state.name: state.up for state in engine_states()}


def alive(*names: str) -> None:
    for name in names:
        db.session.merge(Heartbeat(name=name, at=now()))
    db.session.commit()


EVERYBODY = ("tick", "worker-now", "worker-mail", "worker-slow")


def test_everything_up(app: Flask, sink: Sink) -> None:
    alive(*EVERYBODY)
    check_engines()
    assert all(states().values()), engine_states()
    assert len(states()) == 8


def test_a_silent_worker_is_down_and_the_change_is_dated_once(app: Flask, sink: Sink) -> None:
    alive("tick", "worker-now", "worker-slow")
    check_engines()
    assert not states()["worker-mail"]
    assert not hears("worker-mail")
    first = db.session.get_one(EngineState, "worker-mail").since
    check_engines()
    row = db.session.get_one(EngineState, "worker-mail", populate_existing=True)
    assert row.since == first
    assert row.checked_at > first
    assert "signe de vie" in row.reason


def test_a_silent_tick_says_so_by_itself(app: Flask, sink: Sink) -> None:
    alive(*EVERYBODY)
    check_engines()
    db.session.get_one(Heartbeat, "tick").at = now() - timedelta(seconds=90)
    db.session.commit()
    assert not states()["tick"]


def test_what_does_not_answer_gets_a_french_reason(engines: Engines, app: Flask) -> None:
    alive(*EVERYBODY)
    port = str(free_port())
    given = engines.environ("unused") | {
        "DATABASE_URL": engines.environ("no_such_database")["DATABASE_URL"],
        "REDIS_URL": f"redis://:s3cret@127.0.0.1:{port}/0",
        "SMTP_PORT": port,
        "S3_BUCKET": "documents",
        "S3_ENDPOINT": f"http://127.0.0.1:{port}",
        "S3_ACCESS_KEY": "someone",
        "S3_SECRET_KEY": "s3cret",
    }
    configure(load(given))
    check_engines()
    down = {row.name: row.reason for row in db.session.scalars(select(EngineState).where(~EngineState.up))}
    assert set(down) == {"postgresql", "redis", "storage", "smtp"}
    assert all(reason.endswith(".") for reason in down.values())
    assert "s3cret" not in json.dumps(down)


def test_health_is_public_and_tells_no_reason(app: Flask, sink: Sink) -> None:
    alive(*EVERYBODY)
    check_engines()
    client = app.test_client()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json["status"] == "up"
    db.session.get_one(EngineState, "smtp").up = False
    db.session.get_one(EngineState, "smtp").reason = "relay.interne:25"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "relay.interne" not in answer.text
    assert client.get("/healthz/web").status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a_frozen_redis_turns_health_red_in_time_and_delays_no_page(machine: Machine) -> None:
    with machine.app.app_context():
        alive(*EVERYBODY)
        check_engines()
    client = machine.app.test_client()
    assert client.get("/healthz").status_code == 200
    bell = redis.Redis.from_url(machine.config.redis_url)
    pid = bell.info("server")["process_id"]
    bell.close()
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = client.get("/healthz")
        assert time.monotonic() - began < 20, "one that waits for Redis waits for ever"
        assert answer.status_code == 503
        assert answer.json["engines"]["redis"]["up"] is False
        assert client.get("/healthz/web").status_code == 200
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("path", ["/healthz", "/healthz/web"])
def test_a_lost_database_is_a_503_too(engines: Engines, sink: Sink, path: str) -> None:
    with a_machine(engines, DATABASE_URL=engines.environ("no_such_database")["DATABASE_URL"]) as machine:
        answer = machine.app.test_client().get(path)
        assert answer.status_code == 503
        assert answer.json["engines"]["postgresql"]["up"] is False
