"""One round on the ERP's server: look, then receive and put away file by file, a transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from shared.documents.storage import Unavailable
from shared.engines.beating import plain_url
from shared.intake import watching
from shared.intake.transfer import TransferError, standing
from shared.queues import stopping
from shared.transactions import transaction

ONLY_ONE = 7_300_419  # advisory lock: two rounds at once would take a file twice
GIVE_UP = 3  # failures in a row: the link is broken rather than the files


def collect() -> int:
    """Take in what the ERP dropped; how many files. A link that fails is written down, never raised."""
    with _alone() as mine:
        if not mine:
            return 0
        with transaction():
            where = standing()
        if not where.is_set:
            return 0
        try:
            going = watching.Round(where)
        except TransferError as error:
            _record(watching.sentence_of(error))
            return 0
        try:
            return _round(going)
        finally:
            going.close()


def _round(going: watching.Round) -> int:
    taken, failures, last = 0, 0, ""
    try:
        with transaction():
            going.look()
    except TransferError as error:
        _record(watching.sentence_of(error))
        return 0
    for name in going.ready:
        if stopping() or failures == GIVE_UP:
            break
        trouble = _one(going, name)
        taken, failures = (taken, failures + 1) if trouble else (taken + 1, 0)
        last = trouble
    _record(last if failures == GIVE_UP else None)
    return taken


def _one(going: watching.Round, name: str) -> str:
    """Empty, or why this file waits for the next round."""
    try:
        with transaction():
            going.take(name)
        with transaction():
            going.put_away(name)
    except (TransferError, Unavailable) as error:
        sentence = watching.sentence_of(error)
        with transaction():
            going.failed(name, sentence)
        return sentence
    return ""


def _record(sentence: str | None) -> None:
    with transaction():
        watching.recorded(sentence)


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the lock on a connection of its own: a killed process frees it at once."""
    with psycopg.connect(plain_url(), connect_timeout=5, autocommit=True) as alone:
        mine = alone.execute("SELECT pg_try_advisory_lock(%s)", (ONLY_ONE,)).fetchone() == (True,)
        try:
            yield mine
        finally:
            if mine:  # at once, not when the server notices that we left
                alone.execute("SELECT pg_advisory_unlock(%s)", (ONLY_ONE,))
