"""The desk at which most tests of the back office sit; a test that starts from something else says so itself."""

import pytest
from flask import Flask

from shared.people.models import Staff
from tests.factories import post
from tests.factories.identity import Browser, a_clerk, signed_in


@pytest.fixture
def clerk(app: Flask) -> Staff:
    """An administrator of an installation with its texts and rules."""
    post.an_installation()
    return a_clerk()


@pytest.fixture
def browser(app: Flask, clerk: Staff) -> Browser:
    """The same person, signed in."""
    return signed_in(app)
