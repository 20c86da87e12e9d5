"""One contract, two storages; and what S3 does to us on bad days."""

import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.documents import storage_s3
from shared.documents.storage import (
    Altered,
    Missing,
    Storage,
    Unavailable,
    derived_key,
    original_key,
    read,
)
from shared.documents.storage_folder import FolderStorage
from tests.objects import FaultProxy, bucket

DATA = bytes(range(256)) * 4000
SHA = hashlib.sha256(DATA).hexdigest()
KEY = original_key(SHA)


@pytest.fixture(params=["folder", "s3"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "objets")
    return bucket(request.getfixturevalue("moto"), prefix=hashlib.sha256(request.node.name.encode()).hexdigest()[:12])


def test_bytes_come_back_whole_and_by_parts(where: Storage) -> None:
    where.put(KEY, DATA, "application/pdf")
    where.put(KEY, DATA, "application/pdf")
    assert read(where, KEY) == DATA
    assert where.head(KEY).size == len(DATA)
    for start, end in [(0, 10), (5, None), (None, 7), (len(DATA) - 3, len(DATA) + 50), (300_000, 700_000)]:
        part = where.open(KEY, start, end)
        assert part.size == len(DATA)
        assert b"".join(part.chunks) == DATA[start:end]
        assert part.length == len(DATA[start:end])


def test_nothing_beyond_the_end(where: Storage) -> None:
    where.put(KEY, DATA)
    part = where.open(KEY, len(DATA) + 5)
    assert (part.size, part.length, list(part.chunks)) == (len(DATA), 0, [])
    empty = derived_key(SHA, "text.txt")
    where.put(empty, b"")
    assert read(where, empty) == b""
    assert where.open(empty, 0, 5).length == 0


def test_inverted_bounds_are_a_mistake(where: Storage) -> None:
    where.put(KEY, DATA)
    with pytest.raises(ValueError):
        where.open(KEY, 9, 3)


def test_missing_is_said(where: Storage) -> None:
    for call in (where.open, where.head):
        with pytest.raises(Missing):
            call(KEY)
    where.delete(KEY)
    where.put(KEY, DATA)
    where.delete(KEY)
    with pytest.raises(Missing):
        where.open(KEY)


def test_keys_below_a_prefix(where: Storage) -> None:
    preview = derived_key(SHA, "preview-1.webp")
    where.put(KEY, DATA)
    where.put(preview, b"image")
    assert sorted(where.keys()) == sorted([KEY, preview])
    assert list(where.keys(f"derived/{SHA}/")) == [preview]
    assert list(where.keys("originals/")) == [KEY]
    assert [entry.size for entry in where.entries("originals/")] == [len(DATA)]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "originals/../../etc/passwd",
        f"originals/00/{SHA}",
        f"originals/{SHA[:2]}/{SHA}/x",
        f"originals/{SHA[:2]}/{SHA.upper()}",
        f"{KEY}\n",
        f"derived/{SHA}/../x",
        f"derived/{SHA}/.caché",
        f"derived/{SHA}/a/b",
        f"/{KEY}",
    ],
)
def test_a_key_of_another_shape_is_refused(where: Storage, key: str) -> None:
    for call in (where.open, where.head, where.delete):
        with pytest.raises(ValueError):
            call(key)
    with pytest.raises(ValueError):
        where.put(key, DATA)


def test_an_original_is_named_by_its_own_hash(where: Storage) -> None:
    with pytest.raises(ValueError):
        where.put(KEY, DATA + b"!")
    assert list(where.keys()) == []


def test_an_altered_original_is_noticed(tmp_path: Path) -> None:
    where = FolderStorage(tmp_path)
    where.put(KEY, DATA)
    where.path(KEY).write_bytes(DATA[:-1] + b"!")
    with pytest.raises(Altered):
        read(where, KEY)


def test_files_are_private_and_drafts_never_seen(tmp_path: Path) -> None:
    where = FolderStorage(tmp_path / "objets")
    where.put(KEY, DATA)
    path = where.path(KEY)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    (path.parent / ".draft-abandoned").write_bytes(b"half")
    assert list(where.keys()) == [KEY]


def test_a_shorter_file_is_never_a_success(tmp_path: Path) -> None:
    where = FolderStorage(tmp_path)
    where.put(KEY, DATA)
    opened = where.open(KEY)
    next(opened.chunks)
    with where.path(KEY).open("r+b") as file:
        file.truncate(300_000)
    with pytest.raises(Unavailable):
        list(opened.chunks)


@pytest.fixture
def proxy(moto: str) -> Iterator[FaultProxy]:
    made = FaultProxy(moto)
    bucket(moto).put(KEY, DATA)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_two_refusals_then_an_answer(proxy: FaultProxy) -> None:
    where = bucket(proxy.address)
    proxy.faults = ["503", "503"]
    assert read(where, KEY) == DATA
    proxy.faults = ["503", "503"]
    where.put(KEY, DATA)
    assert len(proxy.asked) == 6


def test_refused_for_ever_is_unavailable_in_time(proxy: FaultProxy) -> None:
    where = bucket(proxy.address)
    for call in (where.open, where.head, lambda key: where.put(key, DATA), where.delete):
        proxy.faults, before = ["503"] * 50, len(proxy.asked)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            call(KEY)
        assert time.monotonic() - began < 3 * storage_s3.PATIENCE
        assert len(proxy.asked) - before == storage_s3.TRIES


def test_a_cut_answer_is_taken_up_where_it_stopped(proxy: FaultProxy) -> None:
    proxy.faults = ["cut"]
    assert read(bucket(proxy.address), KEY) == DATA
    assert proxy.asked[0][1] is None
    assert proxy.asked[1][1].startswith("bytes=") and proxy.asked[1][1] != "bytes=0-"


def test_an_answer_always_cut_is_never_a_success(proxy: FaultProxy) -> None:
    proxy.faults = ["cut"] * 50
    with pytest.raises(Unavailable):
        read(bucket(proxy.address), KEY)


def test_nobody_at_the_address() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    began = time.monotonic()
    with pytest.raises(Unavailable):
        bucket(address).open(KEY)
    assert time.monotonic() - began < 3 * storage_s3.PATIENCE
