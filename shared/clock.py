"""The one place that tells the time, so that a test may freeze it and the demo may remember the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, it is `moment` (aware): what is written bears that time. Only for data that tells of the past."""
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone is nobody's time")
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
