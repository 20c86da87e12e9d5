"""Tries are counted by what is tried; an address is only ever slowed."""

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shared.access import throttling
from shared.access.models import Attempt
from shared.clock import now
from shared.extensions import db
from shared.transactions import transaction
from tests.engines import Machine

MORNING = "2026-11-22T08:00:00Z"


def one(subject: str = "account:1", address: str = "192.0.2.1", **named: object) -> bool:
    return subject in throttling.take("login", [subject], address=address, **named).allowed  # type: ignore[arg-type]


@pytest.mark.row("FR-12")
def test_ten_tries_then_longer_and_longer_waits_then_none(app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        assert [one() for _try in range(12)] == [True] * 10 + [False] * 2
        clock.shift(timedelta(minutes=16))
        assert [one() for _try in range(2)] == [True, False]
        for _try in range(11):
            clock.shift(timedelta(minutes=16))
            one()
        clock.shift(timedelta(minutes=16))
        assert not one()
        clock.shift(timedelta(hours=25))
        assert one()


def test_what_is_refused_for_good_is_not_counted_any_more(app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False):
        for _try in range(60):
            one()
    kept = select(func.count()).select_from(Attempt).where(Attempt.action == "login")
    assert db.session.scalar(kept) == throttling.MOST


def test_a_company_behind_one_address_is_not_blocked(app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False):
        assert all(one(f"account:{number}") for number in range(200))
        assert all(one(f"account:{number}") for number in range(40))


def test_trying_code_after_code_from_one_address_is_slowed(app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        for number in range(250):
            one(f"nobody:{number}")
        with pytest.raises(throttling.TooMany):
            one("nobody:250")
        assert one("nobody:250", address="192.0.2.2")
        assert one("account:7", device="d", known=["account:7"])
        clock.shift(timedelta(seconds=3))
        assert one("nobody:251")


@pytest.mark.parametrize(
    ("first", "second"), [("2001:db8::1", "2001:db8::ffff"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1")]
)
def test_one_subscriber_counts_as_one_address(app: Flask, first: str, second: str) -> None:
    with time_machine.travel(MORNING, tick=False):
        for number in range(250):
            one(f"nobody:{number}", address=first)
        with pytest.raises(throttling.TooMany):
            one("nobody:x", address=second)


def test_a_success_is_no_failure_and_the_owner_is_forgiven(app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False):
        for _try in range(20):
            throttling.succeeded(throttling.take("login", ["account:1"], address="192.0.2.1"))
        assert one()
        for _try in range(30):
            one()
        throttling.forgive("login", ["account:1"])
        assert one()


def test_old_tries_are_swept(app: Flask) -> None:
    one()
    with time_machine.travel(now() + timedelta(days=3)):
        assert throttling.purge() == 2


@pytest.mark.row("FR-12")
def test_fifty_at_once_do_not_get_more_than_ten(machine: Machine) -> None:
    allowed: list[bool] = []

    def attempt() -> None:
        with machine.app.app_context():
            with transaction():
                got = one("account:9")
            allowed.append(got)
            db.session.remove()

    threads = [threading.Thread(target=attempt) for _thread in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 50 and sum(allowed) == 10
