"""The lists of the portal: plain columns, fifty rows at a time, by key and never by offset."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, cast, func, select, tuple_

from shared.access.models import Seat
from shared.documents.models import Document, Folder, Notify, Publication
from shared.documents.reading import reaching, sitting, unread_by, visible_to
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party

PAGE = 50


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
    query = _lines(seat)
    if folder_id is not None:
        query = query.where(Document.folder_id == folder_id)
    for word in fold(search).split():
        query = query.where(Document.search_folded.contains(word, autoescape=True))
    if new:
        query = query.where(unread_by(seat.id))
    if to_sign is not None:
        query = query.where(Folder.signature_side.is_not(None) if to_sign else Folder.signature_side.is_(None))
    if first is not None:
        query = query.order_by((Document.id == first).desc())
    key = _key(after, datetime.fromisoformat)
    return _page(query, Publication.live_at, key, limit, lambda line: line.live_at.isoformat())


def of_class(*, seat: Seat, document_class: str, after: str = "", limit: int = PAGE) -> Page:
    """The invoices, the quotes or the payslips of this seat, by their own date, the newest first."""
    query = _lines(seat).where(Folder.document_class == document_class)
    return _page(query, _DAY, _key(after, date.fromisoformat), limit, lambda line: line.day.isoformat())


def totals(*, seat: Seat, document_class: str) -> list[Total]:
    """What all documents of a class add up to, credit notes being negative: one line per currency."""
    query = visible_to(seat).where(Folder.document_class == document_class)
    columns = (
        Document.currency,
        func.coalesce(func.sum(Document.amount), 0),
        func.count(),
        func.count().filter(Document.amount.is_(None)),
    )
    chosen: Select[*tuple[Any, ...]] = query.with_only_columns(*columns, maintain_column_froms=True)
    return [Total(*row) for row in db.session.execute(chosen.group_by(Document.currency).order_by(Document.currency))]


def shelves(*, seat: Seat) -> list[Shelf]:
    """Every folder that this seat may open, empty ones included, in the order of the settings."""
    counted = (
        visible_to(seat)
        .with_only_columns(
            Document.folder_id,
            func.count().label("documents"),
            func.count().filter(unread_by(seat.id)).label("new"),
            maintain_column_froms=True,
        )
        .group_by(Document.folder_id)
        .subquery()
    )
    query = (
        select(
            Folder.id,
            Folder.label,
            Folder.document_class,
            Folder.signature_side.is_not(None),
            Folder.notify != Notify.NONE,
            func.coalesce(counted.c.documents, 0),
            func.coalesce(counted.c.new, 0),
        )
        .join(Party, Party.family_id == Folder.family_id)
        .join(Seat, Seat.party_id == Party.id)
        .outerjoin(counted, counted.c.folder_id == Folder.id)
        .where(Seat.id == seat.id, Folder.on_portal, *sitting(), reaching())
        .order_by(Folder.position, Folder.label, Folder.id)
    )
    return [Shelf(*row) for row in db.session.execute(query)]


# A document without a date of its own stands at the day it was filed.
_DAY: ColumnElement[date] = func.coalesce(Document.issued_on, cast(func.timezone("UTC", Document.filed_at), Date))


def _lines(seat: Seat) -> Select[*tuple[Any, ...]]:
    return visible_to(seat).with_only_columns(
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
        unread_by(seat.id),
        maintain_column_froms=True,
    )


def _page(query: Select[*tuple[Any, ...]], column: Any, key: Any, limit: int, spell: Any) -> Page:
    if key is not None:
        query = query.where(tuple_(column, Document.id) < key)
    rows = db.session.execute(query.order_by(column.desc(), Document.id.desc()).limit(limit + 1)).all()
    lines = [Line._make(row) for row in rows[:limit]]
    return Page(lines, f"{spell(lines[-1])}~{lines[-1].id}" if len(rows) > limit else None)


def _key(after: str, read: Any) -> tuple[Any, uuid.UUID] | None:
    value, _, document_id = after.partition("~")
    try:
        return read(value), uuid.UUID(document_id)
    except ValueError:
        return None
