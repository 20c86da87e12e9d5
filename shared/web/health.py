"""What a monitor asks: `/healthz` for the whole installation, `/healthz/web` for this process and its database.

Public, so it says which engine is down and since when, never why: the reasons stand in the back office.
"""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.engines.checking import engine_states
from shared.engines.probing import probe_redis
from shared.extensions import db
from shared.web.permissions import public

States = dict[str, tuple[bool, str | None]]

health = Blueprint("health", __name__)


@health.get("/healthz")
@public("a monitor has no account, and learns nothing but up or down")
def show() -> tuple[Response, int]:
    """Every engine as the tick last saw it, and Redis as it answers now; 503 when one is down."""
    try:
        states: States = {state.name: (state.up, state.since.isoformat()) for state in engine_states()}
    except SQLAlchemyError:
        return _answer({"postgresql": (False, None)})
    if probe_redis() is not None and states.get("redis", (True, None))[0]:
        states["redis"] = (False, None)
    return _answer(states)


@health.get("/healthz/web")
@public("a load balancer has no account, and learns nothing but up or down")
def show_web() -> tuple[Response, int]:
    """Whether this process may be sent visitors: it answers, and so does its database."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return _answer({"postgresql": (False, None)})
    return _answer({"postgresql": (True, None)})


def _answer(states: States) -> tuple[Response, int]:
    up = all(state for state, _ in states.values())
    engines = {name: {"up": state, "since": since} for name, (state, since) in states.items()}
    answer = jsonify(status="up" if up else "down", engines=engines)
    answer.headers["Cache-Control"] = "no-store"
    return answer, 200 if up else 503
