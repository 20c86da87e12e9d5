"""Once a request has ended, whatever its end, its proof is made: data, a sealed PDF that carries them, both kept."""

import hashlib
import uuid

from sqlalchemy import select

from shared.clock import now
from shared.config import config
from shared.documents.filing import keep
from shared.documents.inspecting import Inspection
from shared.documents.storage import original_key, read, storage
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db
from shared.sheets.proving import make_proof
from shared.signatures.evidence import as_json, evidence
from shared.signatures.models import SignatureRequest
from shared.signatures.retrying import is_unproved, went_well
from shared.signatures.sealing import seal_pdf


def prove(request_id: uuid.UUID) -> None:
    """Make the proof of one request; twice makes it once. Raises what kept it from being made."""
    query = select(SignatureRequest).where(SignatureRequest.id == request_id, is_unproved()).with_for_update()
    request = db.session.scalars(query).one_or_none()
    if request is None:
        return
    proof = evidence(request.id)
    text = as_json(proof)
    pdf = seal_pdf(make_proof(proof, text, f"{config().public_url}/verification"), reason="Dossier de preuve")
    request.proof_json_sha256 = _kept(text, "application/json")
    request.proof_pdf_sha256 = _kept(pdf, "application/pdf")
    request.proved_at = now()
    went_well(request)
    told = {"request": str(request.id), "sha256": request.proof_pdf_sha256}
    record("signature.proved", by=SYSTEM, party_id=request.party_id, document_id=request.document_id, facts=told)


def proof_file(request: SignatureRequest) -> bytes:
    """The sealed PDF. Raises what `storage.read` raises, and LookupError before it is made."""
    if request.proof_pdf_sha256 is None:
        raise LookupError(request.id)
    return read(storage(), original_key(request.proof_pdf_sha256))


def _kept(data: bytes, mime: str) -> str:
    digest = hashlib.sha256(data).hexdigest()
    keep(data=data, inspection=Inspection(sha256=digest, size=len(data), mime=mime, kind="other"))
    return digest
