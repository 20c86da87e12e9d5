"""Originals come out whole and right, or not at all, from a folder and from S3."""

import dataclasses
import hashlib
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from shared.config import config, configure
from shared.documents.checking import IN_MEMORY, faithful, report_damage
from shared.documents.models import StoredObject
from shared.documents.storage import Altered, Missing, Unavailable, original_key, storage
from shared.documents.storage_s3 import S3Storage
from shared.events.models import Event
from shared.extensions import db
from tests.factories.counter import a_document, a_folder, a_party, a_seat, sign_in
from tests.objects import s3

DATA = b"%PDF-1.7\n" + bytes(range(256)) * 800
SHA = hashlib.sha256(DATA).hexdigest()
KEY = original_key(SHA)


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, app: Flask) -> Iterator[None]:
    """The original is in the storage that this run is about."""
    before = config()
    if request.param == "s3":
        configure(dataclasses.replace(before, storage=s3(request.getfixturevalue("moto"))))
    storage().put(KEY, DATA)
    yield
    storage().delete(KEY)
    configure(before)


def overwrite(data: bytes) -> None:
    """As a hand or a fault would, past every check."""
    where = storage()
    if isinstance(where, S3Storage):
        where.client.put_object(Bucket=where.bucket, Key=f"essai/{KEY}", Body=data)
    else:
        (config().storage_folder / KEY).write_bytes(data)


@pytest.mark.usefixtures("kept")
def test_the_bytes_are_those_that_were_filed() -> None:
    for _ in range(2):
        with faithful(sha256=SHA, size=len(DATA)) as file:
            assert file.read() == DATA


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("data", [DATA[:-1], DATA[:-1] + b"!", DATA + b"!", b""])
def test_other_bytes_are_refused_even_once_known_as_right(data: bytes) -> None:
    faithful(sha256=SHA, size=len(DATA)).close()
    overwrite(data)
    with pytest.raises(Altered):
        faithful(sha256=SHA, size=len(DATA))


@pytest.mark.usefixtures("kept")
def test_what_is_gone_is_missing() -> None:
    faithful(sha256=SHA, size=len(DATA)).close()
    storage().delete(KEY)
    with pytest.raises(Missing):
        faithful(sha256=SHA, size=len(DATA))


@pytest.mark.usefixtures("kept")
def test_a_large_file_waits_on_disk() -> None:
    data = b"x" * (IN_MEMORY + 1000)
    sha256 = hashlib.sha256(data).hexdigest()
    storage().put(original_key(sha256), data)
    with faithful(sha256=sha256, size=len(data)) as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == sha256  # type: ignore[arg-type]


def test_a_silent_storage_is_a_503_and_nothing_is_recorded(app: Flask) -> None:
    party = a_party()
    document = a_document(party, a_folder(), data=DATA)
    client = sign_in(app.test_client(), a_seat(party))
    before = config()
    configure(dataclasses.replace(before, storage=s3("http://127.0.0.1:1")))
    try:
        with pytest.raises(Unavailable):
            faithful(sha256=SHA, size=len(DATA))
        answer = client.get(f"/documents/{document.id}/file")
        image = client.get(f"/documents/{document.id}/pages/1?width=720")
    finally:
        configure(before)
    assert (answer.status_code, image.status_code) == (503, 503)
    assert "momentanément indisponible" in answer.text and DATA[:30] not in answer.data
    assert db.session.scalars(select(Event).where(Event.document_id == document.id)).all() == []


def test_damage_is_reported_once(app: Flask) -> None:
    document = a_document(a_party(), a_folder(), data=DATA)
    known = {"sha256": SHA, "by": "system", "document_id": document.id, "party_id": document.party_id}
    assert report_damage(**known) is True and report_damage(**known) is False  # type: ignore[arg-type]
    db.session.flush()
    assert len(db.session.scalars(select(Event).where(Event.name == "document.damaged")).all()) == 1
    assert db.session.get_one(StoredObject, SHA, populate_existing=True).damaged_at is not None
