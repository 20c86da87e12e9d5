"""Messages are tried on an installation of their own: the sender has connections and commits of its own."""

from collections.abc import Iterator

import pytest

from shared.extensions import db
from tests.engines import Machine
from tests.factories import post


@pytest.fixture
def office(machine: Machine) -> Iterator[Machine]:
    """An installation with its texts and rules, committed, within its application context."""
    with machine.app.app_context():
        post.an_installation()
        db.session.commit()
        yield machine
