"""What a page says of the engines: one word about all of them, and whether messages leave. One query."""

import functools
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, case, exists, func, literal_column, or_, select

from shared.asking import columns_of
from shared.clock import now
from shared.engines.checking import SILENT
from shared.engines.models import EngineState, Heartbeat
from shared.extensions import db
from shared.notifications.delivery_models import Channel
from shared.notifications.models import Notification, Reason, Status
from shared.people.models import Family
from shared.signatures.models import SignatureRequest

MAIL, SMTP = "email", "smtp"


def _written(column: Any, *words: str) -> ColumnElement[bool]:
    """The column is one of these words of ours, written out in the statement, which then has no parameters.

    With any, PostgreSQL would plan at each page, and SQLAlchemy put them in their place.
    """
    one_of: ColumnElement[bool] = column.in_([literal_column(f"'{word}'") for word in words])
    return one_of


_TICKED = select(func.max(Heartbeat.at)).where(_written(Heartbeat.name, "tick")).scalar_subquery()
_DOWN = select(EngineState.since).where(_written(EngineState.name, SMTP), EngineState.up.is_(False)).scalar_subquery()
_REASON = select(EngineState.reason).where(_written(EngineState.name, SMTP)).scalar_subquery()
_PAUSED = select(Channel.paused_until).where(_written(Channel.key, MAIL)).scalar_subquery()
_PAUSED_SINCE = select(Channel.paused_since).where(_written(Channel.key, MAIL)).scalar_subquery()
_BECAUSE = select(Channel.paused_because).where(_written(Channel.key, MAIL)).scalar_subquery()
_WAITING = (
    select(func.count())
    .select_from(Notification)
    .where(
        _written(Notification.channel, MAIL),
        _written(Notification.status, Status.WAITING, Status.SENDING),
        _written(Notification.reason, Reason.NONE, Reason.RETRY),  # the others wait for something else
    )
    .scalar_subquery()
)
# Counted only while something is wrong: the rest of the time nobody asks.
_HELD = case((or_(_DOWN.is_not(None), _PAUSED.is_not(None)), _WAITING), else_=literal_column("0"))
_SILENT_FAMILIES = select(func.array_agg(Family.label)).where(Family.notices_off_at.is_not(None)).scalar_subquery()
_STUCK = (
    select(func.count())
    .where(SignatureRequest.failed_at <= func.now() - literal_column("interval '10 minutes'"))
    .select_from(SignatureRequest)
    .scalar_subquery()
)
_STATE = select(
    exists().where(EngineState.up.is_(False)),
    *(_TICKED, _DOWN, _REASON, _PAUSED, _PAUSED_SINCE, _BECAUSE, _HELD, _SILENT_FAMILIES, _STUCK),
)


_NOTHING: ColumnElement[int] = literal_column("0")


@dataclass(frozen=True)
class MailState:
    """Whether messages leave; otherwise since when not, why, and how many lines wait meanwhile."""

    up: bool
    since: datetime | None = None
    reason: str = ""
    waiting: int = 0


@dataclass(frozen=True)
class Seen:
    """What the tick and the sender last saw."""

    worst: Literal["ok", "down"]
    mail: MailState
    silent: tuple[str, ...] = ()  # the families whose notices somebody holds
    counted: int = 0
    stuck: int = 0  # signature requests that something has kept from going on for ten minutes


def look(count: ColumnElement[int] | None = None) -> Seen:
    """Everything a page wants to know, and a number of its own that is counted in the same query."""
    (row,) = columns_of(_asked(_NOTHING if count is None else count))
    down, last, mail_down, reason, paused, since, because, waiting, silent, stuck, counted = row
    held = tuple(silent or ())
    word: Literal["ok", "down"] = "down" if down or last is None or last < now() - SILENT else "ok"
    if mail_down is not None:
        return Seen(word, MailState(False, mail_down, reason or "", waiting), held, counted, stuck)
    if paused is not None and paused > now():
        return Seen(word, MailState(False, since, because or "", waiting), held, counted, stuck)
    return Seen(word, MailState(True), held, counted, stuck)


@functools.lru_cache(maxsize=32)
def _asked(count: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """The whole question, kept for the count that nearly everybody has."""
    return _STATE.add_columns(count)


def worst() -> Literal["ok", "down"]:
    """« down » when one of them is, or when nobody has looked for a minute."""
    return look().worst


def pause_of(channel: str) -> str:
    """Why this channel rests now; empty while it sends."""
    row = db.session.get(Channel, channel)
    return row.paused_because if row is not None and row.paused_until and row.paused_until > now() else ""
