"""What faults are tried on: an installation with engines that a test may freeze, stop, empty and start again."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from shared import queues
from shared.config import configure, load
from shared.engines.embedded import await_ready, launch, stop
from shared.engines.valkey import valkey
from shared.extensions import db
from tests.engines import Engines, Machine, a_machine
from tests.factories import post
from tests.factories.identity import Browser, a_clerk
from tests.sink import Sink


class OwnRedis:
    """A Valkey of this test only."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="guichet-bell-"))
        self.url = load({"GUICHET_VAR": str(self.folder)}).redis_url
        self.engine = valkey(self.folder, self.url)
        self.start()

    def start(self) -> None:
        self.process = launch(self.engine, subprocess.DEVNULL)
        await_ready(self.engine, self.process)

    def stop(self) -> None:
        stop(self.engine, self.process)

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def forget(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    server = OwnRedis()
    queues._silent_until.clear()
    yield server
    server.end()
    queues._silent_until.clear()
    queues.bell.cache_clear()


@pytest.fixture
def machine(engines: Engines, sink: Sink, tmp_path: Path) -> Iterator[Machine]:
    """An installation whose storage nobody else has ever written to."""
    with a_machine(engines, GUICHET_VAR=str(tmp_path)) as machine:
        machine.app.config["PROPAGATE_EXCEPTIONS"] = False
        yield machine


@pytest.fixture
def rung_machine(engines: Engines, sink: Sink, own_redis: OwnRedis, tmp_path: Path) -> Iterator[Machine]:
    """The same, with a Redis of its own."""
    with a_machine(engines, GUICHET_VAR=str(tmp_path), REDIS_URL=own_redis.url) as machine:
        machine.app.config["PROPAGATE_EXCEPTIONS"] = False
        yield machine


def installed(machine: Machine) -> Browser:
    """Folders, texts, rules and a clerk, who is signed in."""
    configure(machine.config)
    with machine.app.app_context():
        post.an_installation()
        post.invoices()
        a_clerk()
        db.session.commit()
    browser = Browser(machine.app)  # outside any context: each request has its own
    assert browser.sign_in_staff().status_code == 303
    browser.get("/backoffice/explorer")
    return browser
