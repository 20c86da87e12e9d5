"""Several questions about the same records, asked as one: PostgreSQL then finds the records once for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import CompoundSelect, Label, Select, String, cast, literal, null, select, union_all

Line = TypeVar("Line", bound=NamedTuple)


def together(**questions: Select[Any]) -> CompoundSelect[Any]:
    """The rows of all of them, each under the name of its question; columns of one name bear one type.

    The order of the rows within a question is lost: let them bear a rank where it matters.
    """
    parts = {what: query.subquery() for what, query in questions.items()}
    types = {column.key: column.type for part in parts.values() for column in part.c}

    def padded(what: str) -> list[Label[Any]]:
        own = parts[what].c
        return [(own[name] if name in own else cast(null(), kind)).label(name) for name, kind in types.items()]

    return union_all(*(select(cast(literal(what), String).label("what"), *padded(what)) for what in parts))


def apart(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """Question → its rows; none for one without an answer."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.what].append(row)
    return found


def read(kind: type[Line], rows: Sequence[Any]) -> list[Line]:
    """The rows as tuples of that kind, whose fields are named like the columns."""
    if not rows:
        return []
    places = itemgetter(*map(rows[0]._fields.index, kind._fields))  # by name, each would be looked up in each row
    return [kind._make(places(row)) for row in rows]
