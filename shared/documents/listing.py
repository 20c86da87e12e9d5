"""The statements of the portal's lists, each built once with parameters for the seat, the day and what is looked for.

SQLAlchemy takes longer to put one together than PostgreSQL to answer it.
"""

import functools
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Select, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.models import Seat
from shared.days import day_of_column
from shared.documents import effective
from shared.documents.models import Document, Folder, FolderException, Publication
from shared.documents.searching import in_words
from shared.documents.visible import mine, reaching, sitting, unread_by
from shared.paging import newest
from shared.people.models import Family, Party

Rows = Select[*tuple[Any, ...]]

_SEAT = bindparam("seat_id", type_=Uuid())
_DAY_SEATED = bindparam("day", type_=Date())

# A document without a date of its own stands at the day it was filed.
_DAY: ColumnElement[date] = func.coalesce(Document.issued_on, day_of_column(Document.filed_at))


@functools.cache
def latest(
    borrowed: bool,
    folder: bool,
    words: int,
    new: bool | None,
    to_sign: bool | None,
    first: bool,
    after: bool,
    limit: int,
) -> Rows:
    """What the seat may read, the newest on the portal first; each flag adds the condition of that name."""
    query = _lines(borrowed)
    if folder:
        query = query.where(Document.folder_id == bindparam("folder_id", type_=Uuid()))
    for n in range(words):
        titled = Document.search_folded.like(bindparam(f"word{n}"), escape="\\")
        query = query.where(or_(titled, in_words(bindparam(f"query{n}"))))
    if new:
        query = query.where(unread_by(_SEAT))
    if to_sign is not None:
        query = query.where(effective.to_sign() if to_sign else ~effective.to_sign())
    if first:
        query = query.order_by((Document.id == bindparam("first", type_=Uuid())).desc())
    return newest(query, Publication.live_at, Document.id, DateTime(timezone=True), after=after, limit=limit)


@functools.cache
def of_class(borrowed: bool, after: bool, limit: int) -> Rows:
    """The documents of one class, by their own date, the newest first."""
    query = _lines(borrowed).where(Folder.document_class == bindparam("document_class"))
    return newest(query, _DAY, Document.id, Date(), after=after, limit=limit)


@functools.cache
def shelves(borrowed: bool) -> Rows:
    """The folders with how many documents they hold and how many were never opened."""
    counted = (
        mine(borrowed)
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
        folders(borrowed)
        .add_columns(
            effective.to_sign(),
            effective.notifies(),
            effective.accepts(),
            func.coalesce(counted.c.documents, 0),
            func.coalesce(counted.c.new, 0),
            select(Family.of_people).where(Family.id == Folder.family_id).correlate(Folder).scalar_subquery(),
        )
        .outerjoin(counted, counted.c.folder_id == Folder.id)
    )


@functools.cache
def folders(borrowed: bool) -> Rows:
    """The folders alone, in the order of the settings."""
    query = select(Folder.id, Folder.label, Folder.document_class).join(Party, Party.family_id == Folder.family_id)
    if borrowed:
        mine_too = Folder.id == any_(bindparam("folder_ids", type_=ARRAY(Uuid)))
        query = query.where(Party.id == bindparam("party_id", type_=Uuid()), mine_too)
    else:
        query = query.join(Seat, Seat.party_id == Party.id)
        query = query.where(Seat.id == _SEAT, *sitting(_DAY_SEATED), reaching())
    return (
        query.outerjoin(FolderException, effective.excepted(Party.id))
        .where(effective.shared())
        .order_by(Folder.position, Folder.label, Folder.id)
    )


def _lines(borrowed: bool) -> Rows:
    return mine(borrowed).with_only_columns(
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
        effective.to_sign(),
        Publication.live_at,
        _DAY.label("day"),
        unread_by(_SEAT),
        maintain_column_froms=True,
    )
