"""The limit: what Flask, SQLAlchemy and Jinja alone make of the same work, without Guichet around it.

`/page?rows=50`: one ORM query, that many rows in a plain table.
`POST /row`: a token found by its hash, one row inserted.
`/file/<sha256>`: bytes handed over by nginx, nothing asked.
"""

import hashlib

from flask import Flask, Response, abort, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.config import config
from shared.documents.storage import original_key

PAGE = """<!doctype html><html lang="fr"><head><title>Documents</title></head><body><table>
{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.title }}</td><td>{{ row.issued_on }}</td>\
<td>{{ row.due_on }}</td><td>{{ row.amount }}</td></tr>
{% endfor %}</table></body></html>"""


class Base(DeclarativeBase):
    """The models of this application alone."""


bare_db = SQLAlchemy(model_class=Base)


class Row(bare_db.Model):  # type: ignore[name-defined,misc]
    """A document, as somebody who wants five columns of it would map it."""

    __tablename__ = "document"

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    title: Mapped[str]
    issued_on: Mapped[str]
    due_on: Mapped[str]
    amount: Mapped[str]


class Token(bare_db.Model):  # type: ignore[name-defined,misc]
    """Who may post."""

    __tablename__ = "api_token"

    id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]


class Posted(bare_db.Model):  # type: ignore[name-defined,misc]
    """What an authenticated call inserts."""

    __tablename__ = "bare_posted"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]


def create_bare() -> Flask:
    """The application."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = config().database_url
    bare_db.init_app(app)

    @app.get("/page")
    def page() -> str:
        rows = bare_db.session.scalars(
            select(Row).order_by(Row.issued_on.desc(), Row.id.desc()).limit(int(request.args["rows"]))
        )
        return render_template_string(PAGE, rows=rows)

    @app.get("/file/<sha256>")
    def file(sha256: str) -> Response:
        return Response(headers={"X-Accel-Redirect": f"{config().accel_prefix}/{original_key(sha256)}"})

    @app.post("/row")
    def row() -> dict[str, int]:
        secret = request.headers["Authorization"].removeprefix("Bearer ")
        hashed = hashlib.sha256(secret.encode()).hexdigest()
        if bare_db.session.scalar(select(Token.id).where(Token.hash == hashed)) is None:
            abort(401)
        bare_db.session.add(Posted(number=request.get_json()["number"]))
        bare_db.session.commit()
        return {"applied": 1}

    with app.app_context():
        Posted.__table__.create(bare_db.engine, checkfirst=True)
        bare_db.engine.dispose()
    return app
