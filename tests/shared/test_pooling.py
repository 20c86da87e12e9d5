"""A connection that the server has closed is never handed out; a new one compiles nothing."""

import psycopg
import pytest
from sqlalchemy import text

from shared import pooling
from shared.extensions import db
from tests.engines import Engines, Machine


def _backend() -> int:
    try:
        return int(db.session.scalar(text("SELECT pg_backend_pid()")) or 0)
    finally:
        db.session.remove()


@pytest.mark.parametrize("fresh", [pooling.FRESH, 0.0])
def test_a_connection_ended_by_the_server_is_replaced_unseen(
    machine: Machine, engines: Engines, monkeypatch: pytest.MonkeyPatch, fresh: float
) -> None:
    monkeypatch.setattr(pooling, "FRESH", fresh)
    with machine.app.app_context():
        first = _backend()
        assert _backend() == first, "a healthy connection is kept"
        with psycopg.connect(host=str(engines.socket), user="postgres", dbname="postgres", autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (first,))
        assert _backend() not in (0, first)


def test_no_question_of_a_page_is_compiled(machine: Machine) -> None:
    with machine.app.app_context():
        db.engine.dispose()
        for _turn in range(2):
            assert db.session.scalar(text("SHOW jit")) == "off"
            db.session.rollback()
