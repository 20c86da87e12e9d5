"""A request that comes to nothing: refused, cancelled, expired. What was signed so far is kept, and void."""

from shared.clock import now
from shared.documents.indexing import index
from shared.documents.models import Version
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
        _put_back(request)
    db.session.flush()


def _put_back(request: SignatureRequest) -> None:
    """The bytes as they were filed become the newest version: nobody takes a void file for a contract."""
    source, document = request.source_version, request.document
    db.session.refresh(document, ["versions"])
    again = Version(
        number=document.versions[-1].number + 1,
        sha256=source.sha256,
        size=source.size,
        mime=source.mime,
        kind=source.kind,
        pages=source.pages,
        filename=source.filename,
        text=source.text,
    )
    document.versions.append(again)
    index(document=document, text=source.text)
