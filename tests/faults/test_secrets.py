"""The whole life of an access, then every place is searched: a secret is where it must be, and nowhere else."""

import base64
import re
import urllib.parse
from pathlib import Path

import pytest
import redis
from sqlalchemy import inspect, select, text

from shared.access.models import Access
from shared.extensions import db
from shared.people.models import EmailSlot
from tests.engines import Machine
from tests.factories import office
from tests.factories.identity import STAFF_PASSWORD, Browser
from tests.faults.conftest import OwnRedis, installed
from tests.faults.soundness import assert_sound, until
from tests.sink import Sink

CHOSEN, CHANGED = "girafe tambour lavande", "ardoise pigeon moulin"
MAILBOX = "fiche@boutique.example"


def test_no_secret_of_an_access_is_written_anywhere(
    rung_machine: Machine, own_redis: OwnRedis, sink: Sink, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    machine, clerk = rung_machine, installed(rung_machine)
    log = tmp_path / "processes.log"
    for argv in (("shared.engines.working", "now"), ("shared.engines.working", "mail"), ("shared.ticking",)):
        with log.open("ab") as file:
            machine.start("-m", *argv, output=file.fileno())
    initial = opened(machine, clerk)
    person = Browser(machine.app)
    assert person.sign_in("55", initial).status_code == 303
    person.get("/choose-password")
    assert person.post("/choose-password", password=CHOSEN, again=CHOSEN).status_code == 303
    activation = token_in(sink, "a", 1)
    assert "password" in person.get("/account").text
    person.get(f"/a/{activation}")
    person.get("/forgotten")
    assert person.post("/forgotten", identifier="55").status_code == 200
    reset = token_in(sink, "r", 2)
    stranger = Browser(machine.app)
    stranger.get(f"/r/{reset}")
    assert stranger.post(f"/r/{reset}", password=CHANGED, again=CHANGED).status_code == 303
    assert stranger.sign_in("55", CHANGED).status_code == 303
    until(lambda: len(sink.received) >= 3)  # the change is told
    places = {
        "database": database(machine),
        "redis": in_redis(own_redis.url),
        "logs": log.read_text() + caplog.text,
        "storage": "".join(
            path.read_bytes().decode("latin-1") for path in machine.config.storage_folder.rglob("*") if path.is_file()
        ),
    }
    assert MAILBOX in places["database"], "the search does see what is there"
    mail = "\n".join(received.raw.decode("latin-1") + received.text for received in sink.received)
    for secret in (initial, CHOSEN, CHANGED, STAFF_PASSWORD, activation, reset):
        assert [place for place, held in places.items() if any(one in held for one in spellings(secret))] == [], secret
    for secret in (initial, CHOSEN, CHANGED, STAFF_PASSWORD):
        assert not any(one in mail for one in spellings(secret)), "no password travels by mail"
    assert_sound(machine, sink)


def opened(machine: Machine, clerk: Browser) -> str:
    """An initial password drawn, shown and applied by the worker; the clear text, as the clerk read it."""
    with machine.app.app_context():
        party = office.customer("55", addresses={EmailSlot.CARD: MAILBOX}).id
        db.session.commit()
    url = f"/backoffice/access/{party}"
    for action in ("draw?seen=0", "allow"):
        assert clerk.post(f"{url}/{action}").status_code == 303
    shown = re.search(r"<code>([^<]+)</code>", clerk.post(f"{url}/show").text)
    assert shown

    def is_applied() -> bool:
        with machine.app.app_context():
            return db.session.scalars(select(Access.id).join(Access.seat)).first() is not None

    until(is_applied)
    return shown[1]


def token_in(sink: Sink, door: str, number: int) -> str:
    """The token of the link in the `number`-th message."""
    until(lambda: len(sink.to(MAILBOX)) >= number)
    tokens = [re.search(rf"http://localhost/{door}/([^\s\"<]+)", each.text) for each in sink.to(MAILBOX)]
    found = [token[1] for token in tokens if token]
    assert found
    return found[-1]


def spellings(secret: str) -> set[str]:
    data = secret.encode()
    coded = {base64.b64encode(data[start:]).decode()[:-4] for start in range(3)}
    return {secret, data.hex(), urllib.parse.quote(secret), urllib.parse.quote_plus(secret)} | coded


def database(machine: Machine) -> str:
    """Every row of every table, as COPY would write them."""
    with machine.app.app_context():
        tables = inspect(db.engine).get_table_names()
        return "\n".join(
            str(row) for table in tables for row in db.session.scalars(text(f'SELECT t::text FROM "{table}" t'))
        )


def in_redis(url: str) -> str:
    with redis.Redis.from_url(url) as client:
        return "\n".join(f"{key!r} {client.dump(key)!r}" for key in client.scan_iter())
