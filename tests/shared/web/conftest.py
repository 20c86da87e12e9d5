"""The gallery, for the tests of the look."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.shared.web.gallery import make_gallery


@pytest.fixture(scope="module")
def gallery() -> Flask:
    return make_gallery()


@pytest.fixture
def client(gallery: Flask) -> FlaskClient:
    return gallery.test_client()


@pytest.fixture
def context(gallery: Flask) -> Iterator[Flask]:
    with gallery.test_request_context("/liste?q=a&sort=name&after=x"):
        yield gallery
