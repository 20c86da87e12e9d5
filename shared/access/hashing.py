"""Slow hashes made beside the work: two threads hash the next passwords while a batch is written.

argon2 frees the interpreter lock. The hash is never made weaker to make it quicker: 19 MiB, two passes.
"""

import os
import sys
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from shared.access import passwords

NICE = 10  # of 19
HASHERS = 2  # more threads than cores gain nothing
Drawn = tuple[uuid.UUID, datetime | None]  # an access, and when its password was drawn


class Hashes:
    """Of the passwords asked for: those wanted now, and those that are made ahead. Forgets all others."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._made: dict[Drawn, Future[str]] = {}

    def of(self, clear: Mapping[Drawn, str], now: int) -> dict[Drawn, str]:
        """The hashes of the first `now` of `clear`, once they are made; the others are begun."""
        threads = self._begun()
        self._made = {
            key: self._made.get(key) or threads.submit(passwords.hash_password, text) for key, text in clear.items()
        }
        return {key: self._made[key].result() for key in list(clear)[:now]}

    def _begun(self) -> ThreadPoolExecutor:
        """Threads do not survive a fork: the child begins anew."""
        if self._threads is None or self._pid != os.getpid():
            self._pid, self._made = os.getpid(), {}
            self._threads = ThreadPoolExecutor(HASHERS, thread_name_prefix="argon2", initializer=_give_way)
        return self._threads


def _give_way() -> None:
    """Hashing takes what the writing and the database leave of the cores, else each statement waits for its turn.

    On Linux a thread has a priority of its own; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


hashes = Hashes()
