"""Where bytes are kept: a folder or S3 behind one small interface.

Objects never change. An original is named by the SHA-256 of its bytes and anything derived from it (preview,
extracted text) by that same hash and a kind: no word of a user ever reaches a key. What type an object is, who may
read it and what it is called live in the database.
"""

import functools
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from shared.config import S3, config

CHUNK = 256 * 1024

_KEY = re.compile(r"originals/([0-9a-f]{2})/(\1[0-9a-f]{62})|derived/[0-9a-f]{64}/[a-z0-9][a-z0-9._-]{0,63}")
_PREFIX = re.compile(r"|originals/(?:[0-9a-f]{2}/)?|derived/(?:[0-9a-f]{64}/)?")


class StorageError(Exception):
    """Something kept us from the bytes; `key` names the object."""

    def __init__(self, key: str, reason: str = "") -> None:
        super().__init__(f"{key}: {reason}" if reason else key)
        self.key = key


class Missing(StorageError):
    """There is no such object."""


class Unavailable(StorageError):
    """The storage does not answer, or broke off in the middle: try again later."""


class Altered(StorageError):
    """The bytes are no longer those that their name promises."""


@dataclass(frozen=True)
class Entry:
    """What is known of an object without reading it; `size` in bytes, `modified` aware."""

    key: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class Opened:
    """Bytes `start` to `end` (excluded) of an object of `size` bytes.

    `chunks` gives exactly `end - start` bytes or raises Unavailable: an answer is never cut short in silence.
    """

    size: int
    start: int
    end: int
    chunks: Iterator[bytes]

    @property
    def length(self) -> int:
        return self.end - self.start


class Storage(Protocol):
    """Raises ValueError for a key of another shape, Missing, Unavailable."""

    def put(self, key: str, data: bytes, mime: str = "application/octet-stream") -> None:
        """Keep `data`, whole or not at all; the same key may be put again."""

    def open(self, key: str, start: int | None = None, end: int | None = None) -> Opened:
        """Read from `start` to `end` (excluded); bounds beyond the object are brought back to it."""

    def head(self, key: str) -> Entry:
        """Size and date."""

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when it is not there."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys below `originals/`, `originals/<aa>/`, `derived/`, `derived/<sha256>/` or everywhere."""

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """As `keys`, with size and date."""


def storage() -> Storage:
    """The storage that the environment chose."""
    return _made(config().storage, config().storage_folder)


def original_key(sha256: str) -> str:
    """The key of the original whose lower-case hexadecimal SHA-256 this is."""
    return checked_key(f"originals/{sha256[:2]}/{sha256}")


def derived_key(sha256: str, kind: str) -> str:
    """The key of what was made from that original: `preview-1.webp`, `text.txt`, `pages.json`…"""
    return checked_key(f"derived/{sha256}/{kind}")


def read(where: Storage, key: str) -> bytes:
    """The whole object; an original whose hash is wrong raises Altered."""
    data = b"".join(where.open(key).chunks)
    if not is_faithful(key, data):
        raise Altered(key, "hash differs")
    return data


def is_faithful(key: str, data: bytes) -> bool:
    """False when these bytes are not those that the key of an original promises."""
    return not key.startswith("originals/") or hashlib.sha256(data).hexdigest() == key[-64:]


def checked_key(key: str) -> str:
    """The key itself; ValueError unless it has one of the two shapes."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key[:80]!r}")
    return key


def checked_prefix(prefix: str) -> str:
    """The prefix itself; ValueError unless keys can stand below it."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"not a storage prefix: {prefix[:80]!r}")
    return prefix


def checked_data(key: str, data: bytes) -> bytes:
    """The data itself; ValueError when an original is put under a hash that is not its own."""
    checked_key(key)
    if not is_faithful(key, data):
        raise ValueError(f"these bytes do not have the hash of {key}")
    return data


def bounds(size: int, start: int | None, end: int | None) -> tuple[int, int]:
    """What of `size` bytes is meant by `start` and `end`; ValueError for negative or inverted bounds."""
    first, last = start or 0, max(size, start or 0) if end is None else end
    if first < 0 or last < first:
        raise ValueError("bounds must be ordered and positive")
    return min(first, size), min(last, size)


@functools.lru_cache(maxsize=4)
def _made(choice: str | S3, folder: Path) -> Storage:
    # Imported here: a one-machine install never pays for boto3.
    if isinstance(choice, S3):
        from shared.documents.storage_s3 import S3Storage

        return S3Storage.from_config(choice)
    from shared.documents.storage_folder import FolderStorage

    return FolderStorage(folder)
