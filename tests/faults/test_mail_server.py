"""A mail server that says nothing, or leaves before its last word: nobody waits for ever or is written to twice."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine

from shared.config import configure
from shared.extensions import db
from shared.notifications.delivery_models import Channel
from shared.notifications.models import Reason, Status
from shared.notifications.sending import drain
from tests.engines import Machine
from tests.factories import post
from tests.factories.identity import Browser, a_holder
from tests.faults.conftest import installed
from tests.faults.soundness import assert_sound, statuses
from tests.shared.notifications.test_smtp import Server, cut, hang
from tests.sink import Sink

WAIT = 0.5  # seconds


@pytest.fixture
def office(machine: Machine) -> Iterator[Machine]:
    installed(machine)
    yield machine
    configure(machine.config)


def send_by(machine: Machine, server: Server) -> int:
    smtp = replace(machine.config.smtp, port=server.port, timeout=WAIT)
    configure(replace(machine.config, smtp=smtp))
    try:
        with machine.app.app_context():
            return drain("email")
    finally:
        configure(machine.config)
        server.stop()


def announce(machine: Machine, count: int) -> None:
    with machine.app.app_context():
        for number in range(count):
            post.announced(post.a_customer(billing=f"c{number}@lot.example"), post.invoices(), f"FA-{number}")
        db.session.commit()


def test_silent_at_the_banner_it_frees_the_sender_and_the_batch_waits(office: Machine, sink: Sink) -> None:
    announce(office, 8)
    began = time.monotonic()
    assert send_by(office, Server(GREET=hang)) == 0
    assert time.monotonic() - began < 5 * WAIT + 45
    assert statuses(office) == {Status.WAITING: 8}
    with office.app.app_context():
        assert db.session.get_one(Channel, "email").paused_until is not None, "five failures open the circuit"
        assert drain("email") == 0
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
            assert drain("email") == 8
    assert_sound(office, sink)


def test_cut_before_its_last_word_the_line_is_for_a_person_to_check(office: Machine, sink: Sink) -> None:
    announce(office, 1)
    server = Server(DOT=cut)
    assert send_by(office, server) == 0
    assert len(server.messages) == 1
    assert statuses(office) == {Status.UNKNOWN: 1}
    with office.app.app_context(), time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
        assert drain("email") == 0, "it never leaves again by itself"
        assert post.lines()[0].reason is Reason.NONE
    assert_sound(office, sink)


def test_a_reset_link_that_may_be_lost_is_asked_for_again_and_only_the_newest_works(
    office: Machine, sink: Sink
) -> None:
    with office.app.app_context():
        seat = a_holder("800", email="camille@client.example")
        seat.account.email, seat.account.email_verified_at = "camille@client.example", datetime.now(UTC)
        db.session.commit()
    person, server = Browser(office.app), Server(DOT=cut)
    ask(person)
    assert send_by(office, server) == 0
    assert statuses(office) == {Status.UNKNOWN: 1}
    ask(person)
    with office.app.app_context():
        assert drain("email") == 1
    perhaps, newest = link_in(server.messages[0]), link_in(sink.received[0].raw)
    assert perhaps != newest
    assert 'name="password"' not in person.get(perhaps).text
    assert 'name="password"' in person.get(newest).text
    assert_sound(office, sink)


def ask(person: Browser) -> None:
    person.get("/forgotten")
    assert person.post("/forgotten", identifier="800").status_code == 200


def link_in(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body is not None
    found = re.search(r"http://localhost(/r/[^\s\"<]+)", body.get_content())
    assert found
    return found[1]
