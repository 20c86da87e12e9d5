"""Three bells kept in Redis: `now`, `mail` and `slow`. Redis is never the memory: losing it loses nothing.

A job is the name of a function of `shared/jobs.py` and ids, written in JSON. Nothing else found there is ever run.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import as_text

from shared.config import config

QueueName = Literal["now", "mail", "slow"]
QUEUES: tuple[QueueName, ...] = ("now", "mail", "slow")
MODULE = "shared.jobs."
JOB_TIMEOUT = 600  # seconds; a drain returns by itself well before
WHOLE = {"work_on_records": 3600}  # one transaction: what is cut off has to begin again
FAILURE_TTL = 3600
PATIENCE = 0.4  # seconds for each answer of Redis while somebody waits for a page
SILENCE = 5.0  # seconds without trying again after Redis did not answer

log = logging.getLogger(__name__)
_stopping = threading.Event()
_silent_until: dict[str, float] = {}  # by address


class ForgedJob(Exception):
    """Something that is not a job of ours was found in Redis; it was not run."""


class HouseJob(Job):
    """A job that can only be one of the project's own functions, with strings as arguments.

    `allowed` is filled by the worker from `shared.jobs`; a process that did not fill it runs nothing.
    """

    allowed: ClassVar[Mapping[str, Callable[..., object]]] = {}

    @property
    def func(self) -> Callable[..., object]:
        name = self.func_name or ""
        if name not in self.allowed or self.instance is not None or self.kwargs:
            raise ForgedJob(f"{name!r} is not one of our jobs")
        if not all(isinstance(argument, str) for argument in self.args):
            raise ForgedJob(f"{name!r} came with arguments that are not ids")
        return self.allowed[name]

    def restore(self, raw_data: Any) -> Any:
        """Read the job back without what could name foreign code or addresses: callbacks and webhooks."""
        restored = super().restore(raw_data)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []
        return restored


def ring(queue: QueueName, job_name: str, *ids: str) -> bool:
    """Ask a worker for `shared.jobs.<job_name>(*ids)`; False when Redis did not take it, and the tick will.

    Never raises and never waits more than a second. Rings once while an identical job waits.
    """
    url = config().redis_url
    if time.monotonic() < _silent_until.get(url, 0.0):
        return False
    try:
        _enqueue(bell(url), queue, job_name, ids)
    except Exception as error:  # noqa: BLE001 - a silent bell must never break what was just committed
        _silent_until[url] = time.monotonic() + SILENCE
        log.warning("Redis did not take %s on %s: %s", job_name, queue, error)
        return False
    _silent_until.pop(url, None)
    return True


@functools.lru_cache(maxsize=16)
def bell(url: str) -> redis.Redis:
    """A client that gives up quickly: redis-py's own retries would turn 2 s into 25 s."""
    return redis.Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )


def ask_to_stop() -> None:
    """This process was told to end: long work finishes its row and returns."""
    _stopping.set()


def stopping() -> bool:
    """Whether long work should return at its next row."""
    return _stopping.is_set()


def wait(seconds: float) -> bool:
    """Sleep, but not longer than until the process is told to end; True when it was."""
    return _stopping.wait(seconds)


def _enqueue(client: redis.Redis, name: QueueName, job_name: str, ids: tuple[str, ...]) -> None:
    queue = Queue(name, connection=client, serializer=JSONSerializer, job_class=HouseJob)
    mark = f"guichet:waiting:{name}:{':'.join((job_name, *ids))}"
    waiting = client.get(mark)
    if waiting is not None and client.lpos(queue.key, as_text(waiting)) is not None:
        return
    timeout = WHOLE.get(job_name, JOB_TIMEOUT)
    job = queue.enqueue_call(
        MODULE + job_name, args=ids, timeout=timeout, result_ttl=0, failure_ttl=FAILURE_TTL, description=job_name
    )
    client.set(mark, job.id, ex=FAILURE_TTL)
