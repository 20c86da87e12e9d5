"""« Documents » of a record: its paper and what goes with it, tied, dropped in, or made by Guichet."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice import backoffice
from backoffice._reaching import storage_away, the_document
from backoffice.reach import scope
from backoffice.record_page import tab
from backoffice.record_reach import may, record_for
from shared.documents import finding, searching
from shared.documents.classes import CLASSES
from shared.documents.models import Document, Folder, Publication
from shared.documents.storage import Unavailable
from shared.errors import Refused
from shared.extensions import db
from shared.intake.models import Arrival
from shared.records import attaching, printing
from shared.records.declaring import Kind
from shared.records.models import Record, RecordDocument
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires

OFFERED = 12  # documents of the party, the last filed first


@backoffice.get("/record/<uuid:record_id>/documents")
@requires(Permission.RECORDS_SEE)
def record_documents(record_id: uuid.UUID) -> Response:
    """What is tied to it, and how to tie more."""
    record, kind = record_for(record_id, Permission.RECORDS_SEE)
    return _page(record, kind)


@backoffice.post("/record/<uuid:record_id>/documents/attach")
@requires(Permission.RECORDS_EDIT)
def record_attach(record_id: uuid.UUID) -> Response:
    """Tie a document that is filed already."""
    record, _kind = record_for(record_id, Permission.RECORDS_EDIT)
    document = the_document(request.form.get("document_id", type=uuid.UUID) or abort(400), Permission.DOCUMENTS_SEE)
    try:
        tied = attaching.attach(record=record, document=document, by=visitors.actor())
    except Refused as refusal:
        return _refused(record_id, refusal)
    flash(_("Le document est joint.") if tied else _("Il était déjà joint : rien n’a changé."), "success")
    return go(url_for("backoffice.record_documents", record_id=record_id))


@backoffice.post("/record/<uuid:record_id>/documents/detach")
@requires(Permission.RECORDS_EDIT)
def record_detach(record_id: uuid.UUID) -> Response:
    """Untie it: it stays where it is filed."""
    record, _kind = record_for(record_id, Permission.RECORDS_EDIT)
    document = the_document(request.form.get("document_id", type=uuid.UUID) or abort(400), Permission.DOCUMENTS_SEE)
    attaching.detach(record=record, document=document, by=visitors.actor())
    flash(_("Le document n’est plus joint ; il reste classé où il était."), "success")
    return go(url_for("backoffice.record_documents", record_id=record_id))


@backoffice.post("/record/<uuid:record_id>/documents/print")
@requires(Permission.RECORDS_EDIT)
def record_print(record_id: uuid.UUID) -> Response:
    """« Faire le PDF »: the record on paper, filed in the folder of its class."""
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    try:
        printing.refuse_unprintable(record)
        paper = printing.paper_of(record=record, by=visitors.actor())
    except Refused as refusal:
        return _refused(record_id, refusal)
    except Unavailable:
        return storage_away()
    if paper is None:
        flash(_without_folder(record, kind), "warning")
    else:
        flash(_("Le PDF est fait et classé."), "success")
    return go(url_for("backoffice.record_documents", record_id=record_id))


def _without_folder(record: Record, kind: Kind) -> str:
    """What to do where the family has no folder for papers of this kind, or no folder can be of its class."""
    named = next((CLASSES[each] for each in kind.classes if each in CLASSES), None)
    if named is None:
        return _("Guichet ne classe pas le papier de ce type de pièce : déposez-le, puis joignez-le ici.")
    return _(
        "Aucun répertoire de la famille « %(family)s » ne reçoit ce papier : créez-en un de classe « %(name)s »"
        " dans la Configuration de la GED, puis recommencez.",
        family=record.party.family.label,
        name=named,
    )


def tie_arrivals(record_id: uuid.UUID | None, arrivals: Iterable[Arrival]) -> None:
    """The files that were dropped on the page of a record are tied to it, once they are filed for its party."""
    if record_id is None:
        return
    record, _kind = record_for(record_id, Permission.RECORDS_EDIT)
    for arrival in arrivals:
        document = db.session.get(Document, arrival.document_id) if arrival.document_id else None
        if document is not None and document.party_id in {record.party_id, *(row.party_id for row in record.parties)}:
            attaching.attach(record=record, document=document, by=visitors.actor())


def _refused(record_id: uuid.UUID, refusal: Refused) -> Response:
    db.session.rollback()
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    return _page(record, kind, sentence=refusal.sentence, status=422)


def _page(record: Record, kind: Kind, *, sentence: str = "", status: int = 200) -> Response:
    seen = scope(Permission.DOCUMENTS_SEE)
    q = " ".join(request.args.get("q", "").split())[:100]
    edits = may(Permission.RECORDS_EDIT, record)
    filing = scope(Permission.DOCUMENTS_FILE)
    folders = finding.folders_of(scope=filing, family_id=record.party.family_id) if edits and filing.grants else []
    return tab(
        "backoffice/records/documents.html",
        record,
        kind,
        about=_("documents"),
        status=status,
        blocks=("results",),
        papers=_papers(record, seen),
        others=_others(record, seen, q) if edits and seen.grants else [],
        q=q,
        sentence=sentence,
        folders=folders,
        usual=next((each.id for each in folders if each.document_class in kind.classes), None),
        prints=edits and bool(kind.classes) and record.status != "draft",
    )


def _papers(record: Record, seen: Any) -> Any:
    standing = (Publication.document_id == Document.id) & Publication.withdrawn_at.is_(None)
    columns = (Document.id, Document.title, Document.number, Document.filed_at, Folder.label, Publication.live_at)
    query = select(*columns, RecordDocument.is_main).join(RecordDocument, RecordDocument.document_id == Document.id)
    query = query.join(Folder, Folder.id == Document.folder_id).outerjoin(Publication, standing)
    query = query.where(RecordDocument.record_id == record.id, seen.documents())
    return db.session.execute(query.order_by(RecordDocument.is_main.desc(), RecordDocument.at, Document.id)).all()


def _others(record: Record, seen: Any, q: str) -> Any:
    """The last documents of its party that are not tied to it."""
    tied = select(RecordDocument.document_id).where(RecordDocument.record_id == record.id)
    query = select(Document.id, Document.title, Document.number, Document.filed_at, Folder.label).join(Folder)
    query = query.where(Document.party_id == record.party_id, Document.id.not_in(tied), seen.documents())
    if q:
        query = query.where(*searching.matching(q))
    return db.session.execute(query.order_by(Document.filed_at.desc(), Document.id.desc()).limit(OFFERED)).all()
