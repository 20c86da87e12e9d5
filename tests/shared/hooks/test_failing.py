"""One address that cannot be called stops no other; one that asks to be left alone is left alone, and staff see it."""

import ipaddress
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shared.clock import now
from shared.documents.models import Document
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.hooks import delivering, finding, forgetting, subscribing
from shared.hooks.models import Hook, HookCall
from shared.hooks.reaching import is_public
from shared.hooks.telling import told
from tests.factories import office
from tests.factories.identity import a_clerk, signed_in
from tests.factories.post import an_installation
from tests.webhooks import Listener, running_listener


@pytest.fixture
def listener(app: Flask) -> Iterator[Listener]:
    an_installation()
    with running_listener() as listener:
        yield listener


def a_hook(url: str) -> Hook:
    return subscribing.subscribe(label="ERP", url=url, events=["party.*"], by="command")[0]


def happened() -> None:
    office.customer()
    db.session.commit()
    while delivering.deliver_next():
        db.session.commit()


def call_of(hook: Hook) -> HookCall:
    return db.session.scalars(select(HookCall).where(HookCall.hook_id == hook.id)).one()


def test_an_address_or_a_secret_that_is_of_no_use_stops_no_other(listener: Listener) -> None:
    spoilt, unread, good = a_hook(listener.url), a_hook(listener.url), a_hook(listener.url)
    spoilt.url = f"{listener.url}&lieu=forêt"  # kept before such addresses were refused
    unread.secret = "scellé sous une autre clé"
    happened()
    assert (call_of(good).status, len(listener.calls)) == (200, 1)
    assert "accent" in call_of(spoilt).reply and "changez-le" in call_of(unread).reply
    assert spoilt.failing_since and unread.failing_since and call_of(spoilt).ended_at is None


@pytest.mark.parametrize(
    "url", ["https://erp.exemple.fr/forêt", "https://érp.exemple.fr/", "https://erp.exemple.fr/a b"]
)
def test_what_cannot_be_sent_as_it_is_written_is_refused(app: Flask, url: str) -> None:
    with pytest.raises(Refused) as refusal:
        a_hook(url)
    assert refusal.value.field == "url"


def test_an_address_that_wants_no_more_calls_is_seen_by_staff(app: Flask, listener: Listener) -> None:
    hook = a_hook(listener.url)
    listener.answers = [410]
    happened()
    assert not hook.enabled and db.session.scalar(select(finding.failing())) == 1
    stopped = db.session.scalars(select(Event).where(Event.name == "hook.changed")).one()
    assert (stopped.actor, stopped.facts["enabled"]) == ("system", False)
    a_clerk()
    browser = signed_in(app)
    assert "410" in browser.get(f"/backoffice/settings/api/hooks/{hook.id}").text
    assert "ne veut plus d’appels" in browser.get("/backoffice/settings/api").text
    browser.post(f"/backoffice/settings/api/hooks/{hook.id}/on")
    db.session.refresh(hook)
    assert hook.enabled and db.session.scalar(select(finding.failing())) == 0


def test_of_a_folder_that_needs_a_grant_not_even_a_title_is_told(listener: Listener) -> None:
    hook = subscribing.subscribe(label="ERP", url=listener.url, events=["document.*"], by="command")[0]
    document = office.filed(office.customer(), office.folder(), filename="avis.txt")
    said = [told(_call(hook, document))["data"]["document"]]
    document.folder.needs_grant = True
    said.append(told(_call(hook, document))["data"]["document"])
    assert said[0]["title"] == document.title and said[1] == {"id": str(document.id)}


def _call(hook: Hook, document: Document) -> HookCall:
    event = record("document.opened", by="command", document_id=document.id)
    db.session.flush()
    return db.session.scalars(select(HookCall).where(HookCall.event_id == event.id)).one()


def test_calls_are_forgotten_after_ninety_days(listener: Listener) -> None:
    hook = a_hook(listener.url)
    happened()
    assert forgetting.forget() == 0
    with time_machine.travel(now() + timedelta(days=91)):
        happened()
        assert forgetting.forget() == 1
    assert db.session.scalar(select(func.count()).select_from(HookCall).where(HookCall.hook_id == hook.id)) == 1


@pytest.mark.parametrize("address", ["fec0::1", "::7f00:1", "::ffff:0:10.0.0.1", "5f00::1"])
def test_what_is_not_given_out_as_public_is_inside(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert is_public(ipaddress.ip_address("2606:4700::1111")) and is_public(ipaddress.ip_address("64:ff9b::808:808"))
