"""« À imprimer »: what a refused dematerialisation keeps off the portal leaves on paper."""

import io
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, delete, exists, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from shared.clock import now
from shared.documents.consents import REFUSED
from shared.documents.models import Document, Folder, Printout, Publication
from shared.documents.storage import original_key, read, storage
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.keyset import Order, Page, by_date, read_page
from shared.people.models import Family, Party
from shared.people.scopes import Scope

MOST = 200  # documents in one file, and marked at once
HEAVIEST = 200 * 1024 * 1024  # bytes of originals in one file


def to_print(family: Family, scope: Scope, *, printed: bool = False, after: str = "", before: str = "") -> Page:
    """A page of what there is to print, the oldest first; with `printed`, of what was, the latest first."""
    query = _joined(family, scope, printed).add_columns(
        Document.title,
        Document.number,
        Document.filed_at,
        Folder.label,
        Party.id.label("party_id"),
        Party.code,
        Party.name,
        Printout.at.label("printed_at"),
        Printout.by.label("printed_by"),
    )
    column: ColumnElement[Any] = Printout.at.expression if printed else Document.filed_at.expression
    order = Order(column, by_date, descending=printed)
    return read_page(query, order, Document.id.expression, after=after, before=before)


def count(family: Family, scope: Scope, *, printed: bool = False) -> int:
    """How many of them there are."""
    query = _joined(family, scope, printed).with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(query) or 0


def chosen(family: Family, scope: Scope, ids: Sequence[uuid.UUID], *, everything: bool = False) -> list[Document]:
    """The documents of a selection that are to be printed, in the order of the list.

    Raises Refused for none, or naming those that are not to be printed (any more): nothing is done by halves.
    """
    query = _joined(family, scope, printed=False)
    if not everything:
        query = query.where(Document.id.in_(ids))
    found = list(db.session.scalars(query.order_by(Document.filed_at, Document.id).limit(MOST + 1)))
    if not found and not ids:
        raise Refused(_("Choisissez au moins un document à imprimer."))
    if not everything and (gone := set(ids) - set(found)):
        raise Refused(_no_longer(scope, gone))
    found = found[:MOST]
    loaded = select(Document).where(Document.id.in_(found)).options(joinedload(Document.versions))
    documents = {document.id: document for document in db.session.scalars(loaded).unique()}
    return [documents[each] for each in found]


def _no_longer(scope: Scope, ids: Iterable[uuid.UUID]) -> str:
    query = select(Document.title).join(Folder, Folder.id == Document.folder_id)
    titles = db.session.scalars(query.where(Document.id.in_(ids), scope.documents()).order_by(Document.filed_at))
    sentence: str = _(
        "La liste a changé, ce n’est plus à imprimer : %(titles)s. Rien n’a été fait, la voici à jour.",
        titles=", ".join(f"« {title} »" for title in titles),
    )
    return sentence


def merged(documents: Sequence[Document]) -> bytes:
    """One PDF of these documents, one after the other.

    Raises Refused above 200 MB, or naming those that are no PDF; StorageError when a file cannot be read.
    """
    versions = [document.versions[-1] for document in documents]
    if sum(version.size for version in versions) > HEAVIEST:
        raise Refused(_("Ces documents pèsent plus de 200 Mo ensemble : choisissez-en moins à la fois."))
    apart = [each.title for each, version in zip(documents, versions, strict=True) if version.kind != "pdf"]
    if apart:
        raise Refused(
            _(
                "Ce ne sont pas des PDF : %(titles)s. Décochez-les et imprimez-les à part ; rien n’a été fait.",
                titles=", ".join(f"« {title} »" for title in apart[:5]),
            )
        )
    import pikepdf  # where it is needed: most of what the web does is not this

    out = pikepdf.new()
    for version in versions:
        with pikepdf.open(io.BytesIO(read(storage(), original_key(version.sha256)))) as source:
            out.pages.extend(source.pages)
    made = io.BytesIO()
    out.save(made)
    return made.getvalue()


def mark_printed(*, documents: Sequence[Document], by: str) -> int:
    """They are on paper: they leave the list, with who and when; how many were not marked yet."""
    rows = [{"id": uuid7(), "document_id": document.id, "at": now(), "by": by} for document in documents]
    query = insert(Printout).values(rows).on_conflict_do_nothing().returning(Printout.document_id)
    marked = set(db.session.scalars(query))
    for document in documents:
        if document.id in marked:
            record("document.printed", by=by, party_id=document.party_id, document_id=document.id)
    return len(marked)


def unmark(*, document: Document, by: str) -> None:
    """Back in the list: the paper was lost, or the wrong line was ticked."""
    query = delete(Printout).where(Printout.document_id == document.id).returning(Printout.id)
    if db.session.scalar(query) is not None:
        record("document.unprinted", by=by, party_id=document.party_id, document_id=document.id)


def standing(scope: Scope, document_id: uuid.UUID) -> Document | None:
    """A printed document in reach."""
    query = select(Document).join(Folder, Folder.id == Document.folder_id).join(Party, Party.id == Document.party_id)
    query = query.where(Document.id == document_id, scope.documents(), scope.parties())
    return db.session.scalars(query.where(exists().where(Printout.document_id == Document.id))).first()


def _joined(family: Family, scope: Scope, printed: bool) -> Select[*tuple[Any, ...]]:
    query = (
        select(Document.id)
        .join(Publication, Publication.document_id == Document.id)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .outerjoin(Printout, Printout.document_id == Document.id)
        .where(
            Publication.live_at.is_(None),
            Publication.withdrawn_at.is_(None),
            Party.family_id == family.id,
            scope.documents(),
            scope.parties(),
        )
    )
    held = Publication.held_because == literal_column(f"'{REFUSED}'")  # written out: they have an index of their own
    return query.where(Printout.id.is_not(None)) if printed else query.where(held, Printout.id.is_(None))
