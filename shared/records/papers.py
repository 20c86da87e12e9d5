"""The records of one kind and the documents of its classes that have no record, as one list for a seat."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    Date,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import LateralFromClause
from sqlalchemy.types import DateTime, Numeric, String

from shared.days import day_of_column
from shared.documents.models import Document, Download, Folder, Publication
from shared.documents.visible import mine
from shared.records.declaring import Kind
from shared.records.models import Record, RecordDocument
from shared.records.visible import Sight, seen_by

# All that the lists read of a record: the longer a statement, the longer psycopg takes to read it, each time.
LISTED = (
    *(Record.id, Record.number, Record.title, Record.issued_on, Record.amount, Record.currency),
    *(Record.is_credit_note, Record.status, Record.created_at, Record.moved_at, Record.paid),
)
STATED_ON = bindparam("stated_on", type_=Date())  # the day that a list is read


class Paper(NamedTuple):
    """One line: a record with its paper, a record without one, or a document without a record.

    `due_on`: until when a quote is valid, or an invoice is to be paid.
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
    status: str | None  # None: a document without a record
    is_new: bool  # its paper was never opened from this seat


def papers(sight: Sight, kind: Kind) -> CTE:
    """All of them, as a table with the columns of `Paper` and some more; `visible.who` gives the parameters.

    `entered_at`, `moved_at` and `paid` are the record's, `tied_at` and `live_at` say since when it has its paper and
    since when that is published; the `amount` of what `is_credit_note` is negative.
    """
    listed = seen_by(sight, kind.key).with_only_columns(*LISTED, _until(kind)).cte(f"{kind.key}_listed")
    every = union_all(_records(sight, kind, listed), _documents(sight, kind, listed)).cte(f"{kind.key}_every")
    seat_id = bindparam("seat_id", type_=Uuid())
    read = exists().where(Download.seat_id == seat_id, Download.document_id == every.c.document_id)
    return select(every, and_(every.c.document_id.is_not(None), ~read).label("is_new")).cte(f"{kind.key}_paper")


def _records(sight: Sight, kind: Kind, listed: CTE) -> Select[Any]:
    row, paper = listed.c, _paper_of(sight, listed)
    return select(
        row.id.label("id"),
        row.id.label("record_id"),
        paper.c.id.label("document_id"),
        row.number.label("number"),
        row.title.label("title"),
        func.coalesce(row.issued_on, day_of_column(row.created_at)).label("day"),
        row[_until(kind).key].label("due_on"),
        row.amount.label("amount"),
        row.currency.label("currency"),
        row.is_credit_note.label("is_credit_note"),
        row.status.label("status"),
        row.created_at.label("entered_at"),
        paper.c.at.label("tied_at"),
        paper.c.live_at.label("live_at"),
        row.moved_at.label("moved_at"),
        row.paid.label("paid"),
    ).select_from(listed.outerjoin(paper, true()))


def _until(kind: Kind) -> Any:
    return Record.valid_until if "valid_until" in kind.dates else Record.due_on


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
            func.coalesce(Document.issued_on, day_of_column(Document.filed_at)),
            Document.due_on,
            case((Document.is_credit_note, -func.abs(Document.amount)), else_=Document.amount),
            Document.currency,
            Document.is_credit_note,
            null().cast(String),
            null().cast(DateTime(timezone=True)),
            null().cast(DateTime(timezone=True)),
            Publication.live_at,
            null().cast(DateTime(timezone=True)),
            literal(Decimal(0), Numeric(14, 2)),
            maintain_column_froms=True,
        )
        .where(Folder.document_class == any_(literal(list(kind.classes), ARRAY(String))))
        .where(Document.id.not_in(held), Document.number.not_in(numbered))
    )


def _paper_of(sight: Sight, listed: CTE) -> LateralFromClause:
    """The newest paper of each record that the seat may read."""
    return (
        mine(sight.is_borrowed)
        .join(RecordDocument, RecordDocument.document_id == Document.id)
        .with_only_columns(Document.id, Publication.live_at, RecordDocument.at, maintain_column_froms=True)
        .where(RecordDocument.record_id == listed.c.id, RecordDocument.is_main)
        .order_by(RecordDocument.at.desc(), Document.id.desc())
        .limit(1)
        .lateral("held")
    )
