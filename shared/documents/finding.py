"""What staff read of folders and documents. The scope stands inside every query: out of it, nothing exists."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.documents import effective
from shared.documents.models import Document, Folder, FolderException, Publication, StoredObject, Version
from shared.documents.standing import Standing, standing
from shared.extensions import db
from shared.people.models import EmailCell, Party
from shared.people.scopes import Scope


class Sheet(NamedTuple):
    """A document with all that its page shows around it."""

    document: Document
    party: Party
    folder: Folder
    version: Version
    publication: Publication | None
    damaged_at: datetime | None
    standing: str  # of `Standing`
    filled: Sequence[str]  # the cells of the party that hold an address
    settings: effective.Settings  # of the folder, for this party


def sheet(*, scope: Scope, document_id: uuid.UUID) -> Sheet | None:
    """One document in reach with its newest version; one query."""
    cells = select(func.array_agg(EmailCell.slot)).where(EmailCell.party_id == Party.id, EmailCell.address != "")
    filled = func.coalesce(cells.correlate(Party).scalar_subquery(), literal([], ARRAY(String)))
    rows = (Document, Party, Folder, Version, Publication, StoredObject.damaged_at, standing(), filled, FolderException)
    query = joined(*rows)
    row = db.session.execute(query.where(Document.id == document_id, scope.documents())).first()
    return Sheet._make([*row[:-1], effective.settings_of(row.Folder, row[-1])]) if row else None


def standings(document_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Document → where it stands against what is wanted of it; one query."""
    query = joined(Document.id, standing()).where(Document.id.in_(document_ids))
    return {document_id: Standing(found) for document_id, found in db.session.execute(query)}


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


def joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Documents with folder, party, newest version, object, the publication that stands and the party's exception."""
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
