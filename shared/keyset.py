"""Lists read by key: the next page starts after the last row shown, however long the list has grown."""

import base64
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, String, any_, bindparam, cast, func, literal_column, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from shared.asking import columns_of
from shared.extensions import db

NEVER = datetime(1, 1, 1, tzinfo=UTC)  # what a missing date counts as: before all others
Way = Literal["first", "after", "before"]


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: an expression that is never null, and how its value is read from a cursor."""

    column: ColumnElement[Any]
    read: Callable[[Any], Any] = str
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """Some rows and the cursors of its neighbours, None at an end."""

    rows: list[Row[Any]]
    after: str | None = None
    before: str | None = None


def by_date(written: Any) -> datetime:
    """Reads a date from a cursor."""
    return datetime.fromisoformat(str(written))


def read_page(
    query: Select[*tuple[Any, ...]],
    order: Order,
    ident: ColumnElement[uuid.UUID],
    *,
    after: str = "",
    before: str = "",
    size: int = 50,
    values: Mapping[str, Any] | None = None,
    whole: Select[*tuple[Any, ...]] | None = None,
) -> Page:
    """One page of `query`, sorted by `order` then `ident`, which must name a unique row; `values` are its parameters.

    With `whole`, `query` selects `ident` alone and says which rows: what they show is read by `whole`, for them only.
    A cursor that cannot be read starts from the first row.
    """

    def plan(way: Way) -> Select[*tuple[Any, ...]]:
        return planned(query, order, ident, way, size, whole)

    return _turned(_objects_of, plan, order, after, before, size, values)


def read_planned(
    plan: Callable[[Way], Select[*tuple[Any, ...]]],
    order: Order,
    *,
    after: str = "",
    before: str = "",
    size: int = 50,
    values: Mapping[str, Any] | None = None,
) -> Page:
    """The same where the statements of `planned` are kept, and select columns alone.

    Putting a statement together takes longer than its answer, and so does what the ORM prepares for objects.
    """
    return _turned(columns_of, plan, order, after, before, size, values)


def _turned(
    answer: Callable[..., Sequence[Row[Any]]],
    plan: Callable[[Way], Select[*tuple[Any, ...]]],
    order: Order,
    after: str,
    before: str,
    size: int,
    values: Mapping[str, Any] | None,
) -> Page:
    cursor = _read(before or after, order)
    way: Way = "first" if cursor is None else "before" if before else "after"
    known = {"cursor_value": cursor[0], "cursor_id": cursor[1]} if cursor else {}
    rows = list(answer(plan(way), {**(values or {}), **known}))
    more, rows = len(rows) > size, rows[:size]
    if way == "before":
        rows.reverse()
    if not rows:
        return Page([])
    has_next = way == "before" or more
    has_previous = more if way == "before" else way == "after"
    return Page(rows, _write(rows[-1]) if has_next else None, _write(rows[0]) if has_previous else None)


def _objects_of(query: Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query, values).all()


def planned(
    query: Select[*tuple[Any, ...]],
    order: Order,
    ident: ColumnElement[uuid.UUID],
    way: Way,
    size: int,
    whole: Select[*tuple[Any, ...]] | None = None,
    found: tuple[ColumnElement[Any], ColumnElement[uuid.UUID]] | None = None,
) -> Select[*tuple[Any, ...]]:
    """The statement of `read_page` for one way to go, with the cursor as its parameters.

    `found`: where `query` reads a table of its own, what that calls `order` and `ident`.
    """
    keys, falling = found or (order.column, ident), order.descending != (way == "before")
    key = tuple_(*keys)
    if way != "first":
        value = bindparam("cursor_value", type_=order.column.type)
        cursor = tuple_(value, bindparam("cursor_id", type_=Uuid()))
        query = query.where(key < cursor if falling else key > cursor)
    query = _few(query.order_by(*_sorted_by(keys, falling)), size)
    if whole is not None:
        sorted_by = _sorted_by((order.column, ident), falling)
        query = whole.where(ident == one_of(query.correlate(None))).order_by(*sorted_by)
    return query.add_columns(order.column.label("cursor_value"), cast(ident, String).label("cursor_id"))


def _sorted_by(keys: tuple[ColumnElement[Any], ...], falling: bool) -> list[ColumnElement[Any]]:
    return [each.desc() if falling else each.asc() for each in keys]


def one_of(found: Any) -> ColumnElement[Any]:
    """One of these ids, read once into an array: PostgreSQL then starts from them and not from a million lines."""
    return any_(cast(func.array(found.scalar_subquery()), ARRAY(Uuid)))


def _few(query: Select[*tuple[Any, ...]], size: int) -> Select[*tuple[Any, ...]]:
    # Written out, not a parameter: PostgreSQL then knows how few rows are wanted, and keeps one plan for all.
    return query.limit(literal_column(str(int(size) + 1)))


def _write(row: Row[Any]) -> str:
    value = row.cursor_value
    if isinstance(value, date):  # a moment is one too
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = str(value)
    text = json.dumps([value, row.cursor_id], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, order: Order) -> tuple[Any, uuid.UUID] | None:
    try:
        value, ident = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return _storable(order.read(value)), uuid.UUID(ident)
    except (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError):
        return None


def _storable(value: Any) -> Any:
    """Refuses text that PostgreSQL would: a U+0000, or half of a pair."""
    if isinstance(value, str) and b"\0" in value.encode():
        raise ValueError("U+0000")
    return value
