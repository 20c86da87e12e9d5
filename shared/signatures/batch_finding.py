"""Whom a bulk asking would ask, and how far one is. The scope stands inside every query."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Uuid, exists, func, null, select

from shared.access.models import Access
from shared.documents.classes import NO_SIGNATURE
from shared.documents.finding import newest_version
from shared.documents.models import Document, Folder, Version
from shared.extensions import db
from shared.people.finding import matching
from shared.people.models import Contact, Party
from shared.people.scopes import Scope
from shared.signatures.batch_models import SigningBatch, SigningBatchLine
from shared.signatures.finding import RUNNING
from shared.signatures.models import RequestState, SignatureRequest

SHOWN = 20


@dataclass(frozen=True)
class Preview:
    """What would be asked: how many, a few of them, and what is out of the ordinary."""

    count: int
    some: Sequence[Row[Any]]
    without_access: int


def chosen(q: str, folder: Folder, scope: Scope, *, is_one_pdf: bool) -> Select[*tuple[Any, ...]]:
    """party_id, document_id (null where the one PDF is filed for each), code and name; closed parties are left out."""
    matches = (Party.family_id == folder.family_id, Party.closed_at.is_(None), scope.parties(), *matching(q))
    columns = (Party.id.label("party_id"), Party.code, Party.name)
    if is_one_pdf:
        query = select(*columns, null().cast(Uuid).label("document_id")).where(*matches)
        return query.order_by(Party.code_sort, Party.id)
    return (
        select(*columns, Document.id.label("document_id"))
        .join(Document, Document.party_id == Party.id)
        .join(Version, newest_version())
        .where(*matches, Document.folder_id == folder.id, Version.kind == "pdf", ~_asked())
        .order_by(Party.code_sort, Party.id, Document.filed_at, Document.id)
    )


def preview(q: str, folder: Folder, scope: Scope, *, is_one_pdf: bool) -> Preview:
    """Counted before anything is asked; three queries."""
    query = chosen(q, folder, scope, is_one_pdf=is_one_pdf)
    lines = query.order_by(None).subquery()
    count = db.session.scalar(select(func.count()).select_from(lines)) or 0
    access = exists().where(Contact.party_id == lines.c.party_id, Access.contact_id == Contact.id, Access.allowed)
    without = db.session.scalar(select(func.count()).select_from(lines).where(~access)) or 0
    return Preview(count, db.session.execute(query.limit(SHOWN)).all(), without)


def batch_in(*, scope: Scope, batch_id: uuid.UUID) -> SigningBatch | None:
    """One sending whose folder is in reach."""
    query = select(SigningBatch).join(Folder, Folder.id == SigningBatch.folder_id)
    return db.session.scalars(query.where(SigningBatch.id == batch_id, scope.folders())).one_or_none()


def counts(batch: SigningBatch) -> tuple[int, int, int]:
    """Lines in all, asked, not asked."""
    asked, refused = SigningBatchLine.request_id.is_not(None), SigningBatchLine.why != ""
    columns = (func.count(), func.count().filter(asked), func.count().filter(refused))
    row = db.session.execute(select(*columns).where(SigningBatchLine.batch_id == batch.id)).one()
    return row[0], row[1], row[2]


def exceptions(batch: SigningBatch, scope: Scope) -> Sequence[Row[Any]]:
    """The parties in reach that could not be asked, and why."""
    columns: tuple[Any, ...] = (Party.id, Party.code, Party.name, SigningBatchLine.why, SigningBatchLine.document_id)
    query = (
        select(*columns)
        .join(Party, Party.id == SigningBatchLine.party_id)
        .where(SigningBatchLine.batch_id == batch.id, SigningBatchLine.why != "", scope.parties())
    )
    return db.session.execute(query.order_by(SigningBatchLine.position).limit(200)).all()


def _asked() -> ColumnElement[bool]:
    """Asked for already, or signed; wants `Document`."""
    held = (*RUNNING, RequestState.COMPLETED)
    return exists().where(SignatureRequest.document_id == Document.id, SignatureRequest.state.in_(held))


def signable_folders(scope: Scope) -> Sequence[Folder]:
    """The folders in reach whose documents may be signed, those that ask for it by themselves first."""
    query = select(Folder).where(scope.folders(), Folder.document_class.not_in(NO_SIGNATURE))
    return db.session.scalars(
        query.order_by(Folder.family_id, Folder.signature_side.is_(None), Folder.position, Folder.label)
    ).all()
