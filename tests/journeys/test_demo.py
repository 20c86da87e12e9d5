"""The demo's story, told to the end by every process of the product, on ports of its own."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from shared.access import totp
from shared.config import CHECKOUT, configure
from shared.demo.loading import load
from shared.demo.logins import ADMINISTRATOR, demo_password, welcome
from shared.demo.walking import Walker
from shared.documents.models import Download
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import EmailCell
from shared.todos.models import Todo
from tests.engines import Engines, Machine, a_machine
from tests.journeys.conftest import until
from tests.sink import free_port


@pytest.fixture
def demo(engines: Engines) -> Iterator[Machine]:
    """The company of the demo, on ports of its own, before anything runs."""
    port = free_port() % 20_000 + 20_000
    var = str(engines.var / f"demo-{port}")
    with a_machine(
        engines,
        GUICHET_VAR=var,
        SMTP_HOST="",
        SMTP_PORT="",
        SMTP_TLS="",
        SMTP_TIMEOUT="",
        PUBLIC_URL="",
        PORT=str(port),
    ) as machine:
        configure(machine.config)
        with machine.app.app_context():
            load(months=1)
        yield machine


def test_the_demo_names_the_step_that_fails_then_tells_its_story_once(demo: Machine) -> None:
    _a_failing_step_is_named(demo)
    _the_story_is_told_once(demo)
    _the_administrator_enters_by_what_is_printed(demo)


def _a_failing_step_is_named(demo: Machine) -> None:
    told = _story(demo)
    assert told.returncode == 1
    assert "✗ 1/7" in told.stdout and "messagerie" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


def _the_story_is_told_once(demo: Machine) -> None:
    _start(demo)
    told = _story(demo)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("✓") == 7
    assert "Ma jolie boutique" in told.stdout
    with demo.app.app_context():
        until(_has_bounced)
        todo = db.session.scalars(select(Todo)).one()
        assert todo.party is not None and todo.closed_at is None and "550" in todo.reason
        resent = db.session.scalars(select(Notification).where(Notification.event == "notice.forced")).all()
        assert [row.resend_of_id is not None for row in resent if "jolie" in (row.address or "")] == [True]
        before = db.session.scalars(select(Download.id)).all()

    again = _story(demo)
    assert again.returncode == 0
    assert "✓" not in again.stdout and "n’est pas rejoué" in again.stdout
    with demo.app.app_context():
        assert db.session.scalars(select(Download.id)).all() == before


def _the_administrator_enters_by_what_is_printed(demo: Machine) -> None:
    with demo.app.app_context():
        printed = welcome(administrator=ADMINISTRATOR.email, activated=1, with_shop=False)
        password = demo_password("staff")
    secret = re.search(r"clé ([A-Z2-7]{32}), code du moment (\d{6})", printed)
    assert secret and password in printed
    clerk = Walker(demo.config)
    asked = clerk.press(
        clerk.visit("/backoffice/sign-in"), "Se connecter", email=ADMINISTRATOR.email, password=password
    )
    clerk.press(asked.holds("Second facteur"), "Continuer", code=totp.code_of(secret[1]))
    clerk.visit("/backoffice/staff").holds("Claire Vasseur", "Inès Carpentier")


def _start(machine: Machine) -> None:
    """Every process but the supervisor, as « make demo » starts them."""
    machine.start_afresh("-m", "shared.engines.catcher", "--bounce-delay", "0.1")
    for queue in ("now", "mail", "slow"):
        machine.start_afresh("-m", "shared.engines.working", queue)
    machine.start_afresh("-m", "shared.ticking")
    machine.start_afresh("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py")
    port = machine.config.port
    until(lambda: _answers(port) and _answers(port + 26, "/"))


def _story(machine: Machine) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "story"],
        cwd=CHECKOUT,
        env={**os.environ, **machine.environ},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def _has_bounced() -> bool:
    db.session.rollback()
    return bool(db.session.scalars(select(EmailCell.address).where(EmailCell.bounced_at.is_not(None))).all())


def _answers(port: int, path: str = "/healthz/web") -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": f"localhost:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
