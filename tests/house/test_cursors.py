"""A cursor of the engine says of its columns what psycopg's own says, later."""

from flask import Flask

from shared.cursors import Cursor
from shared.extensions import db


def test_columns_are_described_as_by_psycopg(app: Flask) -> None:
    with app.app_context(), db.session.connection().connection.cursor() as cursor:
        assert isinstance(cursor, Cursor)
        assert cursor.description is None
        cursor.execute("SELECT 7 AS number, 'a' AS word")
        described = cursor.description
        assert repr([*described]) == repr(super(Cursor, cursor).description)
        assert [column.name for column in described] == ["number", "word"]
        assert (len(described), described[1].name, [each.name for each in described[:1]]) == (2, "word", ["number"])
        cursor.execute("SET LOCAL statement_timeout = 0")
        assert cursor.description is None
