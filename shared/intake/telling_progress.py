"""How far a long import is, said while it works: the work itself is one transaction, unseen until its end."""

import uuid
from contextlib import suppress

import psycopg
from psycopg import sql

from shared.engines.beating import plain_url


def tell_progress(table: str, column: str, import_id: uuid.UUID, done: int) -> None:
    """Write the number on a connection of its own; whoever holds the row is not waited for."""
    written = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s").format(sql.Identifier(table), sql.Identifier(column))
    with suppress(psycopg.Error), psycopg.connect(plain_url(), connect_timeout=2, autocommit=True) as aside:
        aside.execute("SET lock_timeout = '200ms'")
        aside.execute(written, (done, import_id))
