"""A request that comes to nothing: refused, cancelled, expired. What was signed so far is kept, and void."""

from shared.clock import now
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
