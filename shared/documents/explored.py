"""What a line of the explorer says of a document, and from which columns it is read."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from shared.documents import effective
from shared.documents.models import Document, Download, Folder, Publication, ReadingKind, StoredObject, Version
from shared.documents.standing import standing
from shared.people.models import Party


class Line(NamedTuple):
    """One row of the explorer's list; the publication is the one that stands."""

    id: uuid.UUID
    title: str
    number: str
    issued_on: date | None
    due_on: date | None
    amount: Decimal | None
    currency: str
    is_credit_note: bool
    filed_at: datetime
    folder_id: uuid.UUID
    folder_label: str
    folder_on_portal: bool
    party_id: uuid.UUID
    party_code: str
    party_name: str
    kind: str
    filename: str
    size: int
    live_at: datetime | None
    wanted_at: datetime | None
    held_because: str | None
    damaged_at: datetime | None
    opened_at: datetime | None
    downloaded_at: datetime | None
    standing: str  # of `standing.Standing`
    source: str  # « portal »: deposited by the party


def _first(kind: ReadingKind) -> ColumnElement[datetime]:
    query = select(func.min(Download.at)).where(Download.document_id == Document.id, Download.kind == kind)
    return query.correlate(Document).scalar_subquery()


COLUMNS: tuple[Any, ...] = (
    Document.id,
    Document.title,
    Document.number,
    Document.issued_on,
    Document.due_on,
    Document.amount,
    Document.currency,
    Document.is_credit_note,
    Document.filed_at,
    Folder.id,
    Folder.label,
    effective.shared(),
    Party.id,
    Party.code,
    Party.name,
    Version.kind,
    Version.filename,
    Version.size,
    Publication.live_at,
    Publication.wanted_at,
    Publication.held_because,
    StoredObject.damaged_at,
    _first(ReadingKind.OPENED),
    _first(ReadingKind.DOWNLOADED),
    standing(),
    Document.source,
)
