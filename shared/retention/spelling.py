"""Rows as the file that a person takes away writes them: JSON, days and instants in ISO 8601."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from shared.extensions import db

MOST = 50_000  # lines of one list
Line = dict[str, Any]


def lines(query: Any, names: Iterable[str]) -> list[Line]:
    """One dict a row, under these names."""
    keys = tuple(names)
    return [dict(zip(keys, map(spelled, row), strict=True)) for row in db.session.execute(query.limit(MOST))]


def spelled(value: Any) -> Any:
    """A value as JSON writes it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str | Mapping) else str(value)
