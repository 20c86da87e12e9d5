"""Questions of plain columns, without what the ORM prepares for objects: a tenth of what a page of rows costs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.sql import Executable

from shared.extensions import db


def columns_of(statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of a statement that selects columns alone, in the transaction of the session and after its changes."""
    db.session.flush()
    return db.session.connection().execute(statement, values or {}).all()
