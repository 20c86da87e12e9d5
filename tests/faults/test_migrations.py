"""An upgrade that fails leaves what stood before, and may be run again as often as one likes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import inspect, text

from shared.config import CHECKOUT
from shared.extensions import db
from tests.engines import Machine
from tests.factories import office

BROKEN = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "9999_broken", "{head}"


def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE party SET name = 'perdu'")
    op.execute({last!r})


def downgrade():
    op.drop_table("half_done")
"""


@pytest.fixture
def migrations(machine: Machine, tmp_path: Path) -> Iterator[Path]:
    copied = tmp_path / "migrations"
    shutil.copytree(CHECKOUT / "migrations", copied, ignore=shutil.ignore_patterns("__pycache__"))
    with machine.app.app_context():
        office.an_installation()
        office.customer("1", "Ma jolie boutique")
        db.session.commit()
        yield copied


def write(migrations: Path, last: str) -> None:
    head = (migrations / ".current-alembic-head").read_text().strip()
    (migrations / "versions" / "9999_broken.py").write_text(BROKEN.format(head=head, last=last))


def stands() -> tuple[object, object, bool]:
    db.session.rollback()
    version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    name = db.session.scalar(text("SELECT name FROM party"))
    return version, name, inspect(db.engine).has_table("half_done")


def test_twice_is_once(migrations: Path) -> None:
    before = stands()
    flask_migrate.upgrade(directory=str(migrations))
    flask_migrate.upgrade(directory=str(migrations))
    assert stands() == before


def test_one_that_fails_in_its_middle_has_done_nothing_and_is_run_again(migrations: Path) -> None:
    before = stands()
    write(migrations, "SELECT 1 / 0")
    for _ in range(2):
        # flask_migrate says an error of Alembic by leaving
        with pytest.raises(BaseException):  # noqa: B017
            flask_migrate.upgrade(directory=str(migrations))
        assert stands() == before
    write(migrations, "SELECT 1")
    flask_migrate.upgrade(directory=str(migrations))
    assert stands() == ("9999_broken", "perdu", True)
