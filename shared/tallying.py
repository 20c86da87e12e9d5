"""Counting for a dashboard: many numbers in one query, none of which reads more lines than it may show."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, literal_column, select

from shared.extensions import db

MOST = 10_000  # above it a number is « plus de 10 000 »: the rest is not read


def tally(query: Select[*tuple[Any, ...]]) -> ScalarSelect[int]:
    """How many rows `query` holds, `MOST` + 1 when they are more; a part of the query that `ask` makes."""
    some = query.limit(literal_column(str(MOST + 1))).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def ask(asked: Mapping[str, ScalarSelect[int]], values: Mapping[str, Any] | None = None) -> dict[str, int]:
    """The numbers asked for by name, in one query with its parameters; none when nothing is asked."""
    if not asked:
        return {}
    row = db.session.execute(select(*asked.values()), dict(values or {})).one()
    return dict(zip(asked, row, strict=True))
