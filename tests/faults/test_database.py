"""PostgreSQL goes away in the middle of the work: a page in French or a success, and nothing half written."""

import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import psycopg
import pytest
from sqlalchemy import func, select

from shared.config import CHECKOUT, configure, load
from shared.documents.models import Document, Notify, Publication
from shared.engines.beating import plain_url
from shared.engines.checking import hears
from shared.engines.embedded import Engine, await_ready, launch, stop
from shared.engines.postgres import create_database, postgres
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.queues import ring
from tests.engines import Engines, Machine
from tests.factories import office, post
from tests.factories.identity import Browser
from tests.faults.conftest import OwnRedis, installed
from tests.faults.soundness import assert_sound, statuses, twin_of, until
from tests.sink import Sink
from wsgi import create_app

DOCUMENTS = 16
CUT = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class OwnPostgres:
    """A cluster of this test only."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="guichet-base-"))
        self.engine: Engine = postgres(self.folder, throwaway=True)
        self.start()

    def start(self) -> None:
        self.process = launch(self.engine, subprocess.DEVNULL)
        await_ready(self.engine, self.process)

    def restart(self) -> None:
        """`pg_ctl restart -m fast`"""
        stop(self.engine, self.process)
        self.start()

    def end(self) -> None:
        stop(self.engine, self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    cluster = OwnPostgres()
    yield cluster
    cluster.end()


@pytest.fixture
def restarted_machine(
    engines: Engines, sink: Sink, own_postgres: OwnPostgres, own_redis: OwnRedis, tmp_path: Path
) -> Iterator[Machine]:
    """An installation on a cluster of its own."""
    var = own_postgres.folder
    sockets = load({"GUICHET_VAR": str(var)}).database_url.partition("host=")[2]
    create_database(Path(sockets), "guichet")
    settings = engines.environ("guichet") | {
        "GUICHET_VAR": str(tmp_path),
        "DATABASE_URL": f"postgresql://postgres@/guichet?host={sockets}",
        "REDIS_URL": own_redis.url,
    }
    config = load(settings)
    machine = Machine(create_app(config), config, settings, engines.nursery)
    machine.app.config["PROPAGATE_EXCEPTIONS"] = False
    with machine.app.app_context():
        flask_migrate.upgrade(directory=str(CHECKOUT / "migrations"))
    yield machine
    machine.stop_all()
    with machine.app.app_context():
        db.session.remove()
        db.engine.dispose()


def to_publish(machine: Machine) -> list[str]:
    with machine.app.app_context():
        folder = post.invoices()
        folder.on_portal = False
        documents = [
            office.filed(post.a_customer(billing=f"c{number}@lot.example"), folder) for number in range(DOCUMENTS)
        ]
        folder.on_portal, folder.notify = True, Notify.IMMEDIATE
        db.session.commit()
        return [f"/backoffice/documents/{document.id}/publish" for document in documents]


def pulled(machine: Machine, clerk: Browser, urls: list[str], fault: Callable[[], None]) -> Counter[int]:
    """Three hands publish and read while `fault` happens; each answer is a success or the page of a 503."""
    answers: list[tuple[int, str]] = []

    def work(mine: list[str]) -> None:
        client, end = twin_of(machine, clerk), time.monotonic() + 25
        while mine and time.monotonic() < end:
            posted = client.post(mine[0], data={"csrf_token": clerk.token})
            if posted.status_code == 303:
                del mine[0]
            read = client.get("/backoffice/explorer")
            answers.extend((answer.status_code, answer.text) for answer in (posted, read))
            time.sleep(0.05)

    hands = [threading.Thread(target=work, args=(urls[number::3],)) for number in range(3)]
    for hand in hands:
        hand.start()
    fault()
    for hand in hands:
        hand.join()
    assert all("Recommencez dans une minute" in text for code, text in answers if code == 503)
    return Counter(code for code, _ in answers)


def assert_whole(machine: Machine) -> None:
    """Each document has its publication, its event and its line: all three, once."""
    published = Event.name == "document.published"
    with machine.app.app_context():
        counts = [
            db.session.scalar(select(func.count()).select_from(model).where(*only))
            for model, only in ((Document, ()), (Publication, ()), (Event, (published,)), (Notification, ()))
        ]
    assert counts == [DOCUMENTS] * 4


def at_rest(machine: Machine, number: int) -> bool:
    counted = statuses(machine)
    return counted[Status.SENT] + counted[Status.UNKNOWN] == number


def cut_all(machine: Machine) -> None:
    configure(machine.config)
    with psycopg.connect(plain_url(), autocommit=True) as other:
        other.execute(CUT)


def test_every_connection_is_cut_during_requests(machine: Machine, sink: Sink) -> None:
    clerk = installed(machine)
    urls = to_publish(machine)

    def fault() -> None:
        for _ in range(6):
            cut_all(machine)
            time.sleep(0.3)

    codes = pulled(machine, clerk, urls, fault)
    assert set(codes) <= {200, 303, 503} and codes[303] == DOCUMENTS
    assert_whole(machine)
    assert_sound(machine, sink)


def test_a_restart_under_load(restarted_machine: Machine, own_postgres: OwnPostgres, sink: Sink) -> None:
    machine, clerk = restarted_machine, installed(restarted_machine)
    urls = to_publish(machine)
    machine.start("-m", "shared.engines.working", "mail")
    machine.start("-m", "shared.ticking")
    with machine.app.app_context():
        until(lambda: hears("tick") and hears("worker-mail"))
    codes = pulled(machine, clerk, urls, own_postgres.restart)
    assert set(codes) <= {200, 303, 503} and codes[303] == DOCUMENTS
    assert_whole(machine)
    until(lambda: at_rest(machine, DOCUMENTS))
    assert all(process.poll() is None for process in machine.processes), "worker and tick have lived through it"
    with machine.app.app_context():
        post.announced(post.a_customer(billing="apres@lot.example"), post.invoices(), "FA-2")
        db.session.commit()
    until(lambda: sink.to("apres@lot.example"))
    until(lambda: at_rest(machine, DOCUMENTS + 1))
    assert_sound(machine, sink)


def test_every_connection_is_cut_during_a_batch(machine: Machine, sink: Sink) -> None:
    installed(machine)
    with machine.app.app_context():
        folder = post.invoices()
        for number in range(80):
            post.announced(post.a_customer(billing=f"c{number}@lot.example"), folder, f"FA-{number}")
        db.session.commit()
    machine.start("-m", "shared.engines.working", "mail")
    machine.start("-m", "shared.ticking")
    for arrived in (1, 30):
        until(lambda arrived=arrived: len(sink.received) >= arrived)  # type: ignore[misc]
        cut_all(machine)
        assert ring("mail", "drain", "email"), "as any new message does; else the tick looks after twenty seconds"
    until(lambda: at_rest(machine, 80))
    assert statuses(machine)[Status.UNKNOWN] <= 2
    assert all(process.poll() is None for process in machine.processes)
    assert_sound(machine, sink)
