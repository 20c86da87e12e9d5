"""A refusal leaves its security line and nothing else; a flood of them is counted, not written."""

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from shared.access.models import Seat
from shared.clock import now
from shared.events.models import Chain, Event
from shared.extensions import db
from shared.web import refusals
from tests.factories.counter import a_document, a_folder, a_party
from tests.factories.identity import Browser, a_clerk, a_holder


def lines(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name).order_by(Event.id)))


def test_each_refusal_of_a_stranger_s_document_is_a_line(app: Flask) -> None:
    a_holder("C1")
    document = a_document(a_party("C2"), a_folder())
    browser = Browser(app)
    browser.sign_in("C1")
    assert browser.get(f"/documents/{document.id}").status_code == 404
    (line,) = lines("portal.denied")
    assert line.chain is Chain.SECURITY and line.facts["path"] == f"/documents/{document.id}"
    assert line.actor.startswith("account:") and line.facts["ip"] == "127.0.0.1"


def test_staff_without_the_permission_are_refused_and_logged(app: Flask) -> None:
    a_clerk("reader")
    browser = Browser(app)
    browser.sign_in_staff()
    assert browser.get("/backoffice/engines").status_code == 403
    (line,) = lines("staff.denied")
    assert line.actor.startswith("staff:") and line.facts["permission"] == "backoffice:engines:see"


def test_twenty_a_minute_then_counted(app: Flask) -> None:
    a_clerk("reader")
    browser = Browser(app)
    with time_machine.travel(now(), tick=False) as clock:
        browser.sign_in_staff()
        for _time in range(25):
            browser.get("/backoffice/engines")
        assert len(lines("staff.denied")) == 20
        clock.shift(timedelta(seconds=61))
        browser.get("/backoffice/engines")
        browser.get("/backoffice/engines")
    *_before, last, after = lines("staff.denied")
    assert last.facts["left_out"] == 5 and "left_out" not in after.facts


def test_what_the_request_did_is_undone(app: Flask) -> None:
    seat = a_holder("C1")
    db.session.commit()
    seat_id = seat.id
    with app.test_request_context("/x"):
        db.session.get(Seat, seat_id).allowed = False
        refusals.refused("portal.denied")
        assert db.session.get(Seat, seat_id).allowed
    assert len(lines("portal.denied")) == 1
