"""What every test may lean on. The engines are real and started once; each test leaves nothing behind."""

import asyncio
import gc
import os
import shutil
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session, scoped_session

from shared.config import Config, configure, load
from shared.extensions import db
from tests.engines import Engines, Machine, a_machine, running_engines
from tests.network import shut
from tests.objects import running_s3
from tests.sink import Sink, running_sink
from tests.sms import Provider, running_provider
from wsgi import create_app


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest files first: the processes that share the run then end together."""
    slow = {"test_every_page.py": 0, "test_hostile_text.py": 0, "journeys": 1, "faults": 2}
    items.sort(key=lambda item: min(slow.get(part, len(slow)) for part in item.path.parts))


class FreshClient(FlaskClient):
    """Each request has an application context of its own, as in production."""

    def open(self, *args: object, **kwargs: object) -> object:  # type: ignore[override]
        db.session.commit()  # into the test's savepoint: the request sees what the test wrote
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session", autouse=True)
def shut_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        shut(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def loops_beside_the_browser() -> Iterator[None]:
    """Playwright leaves its event loop running in this thread: what starts one of its own does so in another."""
    alone = asyncio.run

    def run(main: Coroutine[Any, Any, Any], **options: Any) -> Any:
        if asyncio._get_running_loop() is None:
            return alone(main, **options)
        with ThreadPoolExecutor(1) as elsewhere:
            return elsewhere.submit(copy_context().run, alone, main, **options).result()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "run", run)
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of this run: a second Playwright in the same process would refuse to start."""
    path = os.environ.get("GUICHET_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("No Chromium: run the tests by « make test », which fetches one.")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def _provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="session")
def engines(_sink: Sink) -> Iterator[Engines]:
    with running_engines(_sink.port) as engines:
        yield engines


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of an S3 server with its bucket."""
    with running_s3() as address:
        yield address


@pytest.fixture(scope="session")
def _config(engines: Engines) -> Config:
    return load(engines.environ(engines.database()))


@pytest.fixture(scope="session")
def _app(_config: Config) -> Iterator[Flask]:
    app = create_app(_config)
    app.test_client_class = FreshClient
    app.testing = True
    gc.collect()
    gc.freeze()  # what lasts as long as the run is not gone through again and again
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def sink(_sink: Sink) -> Iterator[Sink]:
    """The mail server of this run, emptied."""
    _sink.clear()
    yield _sink
    _sink.clear()


@pytest.fixture
def provider(_provider: Provider) -> Provider:
    """The provider of SMS of this run, as if nobody had called it."""
    _provider.texts.clear()
    _provider.answers.clear()
    _provider.asked, _provider.gate = 0, None
    return _provider


@pytest.fixture
def app(_app: Flask, _config: Config) -> Iterator[Flask]:
    """The application; what the test commits lives in a savepoint and goes at its end."""
    configure(_config)
    shutil.rmtree(_config.storage_folder, ignore_errors=True)  # what a server of the last test wrote while it ended
    with _app.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        engine = db.engines[None]
        db.session.configure(join_transaction_mode="create_savepoint")
        db.engines[None] = connection  # type: ignore[assignment]
        try:
            yield _app
        finally:
            db.session.remove()
            db.engines[None] = engine
            outer.rollback()
            shutil.rmtree(_config.storage_folder, ignore_errors=True)


@pytest.fixture
def db_session(app: Flask) -> scoped_session[Session]:
    """The session of the test, in the savepoint."""
    return db.session


@pytest.fixture
def machine(engines: Engines, sink: Sink) -> Iterator[Machine]:
    """An installation of its own for journeys, workers and faults: real commits, real processes."""
    with a_machine(engines) as machine:
        yield machine
