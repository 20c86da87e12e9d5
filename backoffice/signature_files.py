"""The files of a request: as signed so far, and its proof."""

import uuid

from flask import Response, abort

from backoffice import backoffice
from backoffice.reach import scope
from shared.documents.models import StoredObject
from shared.documents.storage import StorageError
from shared.extensions import db
from shared.signatures.finding import request_in
from shared.signatures.models import RequestState, SignatureRequest
from shared.web.delivery import hand_over
from shared.web.errors import explain
from shared.web.permissions import Permission, requires

KINDS = {"pdf": "application/pdf", "json": "application/json"}


@backoffice.get("/signatures/<uuid:request_id>/file")
@requires(Permission.SIGNATURES_SEE)
def signature_file(request_id: uuid.UUID) -> Response:
    """The file with the seals so far; named void where the request came to nothing."""
    found = _request(request_id)
    version = found.latest_version or abort(404)
    void = found.ended_at is not None and found.state is not RequestState.COMPLETED
    name = f"sans-valeur-{version.filename}" if void else version.filename
    return _handed(version.sha256, version.size, version.mime, name, version.id)


@backoffice.get("/signatures/<uuid:request_id>/proof/<any(pdf, json):kind>")
@requires(Permission.SIGNATURES_SEE)
def signature_proof(request_id: uuid.UUID, kind: str) -> Response:
    """The proof file, once the request has ended: sealed, or as data."""
    found = _request(request_id)
    sha256 = found.proof_pdf_sha256 if kind == "pdf" else found.proof_json_sha256
    stored = db.session.get(StoredObject, sha256) if sha256 else None
    if stored is None:
        abort(404)
    return _handed(stored.sha256, stored.size, KINDS[kind], f"preuve-{found.id}.{kind}", found.id)


def _request(request_id: uuid.UUID) -> SignatureRequest:
    return request_in(scope=scope(Permission.SIGNATURES_SEE), request_id=request_id) or abort(404)


def _handed(sha256: str, size: int, mime: str, filename: str, ident: uuid.UUID) -> Response:
    try:
        return hand_over(sha256=sha256, size=size, mime=mime, filename=filename, version_id=ident)
    except StorageError:
        return explain(503)
