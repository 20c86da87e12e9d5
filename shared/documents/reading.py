"""What a person at the counter may read, and the trace of each reading.

The scope stands inside every query: a seat that is no longer allowed, a folder that is no longer shared or
a publication that was withdrawn answers like a document that never was.
"""

import functools
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, exists, false, select

from shared.access.models import Link, Seat
from shared.documents import effective
from shared.documents.models import Document, Download, Folder, Publication, ReadingKind, Version
from shared.documents.visible import mine, published, reaching, sitting, unread_by, who
from shared.events.recording import record
from shared.extensions import db

PERSONAL_CLASSES = ("payslip",)  # never opened by a mailed link alone


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a seat, or else a link that opens one document; `by` as the log writes it."""

    by: str
    seat: Seat | None = None
    link: Link | None = None
    ip: str = ""
    agent: str = ""


class Sheet(NamedTuple):
    """A document with the version that is read now; `size` in bytes."""

    id: uuid.UUID
    party_id: uuid.UUID
    folder_id: uuid.UUID
    folder_label: str
    document_class: str
    to_sign: bool
    title: str
    number: str
    issued_on: date | None
    due_on: date | None
    amount: Decimal | None
    currency: str
    is_credit_note: bool
    live_at: datetime
    version_id: uuid.UUID
    sha256: str
    size: int
    mime: str
    kind: str
    pages: int | None
    filename: str
    is_new: bool


def find(*, document_id: uuid.UUID, reader: Reader) -> Sheet | None:
    """The document, if this reader may read it now; one query."""
    values: dict[str, Any] = {"document_id": document_id}
    if reader.seat is not None:
        query = _found_by_seat(reader.seat.is_borrowed)
        values |= who(reader.seat)
    else:
        read = exists().where(Download.link_id == reader.link.id) if reader.link else false()
        query = _found_in(published().where(*_linked(reader.link)), ~read)
    row = db.session.execute(query, values).first()
    return Sheet._make(row) if row else None


def was_shared(*, document_id: uuid.UUID, reader: Reader) -> bool:
    """Whether this reader could once read what is shared no more: « n’est plus partagé » rather than « inconnu ».

    A draft that was never live stays unknown, and so does whatever the reader's rights do not cover.
    """
    query = select(Document.id).join(Folder, Folder.id == Document.folder_id).where(Document.id == document_id)
    query = query.where(exists().where(Publication.document_id == Document.id, Publication.live_at.is_not(None)))
    if reader.seat is not None and reader.seat.is_borrowed:
        query = query.where(Document.party_id == reader.seat.party_id, Folder.id.in_(reader.seat.folder_ids or ()))
    elif reader.seat is not None:
        query = query.join(Seat, Seat.party_id == Document.party_id)
        query = query.where(Seat.id == reader.seat.id, *sitting(), reaching())
    else:
        query = query.where(*_linked(reader.link))
    return db.session.scalar(query) is not None


def opened(*, sheet: Sheet, reader: Reader) -> None:
    """A person has the document before their eyes."""
    _read(sheet, reader, ReadingKind.OPENED, "document.opened")


def downloaded(*, sheet: Sheet, reader: Reader) -> None:
    """A person takes the bytes away."""
    _read(sheet, reader, ReadingKind.DOWNLOADED, "document.downloaded")


_SHEET: tuple[Any, ...] = (
    Document.id,
    Document.party_id,
    Document.folder_id,
    Folder.label,
    Folder.document_class,
    effective.to_sign(),
    Document.title,
    Document.number,
    Document.issued_on,
    Document.due_on,
    Document.amount,
    Document.currency,
    Document.is_credit_note,
    Publication.live_at,
    Version.id,
    Version.sha256,
    Version.size,
    Version.mime,
    Version.kind,
    Version.pages,
    Version.filename,
)


@functools.cache
def _found_by_seat(is_borrowed: bool) -> Select[*tuple[Any, ...]]:
    """Built once: this is asked for at every page, every image and every download."""
    return _found_in(mine(is_borrowed), unread_by(bindparam("seat_id", type_=Uuid())))


def _found_in(scope: Select[Document], new: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        scope.join(Version, Version.document_id == Document.id)
        .with_only_columns(*_SHEET, new, maintain_column_froms=True)
        .where(Document.id == bindparam("document_id", type_=Uuid()))
        .order_by(Version.number.desc())
        .limit(1)
    )


def _linked(link: Link | None) -> tuple[ColumnElement[bool], ...]:
    """The one document that a link opens by itself; nothing without a link."""
    if link is None:
        return (false(),)
    conditions = [Document.id == link.document_id, Folder.document_class.not_in(PERSONAL_CLASSES)]
    if link.party_id is not None:  # given to another party since, the document is not what the mail was about
        conditions.append(Document.party_id == link.party_id)
    return tuple(conditions)


def _read(sheet: Sheet, reader: Reader, kind: ReadingKind, event: str) -> None:
    if reader.seat is not None and reader.seat.is_borrowed:
        return  # staff who look as the customer have read nothing in their name
    db.session.add(
        Download(
            document_id=sheet.id,
            version_id=sheet.version_id,
            kind=kind,
            seat_id=reader.seat.id if reader.seat else None,
            link_id=reader.link.id if reader.link else None,
            ip=reader.ip,
            user_agent=reader.agent[:400],
        )
    )
    record(event, by=reader.by, party_id=sheet.party_id, document_id=sheet.id, facts={"sha256": sheet.sha256})
