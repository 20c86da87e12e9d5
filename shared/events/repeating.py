"""A form sent twice: its key, kept with what it caused, tells the second sending from a new wish."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from shared.clock import now
from shared.events.models import Event
from shared.extensions import db

REMEMBERED = timedelta(days=2)  # longer than a page is left open and sent again


def is_repeat(name: str, *conditions: ColumnElement[bool], by: str, key: str, facts: dict[str, Any]) -> bool:
    """Whether this person's form `key` has caused the event already; until the end of the transaction, others wait.

    `facts` must be the same: another selection made on the same page is another wish. Without a key nothing is one.
    """
    if not key:
        return False
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"form:{key}", 0))))
    same = exists().where(
        Event.name == name,
        Event.at > now() - REMEMBERED,
        Event.actor == by,
        Event.facts == {**facts, "key": key},
        *conditions,
    )
    return bool(db.session.scalar(select(same)))
