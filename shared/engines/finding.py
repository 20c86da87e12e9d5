"""One word about all the engines, for the bar of every page: one query."""

from typing import Literal

from sqlalchemy import exists, func, select

from shared.clock import now
from shared.engines.checking import SILENT
from shared.engines.models import EngineState, Heartbeat
from shared.extensions import db

_TICKED = select(func.max(Heartbeat.at)).where(Heartbeat.name == "tick").scalar_subquery()
_STATE = select(exists().where(EngineState.up.is_(False)), _TICKED)


def worst() -> Literal["ok", "down"]:
    """« down » when one of them is, or when nobody has looked for a minute."""
    is_down, last = db.session.execute(_STATE).one()
    return "down" if is_down or last is None or last < now() - SILENT else "ok"
