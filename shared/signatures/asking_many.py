"""Asking many parties at once: the documents of a folder that nobody was asked to sign, or one PDF for each party.

Counted first; what was counted is what is asked, a batch per transaction, each line with its outcome.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import insert, select

from shared.clock import now
from shared.documents.classes import NO_SIGNATURE
from shared.documents.filing import Facts, file
from shared.documents.inspecting import Inspection, inspect
from shared.documents.models import Document, Folder
from shared.documents.storage import original_key, read, storage
from shared.errors import Refused, Stale
from shared.events.batches import in_batch
from shared.extensions import db, uuid7
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.queues import ring
from shared.signatures.asking import ask
from shared.signatures.batch_finding import chosen
from shared.signatures.batch_models import SigningBatch, SigningBatchLine
from shared.signatures.models import Circuit, SignatureRequest
from shared.signatures.seating import BULK
from shared.signatures.terms import Terms, checked
from shared.transactions import after_commit

AT_ONCE = 50


@dataclass(frozen=True)
class Sending:
    """What the form of a bulk asking holds; `inspection` is of the one PDF, whose bytes are kept already."""

    folder: Folder
    q: str = ""
    circuit: Circuit | None = None
    inspection: Inspection | None = None
    filename: str = ""
    title: str = ""
    message: str = ""
    due_on: date | None = None
    remind_days: int | None = None
    copies: Sequence[str] = ()


def draft(*, sending: Sending, by: str) -> SigningBatch:
    """Write down what is to be asked; nothing is, before the count was seen. Raises Refused for what is no PDF."""
    if sending.folder.document_class in NO_SIGNATURE:
        raise Refused(_("Un bulletin de paie ne peut pas être soumis à signature."), field="folder_id")
    if sending.inspection is not None and sending.inspection.kind != "pdf":
        raise Refused(_("Seul un PDF se signe : choisissez un fichier PDF."), field="file")
    terms = checked(Terms(None, sending.message, sending.due_on, sending.remind_days, sending.copies), sending.circuit)
    batch = SigningBatch(
        id=uuid7(),
        folder_id=sending.folder.id,
        q=sending.q.strip(),
        circuit_id=sending.circuit.id if sending.circuit else None,
        sha256=sending.inspection.sha256 if sending.inspection else None,
        filename=sending.filename,
        title=" ".join(sending.title.split()),
        message=terms.message,
        due_on=terms.due_on,
        remind_days=terms.remind_days,
        copies=list(terms.copies),
        asked_by=by,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def start(*, batch: SigningBatch, scope: Scope, seen: int) -> None:
    """Write one line for each party or document counted; the worker asks. `seen` is the count that was shown.

    Confirmed twice, it starts once. Raises Stale when the filter holds another number by now, Refused for none.
    """
    db.session.refresh(batch, with_for_update=True)
    if batch.started_at is not None:
        return
    folder = db.session.get_one(Folder, batch.folder_id)
    rows = db.session.execute(chosen(batch.q, folder, scope, is_one_pdf=batch.sha256 is not None)).all()
    if not rows:
        raise Refused(_("Ce filtre ne retient personne : rien n’est demandé."))
    if len(rows) != seen:
        raise Stale(
            _(
                "Le filtre retient maintenant %(count)s lignes et non %(seen)s : relisez l’aperçu, puis confirmez.",
                count=len(rows),
                seen=seen,
            )
        )
    lines = [
        {"batch_id": batch.id, "position": position, "party_id": row.party_id, "document_id": row.document_id}
        for position, row in enumerate(rows, start=1)
    ]
    db.session.execute(insert(SigningBatchLine), lines)
    batch.started_at = now()
    db.session.flush()
    after_commit(lambda: ring("slow", "ask_signatures", str(batch.id)), once=f"ask:{batch.id}")


def advance(*, batch_id: uuid.UUID) -> bool:
    """Ask for the next lines of a sending; False when none is left here."""
    runs = (SigningBatch.started_at.is_not(None), SigningBatch.ended_at.is_(None))
    query = select(SigningBatch).where(SigningBatch.id == batch_id, *runs)
    batch = db.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if batch is None:
        return False
    lines = _waiting(batch)
    if not lines:
        batch.ended_at = now()
        return False
    inspection = _inspected(batch)
    with in_batch(str(batch.id)):
        for line in lines:
            try:
                with db.session.begin_nested():
                    line.document_id, line.request_id = _ask(batch, line, inspection)
            except Refused as refused:
                line.why = refused.sentence
    db.session.flush()
    return True


def unfinished() -> list[uuid.UUID]:
    """The sendings that a worker should be working on."""
    query = select(SigningBatch.id).where(SigningBatch.started_at.is_not(None), SigningBatch.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(SigningBatch.asked_at)))


def _waiting(batch: SigningBatch) -> Sequence[SigningBatchLine]:
    query = select(SigningBatchLine).where(
        SigningBatchLine.batch_id == batch.id, SigningBatchLine.request_id.is_(None), SigningBatchLine.why == ""
    )
    return db.session.scalars(query.order_by(SigningBatchLine.position).limit(AT_ONCE)).all()


def _inspected(batch: SigningBatch) -> Inspection | None:
    if batch.sha256 is None:
        return None
    return inspect(read(storage(), original_key(batch.sha256)), batch.filename)


def _ask(batch: SigningBatch, line: SigningBatchLine, inspection: Inspection | None) -> tuple[uuid.UUID, uuid.UUID]:
    document = db.session.get(Document, line.document_id) if line.document_id else None
    if document is None and inspection is not None:
        party, folder = db.session.get_one(Party, line.party_id), db.session.get_one(Folder, batch.folder_id)
        facts = Facts(title=batch.title)
        told = {"inspection": inspection, "filename": batch.filename, "facts": facts, "source": BULK}
        document = file(party=party, folder=folder, by=batch.asked_by, **told)  # type: ignore[arg-type]
    if document is None:
        raise Refused(_("Ce document n’existe plus."))
    request: SignatureRequest = ask(
        document=document,
        by=batch.asked_by,
        circuit=db.session.get(Circuit, batch.circuit_id) if batch.circuit_id else None,
        message=batch.message,
        due_on=batch.due_on,
        remind_days=batch.remind_days,
        copies=batch.copies,
    )
    return document.id, request.id
