"""A request that comes to nothing: refused, cancelled, expired. What was signed so far is kept, and void."""

from datetime import timedelta

from shared.clock import now, today
from shared.documents.versioning import put_back
from shared.extensions import db
from shared.signatures.models import RequestState, SignatureRequest


def end(*, request: SignatureRequest, state: RequestState, by: str, because: str) -> None:
    """Close the request, which the caller holds, and show the document again as it was before.

    The file signed so far stays among the versions and on the page of the request, marked void.
    """
    request.state, request.ended_at, request.ended_by, request.ended_because = state, now(), by, because
    request.remind_on = request.retry_at = request.failed_at = None
    request.failure = ""
    request.revision += 1
    if request.prepared_version_id is not None:
        put_back(document=request.document, version=request.source_version)
    db.session.flush()


def reopen(*, request: SignatureRequest) -> None:
    """Have an ended request, which the caller holds, go on; its proof is made anew when it ends for good."""
    request.state, request.ended_at, request.ended_by, request.ended_because = RequestState.OPEN, None, None, ""
    request.proof_pdf_sha256 = request.proof_json_sha256 = request.proved_at = None
    request.remind_on = today() + timedelta(days=request.remind_days) if request.remind_days else None
    request.revision += 1
    db.session.flush()
