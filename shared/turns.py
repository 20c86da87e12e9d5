"""Long work in small transactions: stopped, killed or overtaken in between, it loses nothing that is done."""

import time
from collections.abc import Callable, Iterator

from shared.queues import ring, stopping
from shared.transactions import transaction

DONE = object()
TURN = 120.0  # seconds of long work before others have theirs


def step_by_step(steps: Iterator[object]) -> None:
    """A step per transaction."""
    goes_on = True
    while goes_on:
        with transaction():
            goes_on = next(steps, DONE) is not DONE


def to_the_end(advance_once: Callable[[], int]) -> None:
    """A batch per transaction until nothing is left, or this process is told to stop."""
    goes_on = 1
    while goes_on and not stopping():
        with transaction():
            goes_on = advance_once()


def in_turns(job: str, ident: str, advance_once: Callable[[], bool]) -> None:
    """Long work leaves its worker to the others after a while, and comes back behind them."""
    until, goes_on = time.monotonic() + TURN, True
    while goes_on and not stopping():
        if time.monotonic() > until:
            ring("slow", job, *filter(None, (ident,)))
            return
        with transaction():
            goes_on = advance_once()
