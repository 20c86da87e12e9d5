"""What a signer does before signing: opens the document, reads it to its end. Each once, with its time."""

from datetime import datetime

from sqlalchemy import update

from shared.clock import now
from shared.events.recording import record
from shared.extensions import db
from shared.signatures.models import SignatureRequest, Signer, SignerState
from shared.signatures.tracing import trace


def opened(*, signer: Signer, by: str, ip: str, user_agent: str) -> None:
    """A person has the document before their eyes; recorded the first time."""
    if not _first(signer, "opened_at"):
        return
    request = signer.request
    trace(request=request, kind="opened", signer=signer, by=by, ip=ip, user_agent=user_agent)
    facts = {"request": str(request.id), "signer": str(signer.id)}
    record("signature.opened", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)


def read_to_the_end(*, signer: Signer, shown_sha256: str, by: str, ip: str, user_agent: str) -> None:
    """The last page was shown, or the person says that they have read so far; nothing once the document has changed."""
    if shown_sha256 != signer.request.prepared_sha256:
        return
    opened(signer=signer, by=by, ip=ip, user_agent=user_agent)
    if _first(signer, "read_at"):
        pages = signer.request.prepared_version.pages if signer.request.prepared_version else None
        trace(request=signer.request, kind="read", signer=signer, by=by, sha256=shown_sha256, pages=pages)


def _first(signer: Signer, mark: str) -> bool:
    """Set the mark once, whatever comes at the same time; never after the signature."""
    if getattr(signer, mark) is not None:
        return False
    db.session.get_one(SignatureRequest, signer.request_id, with_for_update=True)  # first, as in `accepting`
    column = getattr(Signer, mark)
    moment: datetime = now()
    query = update(Signer).where(Signer.id == signer.id, Signer.state == SignerState.ASKED, column.is_(None))
    done = db.session.execute(query.values({mark: moment}).returning(Signer.id)).first() is not None
    db.session.refresh(signer, [mark])
    return done
