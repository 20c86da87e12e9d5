"""The pages and payslips of one file in their order: the sandbox works on the next ones while what came is written."""

import uuid
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Place = TypeVar("Place")
T = TypeVar("T")


class Ahead(Generic[Place, T]):
    """What comes next of a file, from one step of a job to the next."""

    def __init__(self) -> None:
        self._file: uuid.UUID | None = None
        self._coming: Iterator[tuple[Place, T]] = iter(())

    def at(self, file_id: uuid.UUID, place: Place, begin: Callable[[], Iterator[tuple[Place, T]]]) -> T:
        """What stands at that place; `begin` starts there when it is not what comes next: a step was undone."""
        found = next(self._coming, None) if file_id == self._file else None
        if found is None or found[0] != place:
            self._file, self._coming = file_id, begin()
            found = next(self._coming)
        return found[1]
