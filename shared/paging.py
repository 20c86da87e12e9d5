"""Where the next lines of a list of the portal begin: after the day or instant of the last one shown, and its id."""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, literal_column, tuple_
from sqlalchemy.types import TypeEngine

Rows = TypeVar("Rows", bound=Select[Any])


def spelled(when: date, ident: uuid.UUID) -> str:
    """The key of a line, as an address bears it."""
    return f"{when.isoformat()}~{ident}"


def known(after: str, read: Callable[[str], date | datetime] = date.fromisoformat) -> dict[str, Any]:
    """The parameters of `follows`; none for a key that means nothing, from which a list starts at the top."""
    when, _, ident = after.partition("~")
    try:
        return {"after": read(when), "after_id": uuid.UUID(ident)}
    except ValueError:
        return {}


def follows(when: Any, ident: Any, kind: TypeEngine[Any]) -> ColumnElement[bool]:
    """Whether a line comes after that key, the newest first."""
    return tuple_(when, ident) < tuple_(bindparam("after", type_=kind), bindparam("after_id", type_=Uuid()))


def newest(query: Rows, when: Any, ident: Any, kind: TypeEngine[Any], *, after: bool, limit: int) -> Rows:
    """The newest first, after the key if there is one; one more than `limit` says that others follow."""
    if after:
        query = query.where(follows(when, ident, kind))
    # A limit that the planner does not know makes it plan for a tenth of all.
    return query.order_by(when.desc(), ident.desc()).limit(literal_column(str(limit + 1)))
