"""What a seat may see of the records of its party: the scope of every query of the portal about records.

A kind that is kept from the portal, a status that is not shown, a paper that is not published, a right that the
person does not have: each answers like a record that never was. Every page of the portal asks: the statements are
built once for each shape of seat, and `who` gives the seat itself as their parameters.
"""

import functools
import uuid
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.models import Seat
from shared.asking import columns_of
from shared.documents import effective, visible
from shared.documents.models import Document, Folder, FolderException
from shared.extensions import db
from shared.records.declaring import Kind
from shared.records.kinds import KINDS
from shared.records.models import Record, RecordDocument, RecordParty

PARTY = bindparam("party_id", type_=Uuid())


class Sight(NamedTuple):
    """What of a seat shapes its statements."""

    is_borrowed: bool
    is_narrowed: bool  # to some folders; what no folder holds is then out of sight


def sight(seat: Seat) -> Sight:
    """The shape of this seat."""
    return Sight(seat.is_borrowed, not seat.is_lent_whole if seat.is_borrowed else seat.folder_ids is not None)


def who(seat: Seat) -> dict[str, Any]:
    """The parameters of these statements, for this seat."""
    return {**visible.who(seat), "family_id": seat.party.family_id}


def seen_by(sight: Sight, *kinds: str) -> Select[Record]:
    """The records that such a seat may see, of those kinds or of all. Narrow with `.where`."""
    wanted = [kind for kind in KINDS.values() if kind.on_portal and (not kinds or kind.key in kinds)]
    query = select(Record).where(_shown(wanted), _of_party(wanted))
    if any(_readers(kind) for kind in wanted):
        query = query.where(_open(sight, wanted))
    elif sight.is_narrowed:
        query = query.where(_opens_any())
    if published := [kind.key for kind in wanted if kind.classes and not kind.is_internal]:
        free = [kind.key for kind in wanted if kind.key not in published]  # an exchange's paper is filed at one party
        query = query.where(or_(_among(Record.kind, free), _published(sight)) if free else _published(sight))
    return query


def seen(*, seat: Seat, record_id: uuid.UUID, kinds: tuple[str, ...] = ()) -> Record | None:
    """One of them; None for another's, and for one that never was."""
    return db.session.scalars(_one(sight(seat), kinds), {**who(seat), "record_id": record_id}).one_or_none()


def record_of(*, seat: Seat, document_id: uuid.UUID) -> Record | None:
    """The record that a document is the paper of, if this seat may see it too. One query."""
    return db.session.scalars(_on_paper(sight(seat)), {**who(seat), "document_id": document_id}).one_or_none()


def lists_of(seat: Seat) -> set[str]:
    """The kinds of which this seat sees one record at least, and the classes of its folders: each may have a list.

    One query.
    """
    return {row[0] for row in columns_of(_lists(sight(seat)), who(seat))}


def papers_seen(*, seat: Seat, record: Record) -> list[Document]:
    """The papers of a record that this seat may read, the record itself on paper first. One query."""
    return list(db.session.scalars(_papers(seat.is_borrowed), {**who(seat), "record_id": record.id}))


@functools.cache
def _one(sight: Sight, kinds: tuple[str, ...]) -> Select[Record]:
    return seen_by(sight, *kinds).where(Record.id == bindparam("record_id", type_=Uuid()))


@functools.cache
def _on_paper(sight: Sight) -> Select[Record]:
    tied = select(RecordDocument.record_id).where(
        RecordDocument.document_id == bindparam("document_id", type_=Uuid()), RecordDocument.is_main
    )
    return seen_by(sight).where(Record.id.in_(tied)).order_by(Record.id).limit(1)


@functools.cache
def _lists(sight: Sight) -> CompoundSelect[str]:
    folders = select(Folder.document_class).outerjoin(FolderException, effective.excepted(PARTY))
    folders = folders.where(_in_family(), effective.shared(), _within(sight))
    return union(seen_by(sight).with_only_columns(Record.kind), folders)


