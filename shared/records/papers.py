"""The records of one kind and the documents of its classes that have no record, as one list for a seat."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Numeric, String

from shared.documents.models import Document, Download, Folder, Publication
from shared.documents.visible import mine
from shared.records.declaring import Kind
from shared.records.models import RecordDocument
from shared.records.visible import Sight, seen_by

STATED_ON = bindparam("stated_on", type_=Date())  # the day that a list is read


class Paper(NamedTuple):
    """One line: a record with its paper, a record without one, or a document without a record.

    `due_on`: until when a quote is valid, or an invoice is to be paid. `amount` is negative for a credit note.
    """

    id: uuid.UUID  # of the record, else of the document
    record_id: uuid.UUID | None
    document_id: uuid.UUID | None
    number: str
    title: str
    day: date
    due_on: date | None
    amount: Decimal | None  # none: nobody read it
    currency: str
    is_credit_note: bool
    status: str | None  # None: a document without a record
    since: datetime  # when it was told
    moved_at: datetime | None
    paid: Decimal  # what the record says has been paid
    is_new: bool  # its paper was never opened from this seat


def papers(sight: Sight, kind: Kind) -> CTE:
    """All of them, as a table with the columns of `Paper`; `visible.who` gives the parameters."""
    listed = seen_by(sight, kind.key).cte(f"{kind.key}_listed")
    every = union_all(_records(sight, kind, listed), _documents(sight, kind, listed)).cte(f"{kind.key}_every")
    seat_id = bindparam("seat_id", type_=Uuid())
    read = exists().where(Download.seat_id == seat_id, Download.document_id == every.c.document_id)
    return select(every, and_(every.c.document_id.is_not(None), ~read).label("is_new")).cte(f"{kind.key}_paper")


def _records(sight: Sight, kind: Kind, listed: CTE) -> Select[Any]:
    due: str = "valid_until" if "valid_until" in kind.dates else "due_on"
    row = listed.c
    return select(
        row.id.label("id"),
        row.id.label("record_id"),
        _paper_of(sight, row.id).label("document_id"),
        row.number.label("number"),
        row.title.label("title"),
        func.coalesce(row.issued_on, _day(row.created_at)).label("day"),
        row[due].label("due_on"),
        row.amount.label("amount"),
        row.currency.label("currency"),
        row.is_credit_note.label("is_credit_note"),
        row.status.label("status"),
        row.created_at.label("since"),
        row.moved_at.label("moved_at"),
        row.paid.label("paid"),
    )


def _documents(sight: Sight, kind: Kind, listed: CTE) -> Select[Any]:
    """A document of which a listed record bears the number is that record's paper, even where nobody said so."""
    held = select(RecordDocument.document_id).join(listed, listed.c.id == RecordDocument.record_id)
    numbered = select(listed.c.number).where(listed.c.number != "")
    return (
        mine(sight.is_borrowed)
        .with_only_columns(
            Document.id,
            null().cast(Uuid),
            Document.id,
            Document.number,
            Document.title,
            func.coalesce(Document.issued_on, _day(Document.filed_at)),
            Document.due_on,
            Document.amount,
            Document.currency,
            Document.is_credit_note,
            null().cast(String),
            Publication.live_at,
            null().cast(DateTime(timezone=True)),
            literal(Decimal(0), Numeric(14, 2)),
            maintain_column_froms=True,
        )
        .where(Folder.document_class == any_(literal(list(kind.classes), ARRAY(String))))
        .where(Document.id.not_in(held), Document.number.not_in(numbered))
    )


def _paper_of(sight: Sight, record_id: ColumnElement[uuid.UUID]) -> ColumnElement[uuid.UUID]:
    """The newest paper of the record that the seat may read."""
    return (
        mine(sight.is_borrowed)
        .with_only_columns(Document.id, maintain_column_froms=True)
        .join(RecordDocument, RecordDocument.document_id == Document.id)
        .where(RecordDocument.record_id == record_id, RecordDocument.is_main)
        .order_by(RecordDocument.at.desc(), Document.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _day(moment: Any) -> ColumnElement[date]:
    return cast(func.timezone("UTC", moment), Date)
