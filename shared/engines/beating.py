"""Signs of life in PostgreSQL, written even while Redis is away."""

import logging

import psycopg

from shared.config import config

PATIENCE = 2  # seconds

log = logging.getLogger(__name__)

UPSERT = "INSERT INTO heartbeat (name, at) VALUES (%s, now()) ON CONFLICT (name) DO UPDATE SET at = now()"


def beat(name: str) -> None:
    """Say that this kind of process lives; a database that is away is logged, never raised.

    Uses a connection of its own, so that a worker may call it before and between its forks.
    """
    try:
        with psycopg.connect(plain_url(), connect_timeout=PATIENCE, autocommit=True) as connection:
            connection.execute("SET statement_timeout = '2s'")
            connection.execute(UPSERT, (name,))
    except psycopg.Error as error:
        log.warning("The heartbeat of %s was not written: %s", name, str(error).strip().splitlines()[0])


def plain_url() -> str:
    """The database's address in libpq's words, for connections outside of the pool."""
    return config().database_url.replace("postgresql+psycopg://", "postgresql://", 1)
