"""What could not be prepared or sealed: said in words, tried again by itself, or by « Reprendre »."""

import uuid
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, or_, select

from shared.clock import now
from shared.documents.storage import StorageError
from shared.errors import Refused
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db
from shared.queues import ring
from shared.signatures.holding import held
from shared.signatures.models import RequestState, Signature, SignatureRequest, Signer
from shared.signatures.tracing import trace
from shared.transactions import after_commit

AGAIN = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
UNHEARD = timedelta(seconds=10)  # work whose bell rang longer ago was not heard
BATCH = 50
ENDED = (RequestState.COMPLETED, RequestState.REFUSED, RequestState.CANCELLED, RequestState.EXPIRED)


def went_well(request: SignatureRequest) -> None:
    """Forget the failures of a request that goes on."""
    request.attempts, request.retry_at, request.failed_at, request.failure = 0, None, None, ""


def failed(*, request_id: uuid.UUID, error: Exception) -> None:
    """Write down why it did not work and when it is tried again; a file that can never be signed waits for a person."""
    request = held(request_id)
    for_ever = isinstance(error, Refused) and request.state in (RequestState.PREPARING, RequestState.FAILED)
    if request.state is RequestState.PREPARING:
        request.state = RequestState.FAILED
    request.retry_at = None if for_ever else now() + AGAIN[min(request.attempts, len(AGAIN) - 1)]
    request.attempts += 1
    request.failure = _words(error)
    first, request.failed_at = request.failed_at is None, request.failed_at or now()
    db.session.flush()
    if first:
        trace(request=request, kind="failed", by=SYSTEM, because=request.failure)
        facts = {"request": str(request.id), "because": request.failure}
        record("signature.failed", by=SYSTEM, party_id=request.party_id, document_id=request.document_id, facts=facts)


def retake(*, request: SignatureRequest, by: str) -> None:
    """« Reprendre »: try now. Raises Refused when nothing is held up."""
    request = held(request.id)
    if not request.failure:
        raise Refused(_("Cette demande n’est pas arrêtée : il n’y a rien à reprendre."))
    request.retry_at = now()
    trace(request=request, kind="retaken", by=by)
    job = "prepare_signatures" if request.state is RequestState.FAILED else "seal_signatures"
    if request.ended_at is not None:
        job = "prove_signature"
    after_commit(lambda: ring("now", job, str(request.id)), once=f"{job}:{request.id}")


def unprepared() -> list[uuid.UUID]:
    """The requests whose file is due to be prepared, again or because nobody heard the bell."""
    states = (RequestState.PREPARING, RequestState.FAILED)
    unheard = and_(
        SignatureRequest.state == RequestState.PREPARING,
        SignatureRequest.retry_at.is_(None),
        SignatureRequest.asked_at < now() - UNHEARD,
    )
    return _ids(SignatureRequest.state.in_(states), or_(SignatureRequest.retry_at <= now(), unheard))


def unsealed() -> list[uuid.UUID]:
    """The requests with an accepted signature whose seal is due."""
    waits = exists().where(
        Signer.request_id == SignatureRequest.id,
        Signature.signer_id == Signer.id,
        Signature.sealed_at.is_(None),
        Signature.accepted_at < now() - UNHEARD,
    )
    due = or_(SignatureRequest.retry_at.is_(None), SignatureRequest.retry_at <= now())
    return _ids(SignatureRequest.state == RequestState.OPEN, due, waits)


def unproved() -> list[uuid.UUID]:
    """The requests that have ended and whose proof is due."""
    return _ids(is_unproved(), or_(SignatureRequest.retry_at.is_(None), SignatureRequest.retry_at <= now()))


def is_unproved() -> ColumnElement[bool]:
    """Ended, whatever its end, and without its proof."""
    return SignatureRequest.state.in_(ENDED) & SignatureRequest.proved_at.is_(None)


def _ids(*conditions: ColumnElement[bool]) -> list[uuid.UUID]:
    query = select(SignatureRequest.id).where(*conditions).order_by(SignatureRequest.asked_at, SignatureRequest.id)
    return list(db.session.scalars(query.limit(BATCH)))


def _words(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.sentence
    if isinstance(error, StorageError):
        return str(_("Le fichier n’a pas pu être lu ou écrit dans le stockage ; un nouvel essai aura lieu."))
    return str(_("La signature n’a pas pu être apposée (clés, horodatage ou fichier) ; un nouvel essai aura lieu."))
