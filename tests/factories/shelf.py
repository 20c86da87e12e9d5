"""What an installation finds shipped, taken from a shelf: the product ships it once a run, each test copies the rows.

A test about shipping itself calls the product's verbs; so does the shelf wherever something stands there already.
"""

from collections.abc import Callable
from typing import Any

from psycopg import Connection, Cursor, sql
from sqlalchemy import func, select, text

from shared.documents.shipping import ship_folders
from shared.extensions import db
from shared.notifications.shipping import ship_messages
from shared.people.shipping import ship_families
from shared.people.staffing import ship_roles
from shared.retention.laws import ship_retention

VERBS: dict[str, Callable[[], object]] = {
    "families": ship_families,
    "roles": ship_roles,
    "messages": ship_messages,
    "folders": ship_folders,
    "retention": ship_retention,
}
NAMING_FAMILIES = ("messages", "folders", "retention")
_tables: dict[str, list[str]] = {}  # those that each verb fills, in the order in which rows may be written


def stock() -> None:
    """Ship into the database of this application, give it up, and keep what was written in a schema of its own."""
    names = [table.name for table in db.metadata.sorted_tables]
    before = _counts(names)
    for piece, ship in VERBS.items():
        ship()
        db.session.flush()
        after = _counts(names)
        _tables[piece] = [name for name in names if after[name] != before[name]]
        before = after
    filled = [name for names in _tables.values() for name in names]
    assert len(filled) == len(set(filled)), "two verbs write into one table: keep them together here"
    rows = {name: _read(name) for name in filled}
    db.session.rollback()
    db.session.execute(text("CREATE SCHEMA shelf"))
    for name, data in rows.items():
        db.session.execute(text(f'CREATE TABLE shelf."{name}" (LIKE public."{name}")'))
        _write(name, data)
    db.session.commit()


def take(*pieces: str) -> None:
    """As the verbs of those names, in that order."""
    for piece in pieces:
        if not _may_copy(piece):
            VERBS[piece]()
            continue
        for name in _tables[piece]:
            db.session.execute(text(f'INSERT INTO public."{name}" SELECT * FROM shelf."{name}"'))


def _may_copy(piece: str) -> bool:
    """Whether nothing of it stands here yet, and the families that it may name are those of the shelf."""
    if piece not in _tables or db.session.scalar(text("SELECT to_regclass('shelf.family') IS NULL")):
        return False  # nothing was put aside, or this is another server
    must = [f'NOT EXISTS (SELECT FROM public."{name}")' for name in _tables[piece]]
    if piece in NAMING_FAMILIES:
        must.append("NOT EXISTS (SELECT FROM shelf.family s LEFT JOIN public.family f USING (id) WHERE f.id IS NULL)")
    return bool(db.session.scalar(text(f"SELECT {' AND '.join(must)}")))


def _counts(names: list[str]) -> dict[str, int]:
    return {name: db.session.scalar(select(func.count()).select_from(db.metadata.tables[name])) or 0 for name in names}


def _read(name: str) -> bytes:
    with _cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
        return b"".join(bytes(piece) for piece in copy)


def _write(name: str, data: bytes) -> None:
    with _cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier("shelf", name))) as copy:
        copy.write(data)


def _cursor() -> Cursor[Any]:
    connection: Connection[Any] = db.session.connection().connection.driver_connection  # type: ignore[assignment]
    return connection.cursor()
