"""The file that is signed: prepared once from the bytes as filed, kept as a version, then the first rank is asked."""

import uuid

from flask_babel import gettext as _

from shared.clock import now
from shared.documents.models import SignatureSide
from shared.documents.storage import original_key, read, storage
from shared.documents.versioning import add_version
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db
from shared.signatures.holding import held
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerRole
from shared.signatures.naming import name_of
from shared.signatures.preparing import Place, prepare
from shared.signatures.progressing import ask_next
from shared.signatures.retrying import went_well
from shared.signatures.tracing import trace

OPPOSITE = {SignatureSide.LEFT: SignatureSide.RIGHT, SignatureSide.RIGHT: SignatureSide.LEFT}


def prepare_request(*, request_id: uuid.UUID) -> None:
    """Prepare the file of a request and ask whoever signs first; twice does it once.

    Raises Refused for a file that cannot be signed, and what storage and seal raise when it must be tried again.
    """
    request = held(request_id)
    if request.state not in (RequestState.PREPARING, RequestState.FAILED):
        return
    source = request.source_version
    data = read(storage(), original_key(source.sha256))
    made = prepare(data, places=[_place(request, each) for each in request.signers], title=request.document.title)
    version = add_version(document=request.document, data=made.data, like=source, pages=made.pages)
    request.prepared_version_id = request.latest_version_id = version.id
    request.prepared_sha256, request.state, request.opened_at = made.sha256, RequestState.OPEN, now()
    went_well(request)
    db.session.flush()
    trace(request=request, kind="prepared", by=SYSTEM, before=source.sha256, after=made.sha256, pages=made.pages)
    facts = {"request": str(request.id), "sha256": made.sha256}
    record("signature.prepared", by=SYSTEM, party_id=request.party_id, document_id=request.document_id, facts=facts)
    ask_next(request=request, by=SYSTEM)


def _place(request: SignatureRequest, signer: Signer) -> Place:
    """The party signs on the side that the folder says, the company on the other."""
    for_party = signer.role is SignerRole.PARTY
    side = request.side if for_party else OPPOSITE[request.side]
    label = _("Signature de %(name)s", name=name_of(signer))
    return Place(signer.field or "", label, side.value, request.anchor or None if for_party else None)
