"""« Ce document a-t-il été signé ici ? »: what the public page may say of a file, from the file itself.

Our records are asked one thing only, whether these very bytes (SHA-256) are a signed version or a proof that left
here: a document that was never signed here answers like any other. Nothing is fetched and nothing is kept.
"""

import enum
import hashlib
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select

from shared.extensions import db
from shared.signatures.models import Level, RequestState, Signature, SignatureRequest, Signer
from shared.signatures.validating import Found, signatures_of


class Verdict(enum.StrEnum):
    """The one sentence that stands above all else."""

    EXACT = "exact"  # the signed document, as it left here
    PARTIAL = "partial"  # a state of it, even before anybody has signed: signatures were added since, or are awaited
    VOID = "void"  # signed by some, then refused, cancelled or expired
    PROOF = "proof"  # a proof file made here
    CHANGED = "changed"  # sealed here, changed since
    UNKNOWN_COPY = "unknown_copy"  # intact seals of ours, yet bytes that we do not know: an older or extended copy
    FOREIGN = "foreign"  # signed, not by us
    UNSIGNED = "unsigned"


@dataclass(frozen=True)
class Recognised:
    """What the page says of one file; `level` only for bytes that left here."""

    verdict: Verdict
    sha256: str
    found: list[Found] = field(default_factory=list)
    level: Level | None = None


def recognise(data: bytes) -> Recognised:
    """Look at one file. Raises FileRefused for what is no readable PDF."""
    digest = hashlib.sha256(data).hexdigest()
    found = signatures_of(data)
    known = _known(digest)
    if known is not None:
        return Recognised(known[0], digest, found, known[1])
    return Recognised(_judged(found), digest, found)


def _judged(found: list[Found]) -> Verdict:
    if not found:
        return Verdict.UNSIGNED
    ours = [one for one in found if one.ours]
    if not ours:
        return Verdict.FOREIGN
    return Verdict.UNKNOWN_COPY if all(one.stands for one in ours) else Verdict.CHANGED


def _known(digest: str) -> tuple[Verdict, Level | None] | None:
    """What these bytes are to us, in one query."""
    sealed = select(Signer.request_id).join(Signature, Signature.signer_id == Signer.id)
    after = sealed.where(Signature.after_sha256 == digest)
    last = (
        select(Signature.after_sha256)
        .join(Signer, Signer.id == Signature.signer_id)
        .where(Signer.request_id == SignatureRequest.id, Signature.sealed_at.is_not(None))
        .order_by(Signature.sealed_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(
        SignatureRequest.state,
        SignatureRequest.level,
        SignatureRequest.proof_pdf_sha256 == digest,
        func.coalesce(last == digest, False),
    ).where(
        or_(
            SignatureRequest.id.in_(after),
            SignatureRequest.prepared_sha256 == digest,  # what a signer takes away before signing
            SignatureRequest.proof_pdf_sha256 == digest,
        )
    )
    row = db.session.execute(query.limit(1)).first()
    if row is None:
        return None
    state, level, is_proof, is_last = row
    if is_proof:
        return Verdict.PROOF, level
    if state is RequestState.COMPLETED:
        return (Verdict.EXACT if is_last else Verdict.PARTIAL), level
    return (Verdict.PARTIAL if state is RequestState.OPEN else Verdict.VOID), level
