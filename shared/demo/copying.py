"""Many rows at once, by COPY: what the model would have filled in by itself is filled in here."""

from collections.abc import Iterable, Mapping
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Column

from shared.extensions import Model, db, uuid7

Row = Mapping[str, Any]


def copy(model: type[Model], rows: Iterable[Row]) -> None:
    """Write the rows in the present transaction; each names the same columns, of the model's own names."""
    pending = iter(rows)
    first = next(pending, None)
    if first is None:
        return
    usual = _usual(model, first)
    columns = [*first, *usual]
    rest = list(usual.values())
    named = ", ".join(f'"{name}"' for name in columns)
    with _cursor().copy(f'COPY "{model.__tablename__}" ({named}) FROM STDIN') as into:
        into.write_row([*first.values(), *rest])
        for row in pending:
            into.write_row([*row.values(), *rest])


def _cursor() -> Any:
    """Of the connection that the session's transaction stands on."""
    return db.session.connection().connection.cursor()


def _usual(model: type[Model], given: Row) -> dict[str, Any]:
    """The defaults that are the same for all rows; an identifier is each row's own, and must be given."""
    columns: Iterable[Column[Any]] = model.__table__.columns  # type: ignore[assignment]
    return {each.name: _value(each) for each in columns if each.name not in given and each.default is not None}


def _value(column: Column[Any]) -> Any:
    default: Any = column.default
    value = default.arg(None) if default.is_callable else default.arg
    if default.is_callable and isinstance(value, type(uuid7())):
        raise ValueError(f"{column} is each row's own")
    return Jsonb(value) if isinstance(value, dict) else value
