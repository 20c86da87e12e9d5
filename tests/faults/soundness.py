"""What must hold after every fault, and what the tests of faults share."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.documents.models import Publication, StoredObject, Version
from shared.documents.storage import original_key, read, storage
from shared.extensions import db
from shared.notifications.models import Notification, Status
from tests.engines import Machine
from tests.factories.identity import Browser
from tests.sink import Sink

Found = TypeVar("Found")
AT_REST = {Status.WAITING, Status.UNKNOWN, Status.SENT, Status.BOUNCED, Status.FAILED, Status.CANCELLED}
AT_ONCE = 10


def assert_sound(machine: Machine, sink: Sink) -> None:
    """Every document on the portal has its bytes; every line is final, waiting or to check; nobody was told twice."""
    with machine.app.app_context():
        live = select(Version).join(Publication, Publication.document_id == Version.document_id)
        for version in db.session.scalars(live.where(Publication.live_at.is_not(None))):
            assert hashlib.sha256(read(storage(), original_key(version.sha256))).hexdigest() == version.sha256
        known = set(db.session.scalars(select(StoredObject.sha256)))
        assert {key.rpartition("/")[2] for key in storage().keys("originals/")} == known
        lines = {line.message_id: line.status for line in db.session.scalars(select(Notification))}
    assert set(lines.values()) <= AT_REST
    arrived = Counter(str(received.message["Message-ID"]) for received in sink.received)
    assert [name for name, times in arrived.items() if times > 1] == []
    assert all(lines[name] in (Status.SENT, Status.UNKNOWN) for name in arrived)
    assert {name for name, status in lines.items() if status is Status.SENT} <= set(arrived)


def statuses(machine: Machine) -> Counter[Status]:
    with machine.app.app_context():
        return Counter(db.session.scalars(select(Notification.status)))


def all_sent(machine: Machine, count: int) -> bool:
    return statuses(machine) == Counter({Status.SENT: count})


def until(question: Callable[[], Found], seconds: float = 90) -> Found:
    """The first true answer."""
    end = time.monotonic() + seconds
    while not (found := question()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
    return found


def timed(ask: Callable[[], TestResponse], most: float = 20.0) -> TestResponse:
    """The answer, which must come within `most` seconds: one that waits for a frozen engine waits for ever."""
    began = time.monotonic()
    answer = ask()
    assert time.monotonic() - began < most
    return answer


def together(works: Sequence[Callable[[], Found]]) -> list[Found]:
    """All of them at the same moment, each in a thread; an exception in one is raised here."""
    gate, done, failed = threading.Barrier(len(works)), [], []

    def run(work: Callable[[], Found]) -> None:
        gate.wait()
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - shown by the test itself
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return done


def posted_together(
    machine: Machine, browser: Browser, url: str, times: int = AT_ONCE, **fields: object
) -> list[TestResponse]:
    """The same form sent `times` times at once by one browser, as a hand that clicks or a network that repeats."""
    data = {"csrf_token": browser.token, **{name: str(value) for name, value in fields.items()}}
    clients = [twin_of(machine, browser) for _ in range(times)]
    return together([lambda client=client: client.post(url, data=data) for client in clients])  # type: ignore[misc]


def twin_of(machine: Machine, browser: Browser) -> FlaskClient:
    """Another client with the same cookies."""
    client = machine.app.test_client()
    client._cookies = dict(browser.client._cookies)
    return client


def codes(answers: Sequence[TestResponse]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)