@functools.cache
def _papers(is_borrowed: bool) -> Select[Document]:
    query = visible.mine(is_borrowed).join(RecordDocument, RecordDocument.document_id == Document.id)
    query = query.where(RecordDocument.record_id == bindparam("record_id", type_=Uuid()))
    return query.order_by(RecordDocument.is_main.desc(), RecordDocument.at, Document.id)


def _among(column: Any, keys: list[str]) -> ColumnElement[bool]:
    """One parameter, whereas `in_` is written anew at each execution."""
    among: ColumnElement[bool] = column == any_(literal(keys, ARRAY(String)))
    return among


def _shown(kinds: list[Kind]) -> ColumnElement[bool]:
    shown = [f"{kind.key}.{status.key}" for kind in kinds for status in kind.statuses if status.shown]
    return _among(Record.kind + "." + Record.status, shown)


def _of_party(kinds: list[Kind]) -> ColumnElement[bool]:
    """Its own, and those that another party submits to it."""
    if not any(kind.is_internal for kind in kinds):
        return Record.party_id == PARTY
    own = Record.__table__.alias("own")
    submitted = select(RecordParty.record_id).where(RecordParty.party_id == PARTY)
    return Record.id.in_(union_all(select(own.c.id).where(own.c.party_id == PARTY), submitted))


def _open(sight: Sight, kinds: list[Kind]) -> ColumnElement[bool]:
    """The right on one folder at least of the classes that show its kind, that is on the portal for this party.

    Where its family has no such folder, those whom no right narrows see the records all the same.
    """
    pairs = [(kind.key, each) for kind in kinds for each in _readers(kind)]
    keys, classes = (literal(list(each), ARRAY(String)) for each in zip(*pairs, strict=True))
    names = (column("kind", String), column("document_class", String))
    table = func.unnest(keys, classes).table_valued(*names).render_derived(name="filed")
    opens = func.bool_or(and_(effective.shared(), _within(sight)))
    query = (
        select(table.c.kind)
        .outerjoin(Folder, and_(_in_family(), Folder.document_class == table.c.document_class))
        .outerjoin(FolderException, effective.excepted(PARTY))
        .group_by(table.c.kind)
        .having(opens if sight.is_narrowed else or_(opens, func.count(Folder.id) == 0))
    )
    unfiled = [kind.key for kind in kinds if not _readers(kind)]
    if not unfiled:
        return Record.kind.in_(query)
    free = _among(Record.kind, unfiled)
    if sight.is_narrowed:
        free = and_(free, _opens_any())
    return or_(free, Record.kind.in_(query))


def _opens_any() -> ColumnElement[bool]:
    """An access that opens no folder is there to sign, and shows nothing else."""
    return func.cardinality(bindparam("folder_ids", type_=ARRAY(Uuid))) > 0


def _readers(kind: Kind) -> tuple[str, ...]:
    """The classes of documents whose readers may see records of this kind; none: everybody of the party."""
    return kind.classes or kind.told_with


def _in_family() -> ColumnElement[bool]:
    return Folder.family_id == bindparam("family_id", type_=Uuid())


def _within(sight: Sight) -> ColumnElement[bool]:
    narrowed = sight.is_narrowed or sight.is_borrowed  # staff look with the folders that they may see themselves
    return Folder.id == any_(bindparam("folder_ids", type_=ARRAY(Uuid))) if narrowed else true()


def _published(sight: Sight) -> ColumnElement[bool]:
    """Its paper may be read by this seat, or it has none: what waits for its publication is not told before."""
    on_paper = exists().where(RecordDocument.record_id == Record.id, RecordDocument.is_main)
    readable = visible.mine(sight.is_borrowed).with_only_columns(Document.id, maintain_column_froms=True)
    read = select(RecordDocument.record_id).where(RecordDocument.is_main, RecordDocument.document_id.in_(readable))
    return or_(~on_paper, Record.id.in_(read))
