"""Objects in a folder of this machine."""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from shared.documents.storage import (
    CHUNK,
    Entry,
    Missing,
    Opened,
    Unavailable,
    bounds,
    checked_data,
    checked_key,
    checked_prefix,
)


class FolderStorage:
    """One file per object below `root`, readable by its owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """The file of that object, for a server that sends it itself (X-Accel-Redirect)."""
        return self.root / checked_key(key)

    def put(self, key: str, data: bytes, mime: str = "application/octet-stream") -> None:
        path = self.path(key)
        checked_data(key, data)
        try:
            self._make_folder(path.parent)
            self._write(path, data)
        except OSError as error:
            raise Unavailable(key, error.strerror or str(error)) from error

    def open(self, key: str, start: int | None = None, end: int | None = None) -> Opened:
        size = self.head(key).size
        first, last = bounds(size, start, end)
        return Opened(size, first, last, _chunks(key, self.path(key), first, last))

    def head(self, key: str) -> Entry:
        try:
            return _entry(key, self.path(key))
        except FileNotFoundError:
            raise Missing(key) from None
        except OSError as error:
            raise Unavailable(key, error.strerror or str(error)) from error

    def delete(self, key: str) -> None:
        try:
            self.path(key).unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(key, error.strerror or str(error)) from error

    def keys(self, prefix: str = "") -> Iterator[str]:
        for entry in self.entries(prefix):
            yield entry.key

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        top = self.root / checked_prefix(prefix)
        for folder, subfolders, names in os.walk(top):
            subfolders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                key = path.relative_to(self.root).as_posix()
                try:
                    yield _entry(checked_key(key), path)
                except (ValueError, FileNotFoundError):  # a draft being written, or just removed
                    continue

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)

    def _write(self, path: Path, data: bytes) -> None:
        """Written beside, synced, then renamed: a reader sees the whole object or none."""
        draft = path.parent / f".draft-{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def _chunks(key: str, path: Path, first: int, last: int) -> Iterator[bytes]:
    """Opened at the first step only: an answer that is never read leaves no file open."""
    try:
        with path.open("rb") as file:
            file.seek(first)
            left = last - first
            while left:
                chunk = file.read(min(CHUNK, left))
                if not chunk:
                    raise Unavailable(key, "shorter than announced")
                left -= len(chunk)
                yield chunk
    except OSError as error:
        raise Unavailable(key, error.strerror or str(error)) from error


def _entry(key: str, path: Path) -> Entry:
    seen = path.stat()
    return Entry(key, seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
