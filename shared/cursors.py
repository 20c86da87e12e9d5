"""A cursor that describes its columns when somebody looks at them.

SQLAlchemy asks each result for its description and reads the first of each statement only, where psycopg makes an
object a column each time: a tenth of what a page of plain rows costs.
"""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import psycopg
from psycopg import Column, _queries

# Beyond 4,096 characters or 50 parameters psycopg reads a statement anew at each execution; the statement of account
# is one question of 20,000 and 88.
_queries.MAX_CACHED_STATEMENT_LENGTH, _queries.MAX_CACHED_STATEMENT_PARAMS = 32_768, 100


class Description(Sequence[Column]):
    """The columns of a cursor's present result, described at the first look."""

    __slots__ = ("_columns", "_cursor")

    def __init__(self, cursor: "Cursor") -> None:
        self._cursor = cursor
        self._columns: list[Column] | None = None

    def _described(self) -> list[Column]:
        if self._columns is None:
            self._columns = super(Cursor, self._cursor).description or []
        return self._columns

    def __len__(self) -> int:
        return len(self._described())

    def __iter__(self) -> Iterator[Column]:
        return iter(self._described())

    @overload
    def __getitem__(self, at: int) -> Column: ...
    @overload
    def __getitem__(self, at: slice) -> list[Column]: ...
    def __getitem__(self, at: int | slice) -> Column | list[Column]:
        return self._described()[at]


class Cursor(psycopg.Cursor[Any]):
    """What the engine gives SQLAlchemy."""

    @property
    def description(self) -> Any:
        """None after a statement without rows, as psycopg says it."""
        result = self.pgresult
        return Description(self) if result and result.nfields else super().description
