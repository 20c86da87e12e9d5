"""The events of one bulk action all name it, whichever verb records them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_facts: ContextVar[dict[str, Any]] = ContextVar("batch_facts")


@contextmanager
def in_batch(batch: str) -> Iterator[None]:
    """Every event recorded inside carries the fact `batch`."""
    token = _facts.set({"batch": batch})
    try:
        yield
    finally:
        _facts.reset(token)


def batch_facts() -> dict[str, Any]:
    """What is to be added to the facts of an event recorded now."""
    return _facts.get({})
