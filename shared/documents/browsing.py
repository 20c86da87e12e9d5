"""The lists of the portal: plain columns, fifty rows at a time, by key and never by offset."""

import functools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, DateTime, Select, Uuid, bindparam, cast, func, select, tuple_

from shared.access.models import Seat
from shared.documents.models import Document, Folder, Notify, Publication
from shared.documents.reading import reaching, readable, sitting, today, unread_by
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party

PAGE = 50
WORDS = 8  # of a search; the rest is ignored

Rows = Select[*tuple[Any, ...]]
Key = tuple[date, uuid.UUID]


class Line(NamedTuple):
    """One row of a list: only what the list shows."""

    id: uuid.UUID
    title: str
    number: str
    issued_on: date | None
    due_on: date | None
    amount: Decimal | None
    currency: str
    is_credit_note: bool
    folder_label: str
    document_class: str
    to_sign: bool
    live_at: datetime
    day: date
    is_new: bool


class Shelf(NamedTuple):
    """A folder on the portal, how many documents it holds for this seat and how many were never opened."""

    id: uuid.UUID
    label: str
    document_class: str
    to_sign: bool
    notifies: bool
    documents: int
    new: int


class Choice(NamedTuple):
    """A folder that this seat may open, as a list offers it."""

    id: uuid.UUID
    label: str
    document_class: str


