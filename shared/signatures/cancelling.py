"""Staff take a request back; whoever was asked is told. And what the tick ends by itself: an échéance gone by."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, select

from shared.clock import today
from shared.errors import Refused
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db
from shared.signatures.ending import end
from shared.signatures.finding import RUNNING, running
from shared.signatures.holding import held
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerState
from shared.signatures.tracing import trace

BATCH = 100


def cancel(*, request: SignatureRequest, because: str, by: str) -> None:
    """End a request that runs; what was signed so far is void. Raises Refused when it has ended already."""
    request = held(request.id)
    if request.state not in RUNNING:
        raise Refused(_("Cette demande est déjà terminée : il n’y a rien à annuler."))
    told = " ".join(because.split())[:1000]
    end(request=request, state=RequestState.CANCELLED, by=by, because=told)
    trace(request=request, kind="cancelled", by=by, because=told)
    facts = {"request": str(request.id), "because": told}
    record("signature.cancelled", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)


def expire_due() -> int:
    """End what was to be signed before today; returns how many. A batch at a time, each by one run.

    What somebody accepted in time waits for its seal, however late that comes.
    """
    query = select(SignatureRequest.id).where(running(), SignatureRequest.due_on < today(), ~_is_accepted())
    found = db.session.scalars(query.order_by(SignatureRequest.due_on, SignatureRequest.id).limit(BATCH)).all()
    done = 0
    for request_id in found:
        request = held(request_id)
        if request.state not in RUNNING or any(each.state is SignerState.ACCEPTED for each in request.signers):
            continue
        end(request=request, state=RequestState.EXPIRED, by=SYSTEM, because="")
        trace(request=request, kind="expired", by=SYSTEM, due_on=str(request.due_on))
        facts = {"request": str(request.id)}
        record("signature.expired", by=SYSTEM, party_id=request.party_id, document_id=request.document_id, facts=facts)
        done += 1
    return done


def _is_accepted() -> ColumnElement[bool]:
    return exists().where(Signer.request_id == SignatureRequest.id, Signer.state == SignerState.ACCEPTED)
