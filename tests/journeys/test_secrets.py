"""Initial passwords, traced everywhere they could have leaked to."""

import base64
import re

import pytest
import redis
from sqlalchemy import inspect, select, text

from shared.access import granting, initial
from shared.access.models import Access
from shared.access.synchronising import synchronise
from shared.extensions import db
from shared.notifications.sending import drain
from shared.notifications.shipping import ship_messages
from shared.people.models import EmailSlot
from tests.conftest import FreshClient
from tests.engines import Machine
from tests.factories import office
from tests.factories.identity import Browser, a_clerk
from tests.sink import Sink

ACCOUNTS = 8
PAGES = ("/backoffice/access", "/backoffice/access/export.csv", "/backoffice/history", "/backoffice/parties")


@pytest.mark.row("P-36")
@pytest.mark.row("FR-13")
def test_an_initial_password_is_found_nowhere(machine: Machine, sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    machine.app.test_client_class = FreshClient
    with machine.app.app_context():
        secrets = _open_accesses()
        drain("email")
        browser = Browser(machine.app)
        browser.sign_in_staff()
        pages = [browser.get(url).text for url in PAGES]
        kept = {
            "database": _database(),
            "redis": _redis(machine.config.redis_url),
            "mail": "\n".join(message.raw.decode("latin-1") + message.text for message in sink.received),
            "log": caplog.text,
            "pages": "\n".join(pages),
        }

    assert len(sink.received) == ACCOUNTS
    for clear in secrets:
        for spelling in (clear, base64.b64encode(clear.encode()).decode()[:-4], clear.encode().hex()):
            assert [place for place, held in kept.items() if spelling in held] == []


def _open_accesses() -> list[str]:
    """Drawn, shown, synchronised; half of them handed over."""
    office.an_installation()
    ship_messages()
    a_clerk()
    secrets = []
    for number in range(ACCOUNTS):
        party = office.customer(f"S{number}", addresses={EmailSlot.CARD: f"s{number}@boutique.example"})
        access = granting.grant(party=party, by="command")
        initial.draw(access=access, by="command")
        granting.allow(access=access, by="command")
        secrets.append(initial.show(access=access, by="command"))
        if number % 2:
            initial.hand_over(access=access, how="printed", by="command")
    db.session.commit()
    synchronise()
    db.session.commit()
    assert all(re.fullmatch(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", clear) for clear in secrets)
    handed_over = select(Access.initial_secret).where(Access.initial_handed_over_at.is_not(None))
    assert set(db.session.scalars(handed_over)) == {None}
    return secrets


def _database() -> str:
    tables = inspect(db.engine).get_table_names()
    rows = [db.session.scalars(text(f'SELECT t::text FROM "{table}" t')).all() for table in tables]
    return "\n".join(str(row) for table in rows for row in table)


def _redis(url: str) -> str:
    with redis.Redis.from_url(url) as client:
        return "\n".join(repr(client.dump(key)) for key in client.scan_iter())
