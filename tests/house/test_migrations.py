"""The migrations are one numbered line that ends at the models, and each goes up, down and up again."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import flask_migrate
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from shared.config import CHECKOUT, config, configure, load
from shared.engines.beating import plain_url
from shared.engines.postgres import create_database
from shared.extensions import db
from tests.engines import Engines
from wsgi import create_app

MIGRATIONS = CHECKOUT / "migrations"


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def test_one_head_written_down() -> None:
    assert scripts().get_heads() == [(MIGRATIONS / ".current-alembic-head").read_text().strip()]


def test_names_are_numbered_in_order() -> None:
    revisions = [script.revision for script in scripts().walk_revisions()]
    numbers = [int(revision[:4]) for revision in reversed(revisions)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {path.stem for path in (MIGRATIONS / "versions").glob("*.py")} == set(revisions)


def test_migrations_import_alembic_and_sqlalchemy_only() -> None:
    for path in (MIGRATIONS / "versions").glob("*.py"):
        roots = set(re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.MULTILINE))
        assert roots <= {"alembic", "sqlalchemy"}, path.name


@pytest.fixture
def empty(engines: Engines) -> Iterator[None]:
    """An application on an empty database of its own."""
    create_database(engines.socket, "migrations")
    app = create_app(load(engines.environ("migrations")))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()
    engines.drop("migrations")


def test_up_down_up_ends_at_the_models(empty: None) -> None:
    directory = str(MIGRATIONS)
    flask_migrate.upgrade(directory=directory)
    for script in scripts().walk_revisions():
        flask_migrate.downgrade(directory=directory)
        flask_migrate.upgrade(directory=directory, revision=script.revision)
        flask_migrate.downgrade(directory=directory)
    flask_migrate.upgrade(directory=directory)
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_a_migration_that_meets_a_lock_gives_way_and_comes_back(empty: None) -> None:
    directory = str(MIGRATIONS)
    flask_migrate.upgrade(directory=directory)
    released: list[float] = []

    def hold() -> None:
        with psycopg.connect(plain_url()) as reader:
            reader.execute("SELECT count(*) FROM heartbeat")
            holding.set()
            time.sleep(3.5)
            released.append(time.monotonic())

    holding = threading.Event()
    configure(replace(config(), database_url=db.engine.url.render_as_string(hide_password=False)))
    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(90)
    flask_migrate.downgrade(directory=directory, revision="base")
    done = time.monotonic()
    thread.join()
    assert done > released[0]
    flask_migrate.upgrade(directory=directory)


def test_two_machines_that_migrate_at_once_both_succeed(engines: Engines) -> None:
    create_database(engines.socket, "migrations_twice")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    environ = {**os.environ, **engines.environ("migrations_twice")}
    both = [subprocess.Popen(command, cwd=CHECKOUT, env=environ, stderr=subprocess.PIPE) for _ in range(2)]
    try:
        assert [(process.communicate(timeout=300), process.returncode)[1] for process in both] == [0, 0]
    finally:
        engines.drop("migrations_twice")
