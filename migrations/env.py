"""Runs the migrations while the product serves: one at a time, each in its own transaction, never queueing a lock.

A migration that waits two seconds for a table gives up, so that nobody queues behind it, and is tried again.
"""

import re
import time
from pathlib import Path
from typing import Any

from alembic import context
from flask import current_app
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

ONE_AT_A_TIME = 7_300_417  # advisory lock; any number, the same everywhere
LOCK_TIMEOUT = "2s"
TRIES = 30
HEAD = Path(__file__).with_name(".current-alembic-head")


def main() -> None:
    """Entry point of every `flask db` command."""
    if context.is_offline_mode():
        raise SystemExit("Migrations run against a database: the offline mode is not kept.")
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        try:
            _settle(connection)
            _configure(connection, database.metadatas[None])
            _run(connection)
        finally:
            connection.rollback()
            connection.detach()  # the connection takes its settings and its lock away with it


def _settle(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()


def _configure(connection: Connection, metadata: Any) -> None:
    options = {**current_app.extensions["migrate"].configure_args, "process_revision_directives": _numbered}
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True, **options)


def _run(connection: Connection) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            with context.begin_transaction():
                context.run_migrations()
            return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable) or attempt == TRIES:
                raise
            connection.rollback()
            time.sleep(min(attempt, 5))


def _numbered(_: Any, __: Any, directives: list[Any]) -> None:
    """Name the new migration after its number, and write down which one is the last."""
    script = directives[0]
    if not script.message:  # `flask db check` looks at the differences and writes nothing
        return
    if script.upgrade_ops.is_empty():
        directives.clear()
        return
    last = HEAD.read_text().strip() if HEAD.exists() else "0000"
    words = re.sub(r"[^a-z0-9]+", "_", script.message.lower()).strip("_")
    script.rev_id = f"{int(last[:4]) + 1:04d}_{words}"
    HEAD.write_text(f"{script.rev_id}\n")


main()
