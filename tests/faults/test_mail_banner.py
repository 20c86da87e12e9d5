"""With the mail server down nothing is lost, every page says so within a minute, and all leaves on its return."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.config import configure, load
from shared.extensions import db
from shared.notifications.models import Status
from shared.notifications.sending import drain
from shared.recurring import RECURRING
from shared.settings import trying
from shared.settings.mail_server import change_mail_server, mail_source
from tests.engines import Machine
from tests.factories import post
from tests.factories.identity import Browser
from tests.faults.conftest import installed
from tests.faults.soundness import statuses
from tests.sink import Sink, free_port, running_sink

BANNER = "Le serveur de messagerie ne répond pas"
PAGES = (
    "/backoffice/",
    "/backoffice/parties",
    "/backoffice/history",
    "/backoffice/settings/mail",
    "/backoffice/account",
)


@pytest.fixture
def office(machine: Machine) -> Iterator[tuple[Machine, Browser, int]]:
    """An installation whose mail server is down, on a port that a test may open."""
    port = free_port()
    machine.environ["SMTP_PORT"] = str(port)
    machine.config = load(machine.environ)
    yield machine, installed(machine), port
    configure(machine.config)


def announce(machine: Machine, count: int) -> None:
    with machine.app.app_context():
        for number in range(count):
            post.announced(post.a_customer(billing=f"c{number}@lot.example"), post.invoices(), f"FA-{number}")
        db.session.commit()


def until(what: object, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():  # type: ignore[operator]
            return True
        time.sleep(0.5)
    return False


@pytest.mark.row("A-05")
def test_down_every_page_says_so_and_on_return_all_leaves(office: tuple[Machine, Browser, int]) -> None:
    machine, browser, port = office
    announce(machine, 4)
    assert BANNER not in browser.get("/backoffice/").text
    every = {name: seconds for name, seconds, _work in RECURRING}
    assert every["drain what is due"] + every["check the engines"] < 20, "a banner within a minute, on any machine"
    machine.start("-m", "shared.ticking")
    machine.start("-m", "shared.engines.working", "mail")
    assert until(lambda: BANNER in browser.get("/backoffice/").text, 120)
    for page in PAGES:
        text = browser.get(page).text
        assert BANNER in text and "4 messages attendent" in text, page
    assert sum(statuses(machine).values()) == 4
    assert statuses(machine).keys() <= {Status.WAITING, Status.SENDING}
    with running_sink(port) as sink:
        assert until(lambda: len(sink.received) == 4, 120), "all leaves"
        assert until(lambda: BANNER not in browser.get("/backoffice/").text, 120)
        assert sorted(each.recipients[0] for each in sink.received) == [f"c{n}@lot.example" for n in range(4)]
    assert statuses(machine) == {Status.SENT: 4}


@pytest.mark.row("A-05")
def test_without_a_server_what_waits_leaves_by_the_one_that_is_set(
    office: tuple[Machine, Browser, int], sink: Sink
) -> None:
    machine, browser, _port = office
    configure(replace(machine.config, embedded=machine.config.embedded | {"smtp"}))
    announce(machine, 1)
    assert "Aucun serveur d’envoi n’est réglé" in browser.get("/backoffice/settings/mail").text
    with machine.app.app_context():
        assert mail_source() == "catcher"
        assert drain("email") == 0
        assert statuses(machine) == {Status.WAITING: 1}
        change_mail_server(
            host="localhost",
            port=sink.port,
            tls="none",
            username="",
            password="",
            keeps_password=True,
            timeout=5,
            by="command",
        )
        trial = trying.ask_trial(key=trying.MAIL, by="command", address="jeanne@exemple.fr")
        for _stage in trying.run(trial.id):
            db.session.commit()
        assert trial.ok
        assert drain("email") == 1, "a trial that passes frees what waited for another try"
    assert [each.recipients for each in sink.received] == [["jeanne@exemple.fr"], ["c0@lot.example"]]
