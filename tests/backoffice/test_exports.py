"""The files as a real server sends them: after the request, and the session that asked for them, have ended."""

import csv
import io

import pytest

from shared.config import configure
from shared.extensions import db
from tests.engines import Machine
from tests.factories import post
from tests.factories.identity import Browser, a_clerk

FILES = (
    "history/export.csv",
    "access/export.csv",
    "parties/export.csv?family=customers",
    "journal/export.csv",
    "records/invoice/export.csv",
)


@pytest.mark.row("P-42")
def test_every_file_is_sent_whole(machine: Machine) -> None:
    configure(machine.config)
    with machine.app.app_context():
        post.an_installation()
        a_clerk()
        post.announced(post.a_customer("4711"), post.invoices())
        db.session.commit()
    browser = Browser(machine.app)  # outside any context: each request has its own
    assert browser.sign_in_staff().status_code == 303
    for path in FILES:
        answer = browser.get(f"/backoffice/{path}")
        assert answer.status_code == 200, path
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
        assert len(rows) > 1 or "records" in path, path
        assert any("4711" in row for row in rows) or "records" in path, path
