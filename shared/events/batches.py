"""The events of one bulk action all name it, whichever verb records them; what they share is read once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")

_facts: ContextVar[dict[str, Any]] = ContextVar("batch_facts")
_read: ContextVar[dict[str, Any]] = ContextVar("batch_read")
_untold: ContextVar[bool] = ContextVar("untold", default=False)


@contextmanager
def in_batch(batch: str) -> Iterator[None]:
    """Every event recorded inside carries the fact `batch`; implies `together`."""
    token = _facts.set({"batch": batch})
    try:
        with together():
            yield
    finally:
        _facts.reset(token)


@contextmanager
def together() -> Iterator[None]:
    """Many events of one transaction: rules and texts are read once for all of them."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


@contextmanager
def untold() -> Iterator[None]:
    """History brought in: what is recorded inside is in the journal, and no rule tells anybody of it."""
    token = _untold.set(True)
    try:
        yield
    finally:
        _untold.reset(token)


def is_untold() -> bool:
    """Whether what happens now is history brought in."""
    return _untold.get()


def read_once(key: str, read: Callable[[], Found]) -> Found:
    """What `read` answers, asked once a batch under this key; outside of a batch each time."""
    kept = _read.get(None)
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: Found = kept[key]
    return found


def batch_facts() -> dict[str, Any]:
    """What is to be added to the facts of an event recorded now."""
    return _facts.get({})
