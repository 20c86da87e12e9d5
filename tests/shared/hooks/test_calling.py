"""Who subscribed is called with what happened: signed, once, again until accepted, and nowhere inside."""

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shared.clock import now
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.hooks import delivering, subscribing
from shared.hooks.models import Hook, HookCall
from shared.hooks.reaching import Unreachable, is_public, post
from shared.people.models import Party
from shared.records.entering import enter
from shared.records.models import Record
from shared.records.moving import move
from shared.secrets import unseal
from tests.factories.office import customer
from tests.factories.post import an_installation
from tests.webhooks import Listener, running_listener


@pytest.fixture
def listener(app: Flask) -> Iterator[Listener]:
    an_installation()
    with running_listener() as listener:
        yield listener


def a_hook(listener: Listener, *events: str) -> tuple[Hook, str]:
    return subscribing.subscribe(label="ERP", url=listener.url, events=events or ["*"], by="command")


def a_quote(number: str = "DV-1", party: Party | None = None) -> Record:
    values = {"number": number, "amount": "10.00"}
    return enter(kind="quote", party=party or customer(), by="command", values=values, status="validated")


def deliver() -> int:
    db.session.commit()
    done = 0
    while delivering.deliver_next():
        db.session.commit()
        done += 1
    return done


def waiting() -> int:
    return db.session.scalar(select(func.count()).select_from(HookCall).where(HookCall.ended_at.is_(None))) or 0


@pytest.mark.row("B-10")
def test_a_refusal_reaches_the_hook_with_its_reason_signed(listener: Listener) -> None:
    _hook, secret = a_hook(listener, "quote.refused")
    move(record=a_quote(), move="refuse", by="command", reason="Trop cher")
    assert deliver() == 1
    (call,) = listener.calls
    assert (call.told["type"], call.told["data"]["reason"]) == ("quote.refused", "Trop cher")
    assert call.told["data"]["record"]["number"] == "DV-1"
    signed = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode() + call.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert call.headers["webhook-signature"] == f"v1,{expected}"
    assert deliver() == 0


def test_what_is_refused_is_tried_again_under_the_same_id_and_words(listener: Listener) -> None:
    hook, _secret = a_hook(listener, "quote.*")
    listener.answers = [500, 302]
    a_quote()
    first = deliver()
    assert first == 1 and waiting() == 2  # the other events of this hook rest meanwhile
    assert hook.failing_since is not None
    with time_machine.travel(now() + timedelta(minutes=2)):
        deliver()
    with time_machine.travel(now() + timedelta(minutes=30)):
        deliver()
    assert waiting() == 0 and hook.failing_since is None
    by_id: dict[str, set[bytes]] = {}
    for call in listener.calls:
        by_id.setdefault(call.headers["webhook-id"], set()).add(call.body)
    assert len(by_id) == 2 and all(len(bodies) == 1 for bodies in by_id.values())
    assert len(listener.calls) == 4  # no redirect was followed


def test_it_is_given_up_after_two_days_and_sent_again_by_hand(listener: Listener) -> None:
    a_hook(listener, "quote.validated")
    listener.answers = [503] * 30
    a_quote()
    started, tries = now(), 0
    while waiting():
        with time_machine.travel(db.session.scalar(select(HookCall.due_at)) or started):
            tries += deliver()
            spent = now() - started
    call = db.session.scalars(select(HookCall)).one()
    assert call.accepted_at is None and call.ended_at is not None
    assert tries == call.attempts == 16 and timedelta(hours=44) < spent <= timedelta(hours=48)
    listener.answers = []
    subscribing.send_again(call=call, by="command")
    assert deliver() == 1 and call.accepted_at is not None


def test_gone_means_no_more(listener: Listener) -> None:
    hook, _secret = a_hook(listener, "quote.validated")
    listener.answers = [410]
    a_quote()
    deliver()
    assert not hook.enabled and waiting() == 0
    a_quote("DV-2", db.session.scalars(select(Party)).first())
    assert deliver() == 0


def test_a_rollback_calls_nobody_and_nobody_costs_one_read(listener: Listener) -> None:
    a_hook(listener)
    inner = db.session.begin_nested()
    a_quote()
    inner.rollback()
    db.session.commit()
    assert deliver() == 0


@pytest.mark.row("B-11")
def test_what_staff_note_among_themselves_is_never_told(listener: Listener) -> None:
    names = subscribing.told_events()
    assert not [name for name in names if name.startswith(("remark.", "note.", "staff.", "token.", "setting."))]
    with pytest.raises(Refused):
        a_hook(listener, "note.*")
    a_hook(listener, "*")
    party = customer()
    record("note.written", by="command", party_id=party.id, facts={"kind": "call"})
    record("account.signed_in", by="command", party_id=party.id)
    db.session.commit()
    told = set(db.session.scalars(select(HookCall.event)))
    assert told.isdisjoint({"note.written", "account.signed_in"})


def test_secrets_are_sealed_and_change(listener: Listener) -> None:
    hook, secret = a_hook(listener)
    assert secret not in hook.secret and unseal(hook.secret, "hook") == secret
    assert subscribing.renew_secret(hook=hook, by="command") != secret
    assert secret not in str([event.facts for event in db.session.scalars(select(Event))])


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.exemple.fr/x",
        "ftp://erp.exemple.fr/x",
        "https://u:p@erp.exemple.fr/",
        "https://",
        "https://[",
        "https://erp.exemple.fr:99999/",
        "https://erp.exemple.fr/\r\nX: y",
        "https://erp.exemple.fr/" + "a" * 500,
        "javascript:alert(1)",
    ],
)
def test_only_a_whole_https_address_is_taken(app: Flask, url: str) -> None:
    with pytest.raises(Refused) as refusal:
        subscribing.subscribe(label="ERP", url=url, events=["*"], by="command")
    assert refusal.value.field == "url"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.4",
        "172.16.9.9",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
def test_nothing_inside_is_reached(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


def test_a_name_that_leads_inside_is_not_called(
    app: Flask, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.hooks.reaching.is_loopback", lambda _host: False)  # as on any public installation
    with pytest.raises(Unreachable, match="réseau interne"):
        post(listener.url, b"{}", {})
    assert listener.calls == []
    assert is_public(ipaddress.ip_address("93.184.216.34"))
