"""A file that is asked for again and again is opened once."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

File = TypeVar("File")

ASKED_MAX = 40  # after so many questions the file is opened anew: what was read of it takes room

_all: list["Kept[Any]"] = []


class Kept(Generic[File]):
    """The file that was asked for last, open: finding the pages of a long one costs as much as a hundred of them.

    One at a time in the whole process: opening another closes it.
    """

    def __init__(self, begin: Callable[[bytes], File], close: Callable[[File], Any]) -> None:
        self._begin, self._close = begin, close
        self._data, self._asked = b"", 0
        self._file: File | None = None
        _all.append(self)

    def of(self, data: bytes) -> File:
        if self._file is None or data is not self._data or self._asked >= ASKED_MAX:
            for each in _all:
                each.close()
            self._file, self._data = self._begin(data), data
        self._asked += 1
        return self._file

    def close(self) -> None:
        if self._file is not None:
            self._close(self._file)
        self._file, self._data, self._asked = None, b"", 0
