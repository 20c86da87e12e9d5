"""Connections kept open to PostgreSQL: one that the server has closed is noticed before it is used.

A server that restarts or ends a connection says so on the socket: something is there to read before anything was
asked. Looking at the socket costs nothing, where `pool_pre_ping` asks the server at each request. A connection
that nobody used for a while is asked all the same: a firewall may have forgotten it without a word.
"""

import select
import time
from typing import Any

from psycopg.pq import ExecStatus
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

FRESH = 30.0  # seconds
USED = "guichet.used"


def watch(engine: Engine) -> None:
    """Look at each connection as it leaves the pool; set a new one as the questions of a page want it."""
    event.listen(engine, "connect", _set)
    event.listen(engine, "checkout", _look)


def _set(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """Without the just-in-time compiler, which Debian's PostgreSQL has: it takes half a second, an answer a hundredth.

    Outside any transaction, or the first rollback would undo it.
    """
    connection.pgconn.exec_(b"SET jit = off")


def _look(connection: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
    if not _is_alive(connection, time.monotonic() - entry.info.get(USED, time.monotonic())):
        raise InvalidatePoolError  # the pool opens another one, and drops those of the same age
    entry.info[USED] = time.monotonic()


def _is_alive(connection: Any, unused: float) -> bool:
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLHUP)
    if not poll.poll(0) and unused < FRESH:
        return True
    return bool(connection.pgconn.exec_(b"").status == ExecStatus.EMPTY_QUERY)
