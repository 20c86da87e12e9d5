"""Commit in two places: the end of a request, the end of a job.

Whatever must happen after the commit is registered with `after_commit`;
a rollback forgets it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from shared.extensions import db

WAITING = "guichet.after_commit"


def after_commit(action: Callable[[], Any], *, once: str | None = None) -> None:
    """Run `action` when the present transaction is durable.

    With `once`, the same key registers a single action however often it is asked for.
    """
    waiting: dict[object, Callable[[], Any]] = db.session().info.setdefault(WAITING, {})
    waiting.setdefault(once or object(), action)


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: committed at the end, rolled back on any error."""
    try:
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def rehearse_after_commit() -> None:
    """Run what waits as if the transaction were durable: for code that lives in a savepoint."""
    _run(db.session())


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if session.in_nested_transaction():
        return
    _run(session)


@event.listens_for(Session, "after_rollback")
def _forgotten(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(WAITING, None)


def _run(session: Session) -> None:
    for action in session.info.pop(WAITING, {}).values():
        action()
