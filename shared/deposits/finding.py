"""What a person may put on the counter, and what is expected of them."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from shared.access.models import Act, Seat
from shared.deposits.models import DocumentRequest
from shared.documents import effective
from shared.documents.models import Document, Folder, FolderException
from shared.documents.visible import reaching, sitting
from shared.extensions import db
from shared.keyset import Order, Page, by_date, read_page
from shared.people.models import Family, Party
from shared.people.scopes import Scope
from shared.tallying import tally

OPEN, LATE, ENDED = "open", "late", "ended"


class Opened(NamedTuple):
    """A folder into which this seat deposits."""

    id: uuid.UUID
    label: str
    document_class: str


class Awaited(NamedTuple):
    """A document that staff asked for and do not have yet."""

    id: uuid.UUID
    folder_id: uuid.UUID
    folder_label: str
    label: str
    note: str
    due_on: date | None
    months: int | None
    asked_at: datetime


def open_folders(seat: Seat) -> list[Opened]:
    """The folders on the portal that take deposits, within the rights of this seat; one query."""
    query = _reached(select(Folder.id, Folder.label, Folder.document_class), seat)
    return [Opened._make(row) for row in db.session.execute(query.order_by(Folder.position, Folder.path_folded))]


def open_folder(*, seat: Seat, folder_id: uuid.UUID) -> Folder | None:
    """One of them; None for one that is read-only, out of reach or unknown."""
    return db.session.scalars(_reached(select(Folder), seat).where(Folder.id == folder_id)).one_or_none()


def awaited(seat: Seat) -> list[Awaited]:
    """« À fournir »: what is asked of this party in the folders that it can deposit into, the most pressing first."""
    query = _reached(
        select(
            DocumentRequest.id,
            Folder.id,
            Folder.label,
            DocumentRequest.label,
            DocumentRequest.note,
            DocumentRequest.due_on,
            DocumentRequest.months,
            DocumentRequest.asked_at,
        ).join_from(DocumentRequest, Folder, Folder.id == DocumentRequest.folder_id),
        seat,
    )
    query = query.where(DocumentRequest.party_id == seat.party_id, stands())
    rows = db.session.execute(query.order_by(DocumentRequest.due_on.asc().nulls_last(), DocumentRequest.id))
    return [Awaited._make(row) for row in rows]


def awaited_one(*, seat: Seat, request_id: uuid.UUID) -> DocumentRequest | None:
    """One of them."""
    query = select(DocumentRequest).join(Folder, Folder.id == DocumentRequest.folder_id)
    query = _reached(query, seat).where(
        DocumentRequest.id == request_id, DocumentRequest.party_id == seat.party_id, stands()
    )
    return db.session.scalars(query).one_or_none()


def deposited(*, seat: Seat, deposit_id: uuid.UUID) -> list[Document]:
    """The documents of one deposit of this party."""
    query = select(Document).where(Document.deposit_id == deposit_id, Document.party_id == seat.party_id)
    return list(db.session.scalars(query.order_by(Document.id)))


def stands() -> ColumnElement[bool]:
    """Neither deposited nor taken back; wants `DocumentRequest`."""
    return DocumentRequest.closed_at.is_(None) & DocumentRequest.cancelled_at.is_(None)


def requests(
    family: Family, scope: Scope, *, state: str, today: date, party_id: uuid.UUID | None, after: str, before: str
) -> Page:
    """A page of the requests of a family, the latest asked first, within the folders in reach."""
    query = (
        select(
            DocumentRequest.id,
            DocumentRequest.label,
            DocumentRequest.due_on,
            DocumentRequest.asked_at,
            DocumentRequest.closed_at,
            DocumentRequest.cancelled_at,
            DocumentRequest.reminders,
            DocumentRequest.deposit_id,
            Folder.label.label("folder"),
            Party.id.label("party_id"),
            Party.code,
            Party.name,
        )
        .join(Folder, Folder.id == DocumentRequest.folder_id)
        .join(Party, Party.id == DocumentRequest.party_id)
        .where(Party.family_id == family.id, scope.folders())
    )
    if party_id is not None:
        query = query.where(DocumentRequest.party_id == party_id)
    if state == ENDED:
        query = query.where(~stands())
    else:
        query = query.where(stands())
        if state == LATE:
            query = query.where(DocumentRequest.due_on < today)
    order = Order(DocumentRequest.asked_at.expression, by_date, descending=True)
    return read_page(query, order, DocumentRequest.id.expression, after=after, before=before)


def late(family: Family, scope: Scope, today: date) -> ScalarSelect[int]:
    """How many requests of a family are late, as a part of a query that is asked anyway."""
    query = select(DocumentRequest.id).join(Folder, Folder.id == DocumentRequest.folder_id)
    query = query.join(Party, Party.id == DocumentRequest.party_id).where(Party.family_id == family.id)
    return tally(query.where(scope.folders(), stands(), DocumentRequest.due_on < today))


def standing(*, scope: Scope, request_id: uuid.UUID) -> DocumentRequest | None:
    """One open request in reach of a member of staff."""
    query = select(DocumentRequest).join(Folder, Folder.id == DocumentRequest.folder_id)
    return db.session.scalars(query.where(DocumentRequest.id == request_id, stands(), scope.folders())).one_or_none()


def depositable(*, family: Family, scope: Scope) -> Sequence[Folder]:
    """The folders of a family in which something may be asked for: on the portal and open to deposits."""
    query = select(Folder).where(
        Folder.family_id == family.id, Folder.on_portal, Folder.deposit_allowed, scope.folders()
    )
    return db.session.scalars(query.order_by(Folder.position, Folder.path_folded)).all()


def _reached(query: Any, seat: Seat) -> Any:
    """Narrowed to the folders of the seat's family that are shared with it and take its deposits, if it may deposit."""
    query = query.join(Party, Party.family_id == Folder.family_id).where(literal(Act.DEPOSIT in seat.acts))
    if seat.is_borrowed:
        borrowed = Folder.id == any_(literal(seat.folder_ids, ARRAY(Uuid)))
        query = query.where(Party.id == seat.party_id, borrowed)
    else:
        query = query.join(Seat, Seat.party_id == Party.id).where(Seat.id == seat.id, *sitting(), reaching())
    query = query.outerjoin(FolderException, effective.excepted(Party.id))
    return query.where(effective.shared(), effective.accepts())
