"""What goes from the storage, when, and what a daily sample finds."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shared.documents import filing, sweeping
from shared.documents.inspecting import inspect
from shared.documents.models import StoredObject, Version
from shared.documents.storage import Missing, derived_key, original_key, read, storage
from shared.events.models import Event
from shared.extensions import db
from tests.factories.office import BY, an_installation, customer, filed, folder, text_file

pytestmark = pytest.mark.usefixtures("app")

LATER = timedelta(hours=25)


@pytest.fixture(autouse=True)
def _installation(app: Flask) -> None:
    an_installation()


def there(sha256: str) -> bool:
    try:
        return bool(storage().head(original_key(sha256)))
    except Missing:
        return False


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_object_without_row_goes_after_a_day() -> None:
    data = text_file()
    sha256 = sha256_of(data)
    storage().put(original_key(sha256), data)
    storage().put(derived_key(sha256, "text.txt"), b"x")
    sweeping.sweep()
    assert there(sha256), "its transaction may still be running"
    with time_machine.travel(datetime.now(UTC) + LATER, tick=False):
        sweeping.sweep()
    assert not there(sha256)
    assert not list(storage().keys(f"derived/{sha256}/"))


def test_an_object_goes_a_day_after_its_last_use_and_never_before() -> None:
    data = text_file()
    inspection = inspect(data, "a.txt")
    filing.keep(data=data, inspection=inspection)
    sweeping.sweep()
    assert there(inspection.sha256)
    with time_machine.travel(datetime.now(UTC) + LATER, tick=False):
        sweeping.sweep()
    assert not there(inspection.sha256)
    assert db.session.scalar(select(StoredObject).where(StoredObject.sha256 == inspection.sha256)) is None


def test_filed_bytes_stay_however_old() -> None:
    data = text_file()
    filed(customer(), folder(), data)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=400), tick=False):
        sweeping.sweep()
    assert read(storage(), original_key(sha256_of(data))) == data
    kept = db.session.scalars(select(StoredObject).where(StoredObject.sha256 == sha256_of(data))).one()
    assert kept.unused_since is None


def test_filing_again_saves_what_was_about_to_go() -> None:
    data = text_file()
    filing.keep(data=data, inspection=inspect(data, "a.txt"))
    sweeping.sweep()
    filed(customer(), folder(), data)
    with time_machine.travel(datetime.now(UTC) + LATER, tick=False):
        sweeping.sweep()
    assert there(sha256_of(data))


@pytest.mark.parametrize("harm", ["lost", "altered"])
def test_the_sample_finds_what_was_lost_or_altered_and_what_came_back(harm: str) -> None:
    data = text_file()
    document = filed(customer(), folder(), data)
    sha256 = db.session.scalars(select(Version.sha256).where(Version.document_id == document.id)).one()
    path = storage().path(original_key(sha256))  # type: ignore[attr-defined]
    if harm == "lost":
        path.unlink()
    else:
        path.write_bytes(data[:-1] + b"?")
    assert sweeping.check_sample(count=50) == 1
    db.session.flush()
    alert = db.session.scalars(select(Event).where(Event.name == "document.damaged")).one()
    assert alert.document_id == document.id
    assert sweeping.check_sample(count=50) == 1
    db.session.flush()
    assert len(db.session.scalars(select(Event).where(Event.name == "document.damaged")).all()) == 1, "said once"
    filing.keep(data=data, inspection=inspect(data, "note.txt"))
    assert sweeping.check_sample(count=50) == 0
    stored = db.session.scalars(select(StoredObject).where(StoredObject.sha256 == sha256)).one()
    db.session.refresh(stored)
    assert stored.damaged_at is None
    assert BY
