"""How a request goes on: the next rank is asked when the one before is sealed, the last one completes it."""

from datetime import timedelta

from shared.clock import now, today
from shared.documents import publishing
from shared.documents.models import Document, Folder
from shared.documents.moving import move
from shared.errors import Refused
from shared.events.actors import SYSTEM
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.queues import ring
from shared.signatures.finding import request_of
from shared.signatures.holding import held
from shared.signatures.models import RequestState, Signature, SignatureRequest, Signer, SignerState
from shared.signatures.naming import name_of
from shared.signatures.tracing import trace
from shared.transactions import after_commit

GONE = (SignerState.DELEGATED, SignerState.SEALED)


def ask_next(*, request: SignatureRequest, by: str) -> None:
    """Ask the first rank that has not signed, once the one before has; nobody left completes the request.

    A document that waits to be on the portal asks nobody before it is there. The caller holds the request.
    """
    if request.state is not RequestState.OPEN or not _is_reachable(request.document):
        return
    left = [each for each in request.signers if each.state not in GONE]
    if not left:
        complete(request=request, by=by)
        return
    rank = min(each.rank for each in left)
    for signer in left:
        if signer.rank == rank and signer.state is SignerState.WAITING:
            ask_signer(request=request, signer=signer, by=by)


def ask_signer(*, request: SignatureRequest, signer: Signer, by: str) -> None:
    """Tell one person that their signature is awaited."""
    signer.state, signer.asked_at = SignerState.ASKED, now()
    if request.remind_days:
        request.remind_on = today() + timedelta(days=request.remind_days)
    db.session.flush()
    trace(request=request, kind="asked", by=by, signer=signer, name=name_of(signer), role=signer.role.value)
    facts = {"request": str(request.id), "signer": str(signer.id), "role": signer.role.value}
    record("signature.asked", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)


def after_seal(signature: Signature) -> None:
    """One more seal stands in the file: the next are asked, or the request is complete."""
    signer = signature.signer
    request = held(signer.request_id)
    signer.state, signer.ended_at = SignerState.SEALED, signature.sealed_at or now()
    db.session.flush()
    ask_next(request=request, by=SYSTEM)


def complete(*, request: SignatureRequest, by: str) -> None:
    """Everybody has signed: the document goes where its folder said, both sides are told, the proof is made."""
    request.state, request.ended_at, request.ended_by = RequestState.COMPLETED, now(), by
    request.remind_on = None
    request.revision += 1
    db.session.flush()
    trace(request=request, kind="completed", by=by)
    _file_signed(request, by)
    facts = {"request": str(request.id), "document": str(request.document_id)}
    record("document.signed", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)
    after_commit(lambda: ring("now", "prove_signature", str(request.id)), once=f"prove:{request.id}")


def document_published(event: Event) -> None:
    """Reaction: a document that was held back is on the portal now, so that its signers can be asked."""
    request = request_of(event.document_id) if event.document_id else None
    if request is None or request.state is not RequestState.OPEN:
        return
    ask_next(request=held(request.id), by=event.actor)


def _file_signed(request: SignatureRequest, by: str) -> None:
    """A folder that was removed, or that cannot take it, leaves the document where it is: it is signed all the same."""
    folder = db.session.get(Folder, request.signed_folder_id) if request.signed_folder_id else None
    if folder is None or folder.id == request.document.folder_id:
        return
    try:
        move(document=request.document, folder=folder, by=by)
    except Refused as refused:
        trace(request=request, kind="not_moved", by=by, because=refused.sentence)


def _is_reachable(document: Document) -> bool:
    standing = publishing.current(document.id)
    return standing is None or standing.live_at is not None