class Total(NamedTuple):
    """What a list adds up to in one currency; `silent` documents bear no amount."""

    currency: str
    amount: Decimal
    documents: int
    silent: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next ones begin; None at the end."""

    lines: Sequence[Line]
    after: str | None


def latest(
    *,
    seat: Seat,
    folder_id: uuid.UUID | None = None,
    search: str = "",
    new: bool | None = None,
    to_sign: bool | None = None,
    first: uuid.UUID | None = None,
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """What this seat may read, the newest on the portal first, and before them the document `first` if it is there.

    `after` is the key that the former page gave; a key that means nothing starts at the top.
    """
    words = fold(search).split()[:WORDS]
    key = _key(after, datetime.fromisoformat)
    shape = (folder_id is not None, len(words), new, to_sign, first is not None, key is not None, limit)
    values: dict[str, Any] = {"folder_id": folder_id, "first": first}
    values |= {f"word{n}": f"%{_literal(word)}%" for n, word in enumerate(words)}
    return _page(_latest(*shape), seat, values, key, limit, lambda line: line.live_at.isoformat())


def of_class(*, seat: Seat, document_class: str, after: str = "", limit: int = PAGE) -> Page:
    """The invoices, the quotes or the payslips of this seat, by their own date, the newest first."""
    key, values = _key(after, date.fromisoformat), {"document_class": document_class}
    return _page(_of_class(key is not None, limit), seat, values, key, limit, lambda line: line.day.isoformat())


def totals(*, seat: Seat, document_class: str) -> list[Total]:
    """What all documents of a class add up to, credit notes being negative: one line per currency."""
    values = {**_who(seat), "document_class": document_class}
    return [Total._make(row) for row in db.session.execute(_totals(), values)]


def shelves(*, seat: Seat) -> list[Shelf]:
    """Every folder that this seat may open, empty ones included, in the order of the settings."""
    return [Shelf._make(row) for row in db.session.execute(_shelves(), _who(seat))]


def choices(*, seat: Seat) -> list[Choice]:
    """The same folders without their counts: what every list shows at its top."""
    return [Choice._make(row) for row in db.session.execute(_folders(), _who(seat))]


# Statements are built once: SQLAlchemy takes longer to put one together than PostgreSQL to answer it.

_SEAT = bindparam("seat_id", type_=Uuid())
_DAY_SEATED = bindparam("day", type_=Date())

# A document without a date of its own stands at the day it was filed.
_DAY: ColumnElement[date] = func.coalesce(Document.issued_on, cast(func.timezone("UTC", Document.filed_at), Date))


@functools.cache
def _latest(
    folder: bool, words: int, new: bool | None, to_sign: bool | None, first: bool, after: bool, limit: int
) -> Rows:
    query = _lines()
    if folder:
        query = query.where(Document.folder_id == bindparam("folder_id", type_=Uuid()))
    for n in range(words):
        query = query.where(Document.search_folded.like(bindparam(f"word{n}"), escape="\\"))
    if new:
        query = query.where(unread_by(_SEAT))
    if to_sign is not None:
        query = query.where(Folder.signature_side.is_not(None) if to_sign else Folder.signature_side.is_(None))
    if first:
        query = query.order_by((Document.id == bindparam("first", type_=Uuid())).desc())
    return _from_key(query, Publication.live_at, DateTime(timezone=True), after, limit)


@functools.cache
def _of_class(after: bool, limit: int) -> Rows:
    query = _lines().where(Folder.document_class == bindparam("document_class"))
    return _from_key(query, _DAY, Date(), after, limit)


@functools.cache
def _totals() -> Rows:
    return (
        readable(_SEAT, _DAY_SEATED)
        .with_only_columns(
            Document.currency,
            func.coalesce(func.sum(Document.amount), 0),
            func.count(),
            func.count().filter(Document.amount.is_(None)),
            maintain_column_froms=True,
        )
        .where(Folder.document_class == bindparam("document_class"))
        .group_by(Document.currency)
        .order_by(Document.currency)
    )


@functools.cache
def _shelves() -> Rows:
    counted = (
        readable(_SEAT, _DAY_SEATED)
        .with_only_columns(
            Document.folder_id,
            func.count().label("documents"),
            func.count().filter(unread_by(_SEAT)).label("new"),
            maintain_column_froms=True,
        )
        .group_by(Document.folder_id)
        .subquery()
    )
    return (
        _folders()
        .add_columns(
            Folder.signature_side.is_not(None),
            Folder.notify != Notify.NONE,
            func.coalesce(counted.c.documents, 0),
            func.coalesce(counted.c.new, 0),
        )
        .outerjoin(counted, counted.c.folder_id == Folder.id)
    )


@functools.cache
def _folders() -> Rows:
    return (
        select(Folder.id, Folder.label, Folder.document_class)
        .join(Party, Party.family_id == Folder.family_id)
        .join(Seat, Seat.party_id == Party.id)
        .where(Seat.id == _SEAT, Folder.on_portal, *sitting(_DAY_SEATED), reaching())
        .order_by(Folder.position, Folder.label, Folder.id)
    )


def _lines() -> Rows:
    return readable(_SEAT, _DAY_SEATED).with_only_columns(
        Document.id,
        Document.title,
        Document.number,
        Document.issued_on,
        Document.due_on,
        Document.amount,
        Document.currency,
        Document.is_credit_note,
        Folder.label,
        Folder.document_class,
        Folder.signature_side.is_not(None),
        Publication.live_at,
        _DAY.label("day"),
        unread_by(_SEAT),
        maintain_column_froms=True,
    )


def _from_key(query: Rows, column: Any, kind: Any, after: bool, limit: int) -> Rows:
    if after:
        key = tuple_(bindparam("after", type_=kind), bindparam("after_id", type_=Uuid()))
        query = query.where(tuple_(column, Document.id) < key)
    return query.order_by(column.desc(), Document.id.desc()).limit(limit + 1)


def _page(
    query: Rows, seat: Seat, values: dict[str, Any], key: Key | None, limit: int, spell: Callable[[Line], str]
) -> Page:
    known = {"after": key[0], "after_id": key[1]} if key else {}
    rows = db.session.execute(query, {**values, **_who(seat), **known}).all()
    lines = [Line._make(row) for row in rows[:limit]]
    return Page(lines, f"{spell(lines[-1])}~{lines[-1].id}" if len(rows) > limit else None)


def _who(seat: Seat) -> dict[str, Any]:
    return {"seat_id": seat.id, "day": today()}


def _literal(word: str) -> str:
    """A word as LIKE reads it, its own wildcards being letters."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _key(after: str, read: Callable[[str], date]) -> Key | None:
    value, _, document_id = after.partition("~")
    try:
        return read(value), uuid.UUID(document_id)
    except ValueError:
        return None
