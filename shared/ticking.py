"""The tick: finds what is due and rings for it, or does it itself when Redis or the workers are away.

Every machine may run one; it acts only while it holds the advisory lock. Run as `python -m shared.ticking`.
"""

import logging
import signal
import sys
import time
from dataclasses import dataclass, field

import psycopg
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from shared.engines.beating import plain_url
from shared.extensions import db
from shared.queues import ask_to_stop, stopping, wait
from shared.recurring import RECURRING
from shared.transactions import transaction

ONLY_ONE = 7_300_418  # advisory lock; any number, the same everywhere
PULSE = 1.0  # seconds
PATIENCE = 3.0  # seconds before we try again to become the one that ticks

log = logging.getLogger(__name__)


@dataclass
class Round:
    """When each line of the table is next due, by the clock of this process."""

    due_at: dict[str, float] = field(default_factory=dict)

    def go(self) -> None:
        """Do what is due; one that fails is logged and neither stops nor delays the others."""
        for name, seconds, work in RECURRING:
            if stopping() or time.monotonic() < self.due_at.get(name, 0.0):
                continue
            self.due_at[name] = time.monotonic() + seconds
            try:
                with transaction():
                    work()
            except Exception:
                log.exception("« %s » failed and will be tried again", name)
            finally:
                db.session.remove()


def tick(app: Flask) -> None:
    """Tick until told to stop."""
    while not stopping():
        try:
            with app.app_context():
                _tick_while_alone()
        except (psycopg.Error, SQLAlchemyError) as error:
            log.warning("The database is away, waiting: %s", str(error).strip().splitlines()[0])
        wait(PATIENCE)


def _tick_while_alone() -> None:
    """Tick as long as the connection that carries the lock lives; return at once when another has it."""
    with psycopg.connect(plain_url(), connect_timeout=5, autocommit=True, application_name="guichet-tick") as alone:
        if alone.execute("SELECT pg_try_advisory_lock(%s)", (ONLY_ONE,)).fetchone() != (True,):
            return
        rounds = Round()
        while not stopping():
            alone.execute("SELECT 1")
            rounds.go()
            wait(PULSE)


def main() -> int:
    """Entry point of the process."""
    from wsgi import create_app

    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda _, __: ask_to_stop())
    tick(create_app())
    return 0


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    sys.exit(main())
