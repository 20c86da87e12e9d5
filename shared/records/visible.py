"""What a seat may see of the records of its party: the scope of every query of the portal about records.

A kind that is kept from the portal, a status that is not shown, a paper that is not published, a right that the
person does not have: each answers like a record that never was.
"""

import uuid

from sqlalchemy import ColumnElement, Select, Uuid, and_, exists, false, literal, or_, select, true, union

from shared.access.models import Seat
from shared.documents import effective
from shared.documents.models import Document, Folder, FolderException
from shared.documents.visible import visible_to
from shared.extensions import db
from shared.records.declaring import Kind
from shared.records.kinds import KINDS
from shared.records.models import Record, RecordDocument, RecordParty


def seen_by(seat: Seat, *kinds: str) -> Select[Record]:
    """The records that this seat may see, of those kinds or of all. Narrow with `.where`."""
    wanted = [kind for kind in KINDS.values() if kind.on_portal and (not kinds or kind.key in kinds)]
    return select(Record).where(
        or_(false(), *(_of_kind(seat, kind) for kind in wanted)),
        or_(Record.party_id == seat.party_id, Record.id.in_(_shared_with(seat))),
    )


def seen(*, seat: Seat, record_id: uuid.UUID, kinds: tuple[str, ...] = ()) -> Record | None:
    """One of them; None for another's, and for one that never was."""
    return db.session.scalars(seen_by(seat, *kinds).where(Record.id == record_id)).one_or_none()


def record_of(*, seat: Seat, document_id: uuid.UUID) -> Record | None:
    """The record that a document is the paper of, if this seat may see it too. One query."""
    tied = select(RecordDocument.record_id).where(RecordDocument.document_id == document_id, RecordDocument.is_main)
    return db.session.scalars(seen_by(seat).where(Record.id.in_(tied)).order_by(Record.id).limit(1)).one_or_none()


def lists_of(seat: Seat) -> set[str]:
    """The kinds of which this seat sees one record at least, and the classes of its folders: each may have a list.

    One query.
    """
    party_id = literal(seat.party_id, Uuid)
    folders = select(Folder.document_class).outerjoin(FolderException, effective.excepted(party_id))
    folders = folders.where(Folder.family_id == seat.party.family_id, effective.shared(), _within(seat))
    kinds = seen_by(seat).with_only_columns(Record.kind)
    return set(db.session.scalars(union(kinds, folders)))


def papers_seen(*, seat: Seat, record: Record) -> list[Document]:
    """The papers of a record that this seat may read, the record itself on paper first. One query."""
    query = visible_to(seat).join(RecordDocument, RecordDocument.document_id == Document.id)
    query = query.where(RecordDocument.record_id == record.id)
    return list(db.session.scalars(query.order_by(RecordDocument.is_main.desc(), RecordDocument.at, Document.id)))


def _of_kind(seat: Seat, kind: Kind) -> ColumnElement[bool]:
    conditions = [Record.kind == kind.key, Record.status.in_([each.key for each in kind.statuses if each.shown])]
    if kind.classes:
        conditions.append(_opens(seat, kind.classes))
    if kind.classes and not kind.is_internal:  # the paper of an exchange is filed at one of its parties
        conditions.append(_published(seat))
    return and_(*conditions)


def _opens(seat: Seat, classes: tuple[str, ...]) -> ColumnElement[bool]:
    """The right on one folder of these classes at least, that is on the portal for this party.

    Where its family has no such folder, those whom no right narrows see the records all the same.
    """
    party_id = literal(seat.party_id, Uuid)
    of_classes = (Folder.family_id == seat.party.family_id, Folder.document_class.in_(classes))
    query = select(Folder.id).outerjoin(FolderException, effective.excepted(party_id))
    opens = query.where(*of_classes, effective.shared(), _within(seat)).exists()
    return opens if seat.folder_ids is not None else or_(opens, ~exists().where(*of_classes))


def _within(seat: Seat) -> ColumnElement[bool]:
    return true() if seat.folder_ids is None else Folder.id.in_(seat.folder_ids)


def _published(seat: Seat) -> ColumnElement[bool]:
    """Its paper may be read by this seat, or it has none: what waits for its publication is not told before."""
    on_paper = exists().where(RecordDocument.record_id == Record.id, RecordDocument.is_main)
    readable = visible_to(seat).with_only_columns(Document.id, maintain_column_froms=True)
    read = select(RecordDocument.record_id).where(RecordDocument.is_main, RecordDocument.document_id.in_(readable))
    return or_(~on_paper, Record.id.in_(read))


def _shared_with(seat: Seat) -> Select[uuid.UUID]:
    return select(RecordParty.record_id).where(RecordParty.party_id == seat.party_id)
