"""Nothing lost, nothing doubled in silence: servers that refuse, senders that die, Redis that forgets."""

import signal
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from shared.clock import now
from shared.extensions import db
from shared.notifications import claiming
from shared.notifications.bouncing import read_report
from shared.notifications.channels.verp import envelope_sender
from shared.notifications.delivery_models import Channel, DeliveryReport
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.resending import resend
from shared.notifications.sending import drain
from shared.people.models import EmailCell, EmailSlot
from tests.engines import Machine
from tests.factories import post
from tests.sink import Sink

KILL_AFTER_250 = """
import os, signal
from wsgi import create_app
from shared.notifications import sending
from shared.notifications.delivering import ByMail
deliver = ByMail.deliver
def die(carrier, message):
    outcome = deliver(carrier, message)
    os.kill(os.getpid(), signal.SIGKILL)
    return outcome
ByMail.deliver = die
with create_app().app_context():
    sending.drain("email")
"""
SLOW_DRAIN = """
import time
from wsgi import create_app
from shared.notifications import sending
from shared.notifications.delivering import ByMail
deliver = ByMail.deliver
def slow(carrier, message):
    time.sleep(0.01)
    return deliver(carrier, message)
ByMail.deliver = slow
with create_app().app_context():
    sending.drain("email")
"""


