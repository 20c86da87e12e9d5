"""The seal: what somebody accepted is put into the file, in the order of their acts, one at a time."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.documents.storage import original_key, read, storage
from shared.documents.versioning import add_version
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db
from shared.settings.reading import company
from shared.signatures.authority import Sealer
from shared.signatures.holding import held
from shared.signatures.models import RequestState, Signature, SignatureRequest, Signer, SignerRole
from shared.signatures.progressing import after_seal
from shared.signatures.retrying import went_well
from shared.signatures.sealing import Changed, Sealed, company_seal, seal
from shared.signatures.stamping import Stamp, words
from shared.signatures.tracing import trace


def seal_next(*, request_id: uuid.UUID) -> bool:
    """Put the oldest accepted signature into the file; False when none waits. Twice seals once.

    Raises Changed when the bytes are not those that were shown, and what storage and seal raise.
    """
    request = held(request_id)
    signature = _oldest(request_id) if request.state is RequestState.OPEN else None
    if signature is None or request.latest_version is None:
        return False
    if signature.shown_sha256 != request.prepared_sha256:
        raise Changed
    data = read(storage(), original_key(request.latest_version.sha256))
    made = _sealed(data, request, signature)
    version = add_version(document=request.document, data=made.data, like=request.latest_version)
    request.latest_version_id = version.id
    signature.before_sha256, signature.after_sha256 = made.before_sha256, made.sha256
    signature.certificate_serial, signature.sealed_at = made.serial, now()
    went_well(request)
    db.session.flush()
    _tell(request, signature, made)
    after_seal(signature)
    return True


def _oldest(request_id: uuid.UUID) -> Signature | None:
    query = (
        select(Signature)
        .join(Signer, Signer.id == Signature.signer_id)
        .where(Signer.request_id == request_id, Signature.sealed_at.is_(None))
        .order_by(Signature.accepted_at, Signature.id)
    )
    return db.session.scalars(query.limit(1)).first()


def _sealed(data: bytes, request: SignatureRequest, signature: Signature) -> Sealed:
    signer, expected = signature.signer, request.latest_version.sha256 if request.latest_version else ""
    if signer.role is SignerRole.COMPANY:
        stamp = Stamp(words(signature.name, signature.accepted_at, company().name), signature.picture)
        reason = _("Signature pour la société")
        return company_seal(data, field=signer.field or "", stamp=stamp, reason=reason, expected_sha256=expected)
    organisation = request.party.name if request.party.name != signature.name else None
    stamp = Stamp(words(signature.name, signature.accepted_at, organisation), signature.picture)
    sealer = Sealer(
        signature.name, str(signer.contact_id), organisation, (signer.contact and signer.contact.email) or None
    )
    reason = _("Lu et accepté")
    return seal(data, field=signer.field or "", signer=sealer, stamp=stamp, reason=reason, expected_sha256=expected)


def _tell(request: SignatureRequest, signature: Signature, made: Sealed) -> None:
    signer = signature.signer
    trace(
        request=request,
        kind="sealed",
        by=SYSTEM,
        signer=signer,
        before=made.before_sha256,
        after=made.sha256,
        certificate=made.serial,
        issuer=made.issuer,
        level=made.level,
        timestamped_by=made.timestamped_by,
    )
    facts = {"request": str(request.id), "signer": str(signer.id), "sha256": made.sha256}
    record("signature.sealed", by=SYSTEM, party_id=request.party_id, document_id=request.document_id, facts=facts)
