"""What stands on the portal, and for whom: the scope of every query of the portal.

A seat that is no longer allowed, a folder that is no longer shared or a publication that was withdrawn answers like
a document that never was.
"""

from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Uuid, and_, any_, bindparam, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.models import Seat
from shared.clock import today
from shared.documents import effective
from shared.documents.models import Document, Download, Folder, FolderException, Publication


def visible_to(seat: Seat) -> Select[Document]:
    """The documents that this seat may read: its rights × live publication × folder on the portal.

    `Folder`, `FolderException`, `Publication` and `Seat` are joined: narrow with `.where`, or choose columns with
    `.with_only_columns`.
    """
    if seat.is_borrowed:
        return lent(seat.party_id, literal(seat.folder_ids, ARRAY(Uuid)))
    return readable(seat.id, today())


def readable(seat_id: Any, day: Any) -> Select[Document]:
    """As `visible_to`, where the seat and the day may be parameters of a statement that is built once."""
    return (
        published().join(Seat, Seat.party_id == Document.party_id).where(Seat.id == seat_id, *sitting(day), reaching())
    )


def lent(party_id: Any, folder_ids: Any) -> Select[Document]:
    """The same for staff who look as the party: their seat is no row, its folders stand in it."""
    return published().where(Document.party_id == party_id, Folder.id == any_(folder_ids))


def mine(is_borrowed: bool) -> Select[Document]:
    """As `visible_to`, with the parameters that `who` gives."""
    if is_borrowed:
        return lent(bindparam("party_id", type_=Uuid()), bindparam("folder_ids", type_=ARRAY(Uuid)))
    return readable(bindparam("seat_id", type_=Uuid()), bindparam("day", type_=Date()))


def who(seat: Seat) -> dict[str, Any]:
    """The parameters of the statements that are built once, for this seat."""
    return {"seat_id": seat.id, "day": today(), "party_id": seat.party_id, "folder_ids": seat.folder_ids}


def sitting(day: Any = None, seat: Any = Seat) -> tuple[ColumnElement[bool], ...]:
    """The seat is allowed, on that day or else today; wants `Seat` in the query."""
    on = today() if day is None else day
    return (
        seat.allowed.is_(True),
        or_(seat.starts_on.is_(None), seat.starts_on <= on),
        or_(seat.ends_on.is_(None), seat.ends_on >= on),
    )


def reaching() -> ColumnElement[bool]:
    """The seat's rights cover the folder; wants `Seat` and `Folder` in the query."""
    return or_(Seat.folder_ids.is_(None), Folder.id == any_(Seat.folder_ids))


def unread_by(seat_id: Any) -> ColumnElement[bool]:
    """Never opened nor downloaded by this person at this party; wants `Document` in the query."""
    return ~exists().where(Download.seat_id == seat_id, Download.document_id == Document.id)


def published() -> Select[Document]:
    """What is on the portal now, for whoever may read it; `Folder`, `FolderException` and `Publication` are joined."""
    live = and_(
        Publication.document_id == Document.id, Publication.live_at.is_not(None), Publication.withdrawn_at.is_(None)
    )
    joined = select(Document).join(Folder, Folder.id == Document.folder_id).join(Publication, live)
    own = effective.excepted(Document.party_id)
    return joined.outerjoin(FolderException, own).where(effective.shared())
