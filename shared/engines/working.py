"""A worker process: `python -m shared.engines.working mail`. One queue each: on several, a kill loses jobs."""

import gc
import importlib
import inspect
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import redis
from flask import Flask
from rq import Queue, Worker
from rq.exceptions import DeserializationError
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

import shared.jobs
from shared.config import config
from shared.engines.beating import beat
from shared.engines.checking import report_forged_job
from shared.extensions import db
from shared.queues import QUEUES, ForgedJob, HouseJob, QueueName, ask_to_stop
from shared.transactions import transaction

WORKER_TTL = 60
MAINTENANCE = 60
# Loaded once by the process of that queue, before it forks a child for each job.
PRELOADED: dict[QueueName, tuple[str, ...]] = {
    "now": ("shared.signatures.opening", "shared.signatures.finishing", "shared.signatures.proving"),
}

# Long work leaves the processor to the pages; with its children and their sandboxes.
NICE: dict[str, int] = {"slow": 19}

log = logging.getLogger(__name__)


class HouseWorker(Worker):
    """Runs our jobs in a forked child that has the application and a database connection of its own."""

    job_class = HouseJob
    max_connection_wait_time = 5.0  # seconds between two tries when Redis is away
    app: Flask
    queue: QueueName

    @property
    def dequeue_timeout(self) -> int:
        """Short enough for the heartbeat that goes with each wait."""
        return 15

    def heartbeat(self, timeout: int | None = None, pipeline: object | None = None) -> None:
        super().heartbeat(timeout, pipeline)  # type: ignore[arg-type]
        if not self._is_horse:
            beat(f"worker-{self.queue}")

    def handle_warm_shutdown_request(self) -> None:
        """Tell the job too: it finishes its row and returns, well within the thirty seconds of a deployment."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)

    def setup_work_horse_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _told_to_stop)

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        with self.app.app_context():
            db.engine.dispose(close=False)
            return super().perform_job(job, queue, execution)

    def handle_exception(self, job: Job, *exc_info: object) -> None:
        log.error("The job %s failed", job.id, exc_info=exc_info)  # type: ignore[arg-type]
        if isinstance(exc_info[1], (ForgedJob, DeserializationError)):
            with self.app.app_context(), transaction():
                report_forged_job()


def work(queue: QueueName, app: Flask, *, burst: bool = False) -> None:
    """Serve one queue until told to stop. `burst` returns when the queue is empty."""
    HouseJob.allowed = house_jobs()
    for module in PRELOADED.get(queue, ()):
        importlib.import_module(module)
    connection = redis.Redis.from_url(config().redis_url)
    worker = HouseWorker(
        [Queue(queue, connection=connection, serializer=JSONSerializer, job_class=HouseJob)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE,
        job_monitoring_interval=15,
        default_result_ttl=0,
        log_job_description=False,
    )
    worker.app, worker.queue = app, queue
    gc.collect()
    gc.freeze()  # a child that collects garbage does not copy what it shares with this process
    worker.work(burst=burst, logging_level="WARNING")


def house_jobs() -> dict[str, Callable[..., object]]:
    """The public functions of `shared.jobs` by dotted name: all that may ever be run."""
    return {
        f"{shared.jobs.__name__}.{name}": function
        for name, function in inspect.getmembers(shared.jobs, inspect.isfunction)
        if function.__module__ == shared.jobs.__name__ and not name.startswith("_")
    }


def main() -> int:
    """Entry point of the process."""
    if len(sys.argv) != 2 or sys.argv[1] not in QUEUES:
        print(f"usage: python -m shared.engines.working {'|'.join(QUEUES)}", file=sys.stderr)  # noqa: T201
        return 2
    from wsgi import create_app

    os.nice(NICE.get(sys.argv[1], 0))
    work(sys.argv[1], create_app())
    return 0


def _told_to_stop(_: int, __: FrameType | None) -> None:
    ask_to_stop()


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    sys.exit(main())
