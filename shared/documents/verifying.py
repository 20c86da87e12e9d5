"""Whether the bytes that are kept are still those that were filed."""

import hashlib

from sqlalchemy import select

from shared.clock import now
from shared.documents.checking import report_damage
from shared.documents.models import Document, StoredObject, Version
from shared.documents.storage import Missing, original_key, storage
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db


def verify(stored: StoredObject) -> bool:
    """Read the whole object and write what was found: lost or altered, or intact. Raises `storage.Unavailable`."""
    intact = _is_intact(stored)
    if not intact:
        _report(stored.sha256)
    elif stored.damaged_at is not None:
        stored.damaged_at = None
        record("document.mended", by=SYSTEM, facts={"sha256": stored.sha256})
    stored.checked_at = now()
    db.session.flush()
    return intact


def _is_intact(stored: StoredObject) -> bool:
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in storage().open(original_key(stored.sha256)).chunks:
            digest.update(chunk)
            size += len(chunk)
    except Missing:
        return False
    return size == stored.size and digest.hexdigest() == stored.sha256


def _report(sha256: str) -> None:
    holder = select(Document.id, Document.party_id).join(Version).where(Version.sha256 == sha256).limit(1)
    found = db.session.execute(holder).first()
    report_damage(
        sha256=sha256,
        by=SYSTEM,
        document_id=found.id if found else None,
        party_id=found.party_id if found else None,
    )
