"""The papers of a record: the record itself on paper, and what goes with it."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from shared.documents.models import Document, Folder
from shared.errors import Refused
from shared.extensions import db
from shared.records.declaring import Kind
from shared.records.holding import hold
from shared.records.kinds import KINDS
from shared.records.models import Record, RecordDocument
from shared.records.noting import note


def attach(*, record: Record, document: Document, by: str, is_main: bool | None = None) -> bool:
    """Tie a document to a record; False when it is tied already. `is_main` None: by the class of its folder.

    Raises Refused for a document of somebody who has no part in the record.
    """
    hold(record)
    if not tie(record=record, documents=[document], is_main=is_main):
        return False
    note(record=record, event="changed", by=by, facts={"fields": {"documents": [None, str(document.id)]}})
    return True


def detach(*, record: Record, document: Document, by: str) -> bool:
    """Untie a document, which stays where it is filed; False when it was not tied."""
    hold(record)
    row = db.session.get(RecordDocument, (record.id, document.id))
    if row is None:
        return False
    record.documents.remove(row)
    db.session.flush()
    note(record=record, event="changed", by=by, facts={"fields": {"documents": [str(document.id), None]}})
    return True


def tie(*, record: Record, documents: Sequence[Document], is_main: bool | None = None) -> list[Document]:
    """The rows only, without an event; returns those that were not tied yet. Raises Refused as `attach`."""
    tied = {row.document_id for row in record.documents}
    has_main = any(row.is_main for row in record.documents)
    parties = {record.party_id, *(row.party_id for row in record.parties)}
    made = []
    for document in documents:
        if document.party_id not in parties:
            raise Refused(_("Ce document est à un tiers qui n’a pas de part à cette pièce."), "documents")
        if document.id in tied:
            continue
        tied.add(document.id)
        main = is_paper(KINDS[record.kind], document) and not has_main if is_main is None else is_main
        has_main = has_main or main
        record.documents.append(RecordDocument(document=document, is_main=main))
        made.append(document)
    db.session.flush()
    return made


def is_paper(kind: Kind, document: Document) -> bool:
    """Whether a document is the record itself on paper: it is filed where this kind's papers go."""
    return document.folder.document_class in kind.classes


def filed_papers(record: Record) -> Sequence[Document]:
    """What was filed before the record was known: papers of its party that bear its number."""
    classes = KINDS[record.kind].classes
    if not classes or not record.number:
        return []
    folders = select(Folder.id).where(Folder.document_class.in_(classes))
    here = (Document.party_id == record.party_id, Document.folder_id.in_(folders), Document.number == record.number)
    return db.session.scalars(select(Document).where(*here).order_by(Document.id)).all()
