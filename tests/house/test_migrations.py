"""The migrations are one numbered line that ends at the models, and each goes up, down and up again."""

import re
from collections.abc import Iterator

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from shared.config import CHECKOUT, load
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
