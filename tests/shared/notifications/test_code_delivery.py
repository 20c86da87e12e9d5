"""A code on its way: written down before the call, never twice, never after a newer one, and erased."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from shared.clock import now
from shared.errors import Refused
from shared.extensions import db
from shared.notifications import claiming
from shared.notifications.codes import erase_expired
from shared.notifications.delivering import carrier_of
from shared.notifications.delivery_models import Channel
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.resending import resend
from shared.notifications.resolving import resolve
from shared.notifications.sending import _own_connection, _send_batch, drain
from shared.signatures import codes
from tests.engines import Machine
from tests.factories.codes import MAIL, PHONE, a_provider, a_signer, lines, waiting_code
from tests.sink import Sink
from tests.sms import Provider

DIGEST = "a" * 64


@pytest.fixture
def provider(provider: Provider, office: Machine) -> Provider:
    a_provider(provider.url)
    db.session.commit()
    return provider


def ask(signer_id: uuid.UUID, channel: str = "sms") -> str:
    address = PHONE if channel == "sms" else MAIL
    codes.issue(signer_id=signer_id, digest=DIGEST, channel=channel, address=address, verified=False)
    code = waiting_code(lines()[-1])
    db.session.commit()
    return code


def a_signer_id() -> uuid.UUID:
    signer_id = a_signer().id
    db.session.commit()
    return signer_id


def test_a_code_leaves_by_sms_or_mail_and_only_its_owner_has_read_it(provider: Provider, sink: Sink) -> None:
    signer_id = a_signer_id()
    code = ask(signer_id)
    assert drain("sms") == 1 and drain("sms") == 0
    (sent,) = provider.to(PHONE)
    assert sent.code == code and "Contrat de maintenance" in sent.body and "’" not in sent.body
    (line,) = lines()
    assert (line.status, line.address, line.secret) == (Status.SENT, PHONE, None)
    assert line.intent_at is not None and "1 SMS" in line.reply
    assert line.body is not None and line.body.startswith("•••") and sent.code not in line.body.replace(" ", "")
    mailed = ask(signer_id, "email")
    assert drain("email") == 1
    (message,) = sink.to(MAIL)
    assert f"{mailed[:3]} {mailed[3:]}" in message.text and message.subject == "Votre code pour signer"
    assert lines()[-1].secret is None
    assert codes.check(signer_id=signer_id, digest=DIGEST, typed=mailed).channel == "email"
    with pytest.raises(Refused, match="autre"):
        resend(notification_id=line.id, by="command")


def test_what_a_provider_answers_decides_what_becomes_of_the_line(provider: Provider) -> None:
    signer_id = a_signer_id()
    provider.answers[PHONE] = (503, {"message": "Maintenance"}, {})
    ask(signer_id)
    assert drain("sms") == 0
    line = lines()[-1]
    assert (line.status, line.reason) == (Status.WAITING, Reason.RETRY) and line.secret
    with time_machine.travel(now() + timedelta(minutes=6)):
        drain("sms")  # the next try would come after its end
    assert (lines()[-1].status, lines()[-1].secret) == (Status.FAILED, None)
    provider.answers[PHONE] = (400, {"code": "invalid_parameter", "message": "Invalid telephone number"}, {})
    ask(signer_id)
    drain("sms")
    line = lines()[-1]
    assert (line.status, line.secret) == (Status.BOUNCED, None) and "Invalid telephone number" in line.reply
    provider.answers[PHONE] = "cut"
    ask(signer_id)
    drain("sms")
    line = lines()[-1]
    assert (line.status, line.secret) == (Status.UNKNOWN, None), "nobody knows: another code is asked for"
    with pytest.raises(Refused):
        resend(notification_id=line.id, by="command")
    provider.answers[PHONE] = (401, {"code": "unauthorized", "message": "Key not found"}, {})
    ask(signer_id)
    drain("sms")
    paused = db.session.get(Channel, "sms", populate_existing=True)
    assert lines()[-1].status is Status.WAITING and paused is not None and "Key not found" in paused.paused_because


def test_an_older_code_never_leaves_after_a_newer_one(provider: Provider) -> None:
    """The older one is in a sender's hand, not begun, when the newer one is asked for."""
    signer_id = a_signer_id()
    ask(signer_id)
    carrier = carrier_of("sms")
    assert carrier is not None
    with _own_connection() as connection, claiming.ownership(connection) as owner:
        held = resolve(connection, claiming.claim(connection, "sms", owner))
        newer = ask(signer_id)
        assert drain("sms") == 1
        assert _send_batch(connection, carrier, held, owner, "sms") == (0, True)
    assert [text.code for text in provider.to(PHONE)] == [newer]
    old, new = lines()
    assert (old.status, old.intent_at, old.secret) == (Status.CANCELLED, None, None)
    assert new.status is Status.SENT


@pytest.mark.parametrize("begun", [True, False])
def test_a_sender_that_dies_leaves_a_doubt_only_where_the_call_had_begun(provider: Provider, begun: bool) -> None:
    code = ask(a_signer_id())
    dead = {"owner": 4_711, "now": now(), "intent": now() if begun else None}
    db.session.execute(
        text("UPDATE notification SET status = 'sending', owner = :owner, claim_order = 1, claimed_at = :now,"
             " intent_at = :intent WHERE channel = 'sms'"),
        dead,
    )  # fmt: skip
    db.session.commit()
    drain("sms")
    (line,) = lines()
    if begun:
        assert (line.status, line.secret, provider.texts) == (Status.UNKNOWN, None, [])
    else:
        assert line.status is Status.SENT and provider.to(PHONE)[0].code == code


def test_a_code_that_did_not_leave_in_time_is_erased_and_never_sent(provider: Provider) -> None:
    ask(a_signer_id())
    with time_machine.travel(now() + timedelta(minutes=11)):
        erase_expired()
        db.session.commit()
        assert drain("sms") == 0
    (line,) = lines()
    assert (line.status, line.secret, provider.texts) == (Status.CANCELLED, None, [])
    assert "temps" in line.reply


def test_without_a_provider_the_line_waits(office: Machine) -> None:
    a_provider("http://127.0.0.1:9")
    ask(a_signer_id())
    db.session.execute(text("DELETE FROM setting"))
    db.session.commit()
    assert drain("sms") == 0
    assert db.session.scalars(select(Notification.status)).one() is Status.WAITING