@pytest.mark.row("P-26")
def test_a_sender_that_dies_after_the_250_leaves_one_line_to_check(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    for number in range(5):
        post.announced(party, post.invoices(), f"FA-{number}")
    db.session.commit()
    assert office.start("-c", KILL_AFTER_250).wait(90) == -signal.SIGKILL
    assert drain("email") == 4
    assert len(sink.received) == 5, "each arrived once"
    unknown = [line for line in post.lines() if line.status is Status.UNKNOWN]
    assert len(unknown) == 1 and "rifiez" in unknown[0].reply
    assert drain("email") == 0, "nobody sends it again by itself"
    resend(notification_id=unknown[0].id, by="command")
    db.session.commit()
    assert drain("email") == 1
    ids = [str(message.message["Message-ID"]) for message in sink.received]
    assert len(ids) == 6 and len(set(ids)) == 5, "a person's second sending bears the same Message-ID"


def test_a_batch_killed_again_and_again_loses_and_doubles_nothing(office: Machine, sink: Sink) -> None:
    folder = post.invoices()
    for number in range(120):
        post.announced(post.a_customer(billing=f"c{number}@lot.example"), folder, f"FA-{number}")
    db.session.commit()
    for _ in range(5):
        sender = office.start("-c", SLOW_DRAIN)
        before = len(sink.received)
        while len(sink.received) < before + 7 and sender.poll() is None:
            time.sleep(0.02)
        sender.kill()
        sender.wait()
    drain("email")
    ids = [str(message.message["Message-ID"]) for message in sink.received]
    assert len(ids) == len(set(ids)), "nobody got the same thing twice"
    statuses = [line.status for line in post.lines()]
    assert set(statuses) <= {Status.SENT, Status.UNKNOWN}
    assert statuses.count(Status.UNKNOWN) <= 5
    assert len(ids) >= statuses.count(Status.SENT)


def test_a_slow_sender_is_never_robbed(office: Machine, sink: Sink) -> None:
    post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    connecting = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connecting as slow, claiming.ownership(slow) as owner:
        assert len(claiming.claim(slow, "email", owner)) == 1
        assert drain("email") == 0
        assert post.lines()[0].status is Status.SENDING
        claiming.give_back(slow, owner)
    assert drain("email") == 1


@pytest.mark.parametrize("minutes", [(1, 5, 15, 60, 240)])
def test_a_server_that_says_later_is_tried_again_with_the_same_message_id(
    office: Machine, sink: Sink, minutes: tuple[int, ...]
) -> None:
    sink.rcpt_answers["compta@boutique.example"] = "451 4.7.1 patientez"
    document = post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    moment = now()
    for wait in minutes:
        with time_machine.travel(moment, tick=False):
            assert drain("email") == 0
            (line,) = post.lines(document)
            assert (line.status, line.reason) == (Status.WAITING, Reason.RETRY) and "451" in line.reply
            assert line.due_at - moment == timedelta(minutes=wait)
            moment = line.due_at + timedelta(seconds=1)
    sink.rcpt_answers.clear()
    with time_machine.travel(moment):
        assert drain("email") == 1
    assert str(sink.received[0].message["Message-ID"]) == line.message_id


def test_after_two_days_it_gives_up_and_says_so(office: Machine, sink: Sink) -> None:
    sink.rcpt_answers["compta@boutique.example"] = "451 4.7.1 patientez"
    document = post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    with time_machine.travel(now() + timedelta(hours=46)):
        drain("email")
    (line,) = post.lines(document)
    line.attempts = 6
    db.session.commit()
    with time_machine.travel(now() + timedelta(hours=47)):
        drain("email")
    assert post.lines(document)[0].status is Status.FAILED


def test_one_refused_address_does_not_hinder_the_others(office: Machine, sink: Sink) -> None:
    folder = post.invoices()
    sink.rcpt_answers["c3@lot.example"] = "550 5.1.1 inconnu"
    parties = [post.a_customer(billing=f"c{number}@lot.example") for number in range(10)]
    documents = [post.announced(party, folder) for party in parties]
    db.session.commit()
    assert drain("email") == 9
    (line,) = post.lines(documents[3])
    assert line.status is Status.BOUNCED and "550" in line.reply
    cell = db.session.get(EmailCell, (parties[3].id, EmailSlot.BILLING), populate_existing=True)
    assert cell is not None and cell.bounced_at is not None and cell.bounces == 1


def test_a_refusal_by_our_own_fault_pauses_the_channel_and_spares_the_address(office: Machine, sink: Sink) -> None:
    sink.rcpt_answers["compta@boutique.example"] = "550 5.7.26 unauthenticated"
    party = post.a_customer()
    document = post.announced(party, post.invoices())
    db.session.commit()
    assert drain("email") == 0
    (line,) = post.lines(document)
    assert (line.status, line.reason) == (Status.WAITING, Reason.RETRY)
    cell = db.session.get(EmailCell, (party.id, EmailSlot.BILLING), populate_existing=True)
    assert cell is not None and cell.bounced_at is None
    channel = db.session.get(Channel, "email", populate_existing=True)
    assert channel is not None and channel.paused_until is not None and channel.paused_until > now()


def test_a_server_that_is_away_opens_the_circuit_and_all_leaves_on_its_return(office: Machine, sink: Sink) -> None:
    folder = post.invoices()
    for number in range(8):
        post.announced(post.a_customer(billing=f"c{number}@lot.example"), folder)
    db.session.commit()
    from dataclasses import replace

    from shared.config import configure

    away = replace(office.config, smtp=replace(office.config.smtp, port=1))
    configure(away)
    try:
        assert drain("email") == 0
    finally:
        configure(office.config)
    assert all(line.status is Status.WAITING for line in post.lines())
    assert drain("email") == 0, "the circuit is open"
    with time_machine.travel(now() + timedelta(minutes=10)):
        assert drain("email") == 8
    assert len(sink.received) == 8


def test_a_delivery_report_is_filed_on_its_notification_once(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    document = post.announced(party, post.invoices())
    db.session.commit()
    drain("email")
    (line,) = post.lines(document)
    raw = _report(envelope_sender(line.id, office.config.envelope_domain, office.config.derive(b"bounce")))
    read_report(raw=raw)
    read_report(raw=raw)
    db.session.commit()
    (line,) = post.lines(document)
    assert line.status is Status.BOUNCED and db.session.query(DeliveryReport).count() == 1
    cell = db.session.get(EmailCell, (party.id, EmailSlot.BILLING), populate_existing=True)
    assert cell is not None and cell.bounces == 1


def test_a_forged_report_changes_nothing(office: Machine, sink: Sink) -> None:
    document = post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    drain("email")
    (line,) = post.lines(document)
    read_report(raw=_report(f"bounce+{line.id.hex}.0000000000000000@{office.config.envelope_domain}"))
    db.session.commit()
    assert post.lines(document)[0].status is Status.SENT


def test_a_forgetful_redis_loses_nothing(office: Machine, sink: Sink) -> None:
    import redis

    post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    redis.Redis.from_url(office.config.redis_url).flushall()
    assert drain("email") == 1 and len(sink.received) == 1


def test_the_sender_holds_no_lock_when_it_is_done(office: Machine) -> None:
    post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    drain("email")
    held = db.session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 26453"))
    assert claiming.LOCK_CLASS == 26453 and held == 0
    assert db.session.query(Notification).filter_by(status=Status.SENDING).count() == 0


def _report(envelope: str) -> bytes:
    lines = [
        "From: MAILER-DAEMON@mx.example",
        f"To: {envelope}",
        "Subject: Undelivered Mail",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "Sorry.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        "Final-Recipient: rfc822; compta@boutique.example",
        "Action: failed",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 unknown user",
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()
