"""The yearly check of the hashes of all payslips, whoever they belong to: how many were verified, which are damaged.

Code du travail, D3243-8: the employer guarantees integrity for as long as the payslips are kept.
"""

import uuid
from datetime import timedelta

from sqlalchemy import Select, func, select

from shared.clock import now
from shared.documents.models import Document, Folder, StoredObject, Version
from shared.documents.storage import Unavailable
from shared.documents.verifying import verify
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db
from shared.retention.models import PayslipCheck
from shared.retention.terms import PAYSLIP

EVERY = timedelta(days=365)
BATCH = 50


def begin(*, by: str) -> PayslipCheck:
    """Start a check of everything there is, or return the one that runs."""
    running = db.session.scalars(select(PayslipCheck).where(PayslipCheck.ended_at.is_(None))).one_or_none()
    if running is not None:
        return running
    total = db.session.scalar(select(func.count()).select_from(_hashes().subquery())) or 0
    made = PayslipCheck(asked_at=now(), asked_by=by, total=total)
    db.session.add(made)
    db.session.flush()
    return made


def advance(*, check_id: uuid.UUID) -> bool:
    """Verify a batch; False when all are done, or while the storage is silent: the tick goes on. May run twice."""
    check = db.session.get(PayslipCheck, check_id, with_for_update=True)
    if check is None or check.ended_at is not None:
        return False
    found = _hashes().where(StoredObject.sha256 > check.reached).order_by(StoredObject.sha256).limit(BATCH)
    batch = db.session.scalars(select(StoredObject).where(StoredObject.sha256.in_(found)).order_by(StoredObject.sha256))
    seen = 0
    for stored in batch.all():
        try:
            intact = verify(stored)
        except Unavailable:
            return False
        check.verified += intact
        check.damaged += not intact
        check.reached = stored.sha256
        seen += 1
    if seen == BATCH:
        return True
    check.ended_at = now()
    record("payslip.verified", by=check.asked_by, facts={"verified": check.verified, "damaged": check.damaged})
    return False


def due() -> uuid.UUID | None:
    """The check that runs, or the one of this year, begun here when a year has passed since the last."""
    last = latest()
    if last is None or (last.ended_at is not None and last.asked_at <= now() - EVERY):
        return begin(by=SYSTEM).id if db.session.scalar(select(_hashes().exists())) else None
    return last.id if last.ended_at is None else None


def latest() -> PayslipCheck | None:
    """The last check that was asked for."""
    return db.session.scalars(select(PayslipCheck).order_by(PayslipCheck.asked_at.desc()).limit(1)).first()


def past(limit: int = 10) -> list[PayslipCheck]:
    """The latest checks, the newest first."""
    return list(db.session.scalars(select(PayslipCheck).order_by(PayslipCheck.asked_at.desc()).limit(limit)))


def _hashes() -> Select[str]:
    """The hashes of all versions of all payslips, each once."""
    return (
        select(StoredObject.sha256)
        .join(Version, Version.sha256 == StoredObject.sha256)
        .join(Document, Document.id == Version.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .where(Folder.document_class == PAYSLIP)
        .distinct()
    )
