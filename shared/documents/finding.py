"""What staff read of folders and documents. The scope stands inside every query: out of it, nothing exists."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true, tuple_

from shared.access.models import Account, Seat
from shared.documents import effective
from shared.documents.models import (
    Document,
    Download,
    Folder,
    FolderException,
    Publication,
    ReadingKind,
    StoredObject,
    Version,
)
from shared.documents.reading import reaching, sitting
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party
from shared.people.scopes import Scope

PAGE = 50

LIVE, WAITING, HELD, OFF = "live", "waiting", "held", "off"


class Shelf(NamedTuple):
    """A folder as the explorer shows it: `openers` parties can open it, `waiting` documents want « Synchroniser »."""

    id: uuid.UUID
    path: str
    label: str
    on_portal: bool
    document_class: str
    documents: int
    openers: int
    waiting: int


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


class Page(NamedTuple):
    """Some rows, and the key after which the next ones come; None at the end."""

    lines: Sequence[Line]
    after: str | None


class Sheet(NamedTuple):
    """A document with all that its page shows around it."""

    document: Document
    party: Party
    folder: Folder
    version: Version
    publication: Publication | None
    damaged_at: datetime | None
    settings: effective.Settings  # of the folder, for this party


def shelves(*, scope: Scope, family_id: uuid.UUID, party_id: uuid.UUID | None = None) -> list[Shelf]:
    """The folders of a family, how many documents each holds (of one party, or of all) and how many can open it."""
    mine = true() if party_id is None else Document.party_id == party_id
    held = select(func.count()).select_from(Document).where(Document.folder_id == Folder.id, mine)
    waits = (
        select(func.count())
        .select_from(Publication)
        .join(Document, Document.id == Publication.document_id)
        .where(Document.folder_id == Folder.id, mine, STATES[WAITING])
    )
    counts = (held.correlate(Folder).scalar_subquery(), openers(party_id), waits.correlate(Folder).scalar_subquery())
    on_portal = Folder.on_portal if party_id is None else effective.shared_to(literal(party_id))
    columns = (Folder.id, Folder.path, Folder.label, on_portal, Folder.document_class)
    query = (
        select(*columns, *counts)
        .where(Folder.family_id == family_id, scope.folders())
        .order_by(Folder.position, Folder.path_folded)
    )
    return [Shelf(*row) for row in db.session.execute(query)]


def openers(party_id: uuid.UUID | None = None) -> ColumnElement[int]:
    """How many parties can open the folder on the portal today, 0 when it is not shared; wants `Folder`."""
    query = (
        select(func.count(Seat.party_id.distinct()))
        .join(Party, Party.id == Seat.party_id)
        .join(Account, Account.id == Seat.account_id)
        .outerjoin(FolderException, effective.excepted(Party.id))
        .where(Party.family_id == Folder.family_id, effective.shared(), *sitting(), reaching())
        .where(Account.frozen_at.is_(None), true() if party_id is None else Seat.party_id == party_id)
    )
    return query.correlate(Folder).scalar_subquery()


def lines(
    *,
    scope: Scope,
    family_id: uuid.UUID,
    folder_id: uuid.UUID | None = None,
    party_id: uuid.UUID | None = None,
    search: str = "",
    state: str = "",
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """The documents in reach, the last filed first. `after` is the key that the former page gave."""
    query = _joined(*_LINE).where(Folder.family_id == family_id, scope.documents())
    if folder_id is not None:
        query = query.where(Document.folder_id == folder_id)
    if party_id is not None:
        query = query.where(Document.party_id == party_id)
    for word in fold(search).split():
        query = query.where(_matches(word))
    if state in STATES:
        query = query.where(STATES[state])
    key = _key(after)
    if key is not None:
        query = query.where(tuple_(Document.filed_at, Document.id) < key)
    rows = db.session.execute(query.order_by(Document.filed_at.desc(), Document.id.desc()).limit(limit + 1)).all()
    found = [Line._make(row) for row in rows[:limit]]
    return Page(found, f"{found[-1].filed_at.isoformat()}~{found[-1].id}" if len(rows) > limit else None)


def sheet(*, scope: Scope, document_id: uuid.UUID) -> Sheet | None:
    """One document in reach with its newest version; one query."""
    query = _joined(Document, Party, Folder, Version, Publication, StoredObject.damaged_at, FolderException)
    row = db.session.execute(query.where(Document.id == document_id, scope.documents())).first()
    return Sheet._make([*row[:-1], effective.settings_of(row.Folder, row[-1])]) if row else None


def documents(*, scope: Scope, ids: Sequence[uuid.UUID]) -> list[Document]:
    """Those of these documents that are in reach."""
    query = select(Document).join(Folder, Folder.id == Document.folder_id)
    return list(db.session.scalars(query.where(Document.id.in_(ids), scope.documents()).order_by(Document.id)))


def party(*, scope: Scope, party_id: uuid.UUID) -> Party | None:
    """One party in reach, without what only its card shows."""
    return db.session.scalars(select(Party).where(Party.id == party_id, scope.parties())).one_or_none()


def folder(*, scope: Scope, folder_id: uuid.UUID) -> Folder | None:
    """One folder in reach."""
    return db.session.scalars(select(Folder).where(Folder.id == folder_id, scope.folders())).one_or_none()


def folders_of(*, scope: Scope, family_id: uuid.UUID) -> list[Folder]:
    """The folders of a family in reach, in their order."""
    query = select(Folder).where(Folder.family_id == family_id, scope.folders())
    return list(db.session.scalars(query.order_by(Folder.position, Folder.path_folded)))


def folder_of_class(*, family_id: uuid.UUID, document_class: str) -> Folder | None:
    """Where documents of this class are filed by themselves: the first such folder that asks for no signature."""
    query = select(Folder).where(
        Folder.family_id == family_id, Folder.document_class == document_class, Folder.signature_side.is_(None)
    )
    return db.session.scalars(query.order_by(Folder.position, Folder.path_folded).limit(1)).first()


def newest_version() -> ColumnElement[bool]:
    """Joins `Version` to the last version of `Document`."""
    last = select(func.max(Version.number)).where(Version.document_id == Document.id).correlate(Document)
    return and_(Version.document_id == Document.id, Version.number == last.scalar_subquery())


STATES: dict[str, ColumnElement[bool]] = {
    LIVE: Publication.live_at.is_not(None),
    WAITING: and_(
        Publication.id.is_not(None),
        Publication.live_at.is_(None),
        Publication.withdrawn_at.is_(None),
        or_(Publication.held_because.is_(None), Publication.held_because == "synchronisation"),
    ),
    HELD: Publication.held_because.in_(("consent_requested", "consent_refused")),
    OFF: Publication.id.is_(None),
}


def _first(kind: ReadingKind) -> ColumnElement[datetime]:
    query = select(func.min(Download.at)).where(Download.document_id == Document.id, Download.kind == kind)
    return query.correlate(Document).scalar_subquery()


_LINE: tuple[Any, ...] = (
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
)


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    standing = and_(Publication.document_id == Document.id, Publication.withdrawn_at.is_(None))
    return (
        select(*columns)
        .select_from(Document)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .join(Version, newest_version())
        .join(StoredObject, StoredObject.sha256 == Version.sha256)
        .outerjoin(Publication, standing)
        .outerjoin(FolderException, effective.excepted(Document.party_id))
    )


def _matches(word: str) -> ColumnElement[bool]:
    """In the document's title, number and file name, or in whose it is."""
    return or_(
        Document.search_folded.contains(word, autoescape=True),
        Party.name_folded.contains(word, autoescape=True),
        Party.code_folded == word,
    )


def _key(after: str) -> tuple[datetime, uuid.UUID] | None:
    moment, _, document_id = after.partition("~")
    try:
        return datetime.fromisoformat(moment), uuid.UUID(document_id)
    except ValueError:
        return None
