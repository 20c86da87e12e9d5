"""Putting right what a comparison found: back on the portal with the same bytes, off it, or filed again."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import func, or_, select, update

from shared.clock import now
from shared.documents import publishing
from shared.documents.comparison_models import Comparison, Difference, Finding
from shared.documents.finding import standings
from shared.documents.models import Document, StoredObject, Version
from shared.documents.sharing import UNSHARED
from shared.documents.standing import Standing
from shared.documents.storage import Unavailable, original_key, storage
from shared.documents.sweeping import hold
from shared.documents.verifying import verify
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.queues import ring
from shared.transactions import after_commit

BATCH = 50
BY_ITSELF = (Difference.MISSING, Difference.EXTRA)


def repair(*, document: Document, by: str) -> None:
    """Bring the document to what is wanted of it; nothing happens when it stands right already.

    What was announced once comes back without a second notice. Raises Refused for lost bytes, a document that waits
    for « Synchroniser », and `storage.Unavailable` when nobody can tell.
    """
    version = _newest(document)
    stored = db.session.get_one(StoredObject, version.sha256, with_for_update=True)
    if not verify(stored) or stored.size != version.size:
        raise Refused(_("Les octets conservés ne sont plus ceux qui ont été classés : déposez de nouveau l’original."))
    found = standings([document.id]).get(document.id)
    if found is Standing.EXTRA:
        publishing.withdraw(document=document, by=by, because=UNSHARED)
    elif found is Standing.MISSING:
        _put_back(document, version, by)
    _settle(document.id)


def file_again(*, document: Document, data: bytes, by: str) -> None:
    """Keep the original again, where its object was lost or altered. Raises Refused for any other bytes."""
    version = _newest(document)
    hold(version.sha256)
    try:
        storage().put(original_key(version.sha256), data, version.mime)
    except ValueError:
        raise Refused(
            _("Ce fichier n’est pas l’original : son empreinte est différente. Rien n’a été remplacé."), field="file"
        ) from None
    mended = {"damaged_at": None, "checked_at": now(), "size": len(data)}
    db.session.execute(update(StoredObject).where(StoredObject.sha256 == version.sha256).values(**mended))
    facts = {"sha256": version.sha256}
    record("document.mended", by=by, party_id=document.party_id, document_id=document.id, facts=facts)
    _settle(document.id)


def repair_all(*, comparison: Comparison, by: str) -> None:
    """Ask for the repair of whatever a comparison found and can be repaired without a file."""
    if comparison.finished_at is None:
        raise Refused(_("La comparaison n’est pas terminée : attendez sa fin, puis réparez."))
    comparison.repair_asked_at, comparison.repair_asked_by, comparison.repaired_at = now(), by, None
    retried = update(Finding).where(Finding.comparison_id == comparison.id, Finding.settled_at.is_(None))
    db.session.execute(retried.values(outcome=""))
    db.session.flush()
    ident = str(comparison.id)
    after_commit(lambda: ring("slow", "repair", ident))


def advance_repair(*, comparison_id: uuid.UUID) -> bool:
    """Repair the next documents; whether there are more. What cannot be repaired says why, and stays in its list."""
    query = select(Comparison).where(
        Comparison.id == comparison_id, Comparison.repair_asked_at.is_not(None), Comparison.repaired_at.is_(None)
    )
    comparison = db.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if comparison is None:
        return False
    findings = db.session.scalars(
        select(Finding)
        .where(Finding.comparison_id == comparison.id, Finding.difference.in_(BY_ITSELF))
        .where(Finding.settled_at.is_(None), Finding.outcome == "")
        .order_by(Finding.difference, Finding.document_id)
        .limit(BATCH)
    ).all()
    for finding in findings:
        try:
            _repair_one(finding, comparison.repair_asked_by or "")
        except Unavailable:
            return False
    if len(findings) < BATCH:
        comparison.repaired_at = now()
        return False
    return True


def progress(comparison: Comparison) -> tuple[int, int]:
    """Of the repair that was asked for: how many documents were looked at, of how many; one query."""
    done = or_(Finding.settled_at >= comparison.repair_asked_at, Finding.outcome != "")
    query = select(func.count().filter(done), func.count()).where(
        Finding.comparison_id == comparison.id,
        Finding.difference.in_(BY_ITSELF),
        or_(Finding.settled_at.is_(None), Finding.settled_at >= comparison.repair_asked_at),
    )
    row = db.session.execute(query).one()
    return row[0], row[1]


def unfinished() -> list[uuid.UUID]:
    """The repairs to go on with, when their bell was not heard."""
    query = select(Comparison.id).where(Comparison.repair_asked_at.is_not(None), Comparison.repaired_at.is_(None))
    return list(db.session.scalars(query.limit(10)))


def _repair_one(finding: Finding, by: str) -> None:
    try:
        with db.session.begin_nested():
            repair(document=db.session.get_one(Document, finding.document_id), by=by)
    except Refused as refusal:
        finding.outcome = refusal.sentence


def _put_back(document: Document, version: Version, by: str) -> None:
    told = select(Event.id).where(Event.name == "document.published", Event.document_id == document.id).limit(1)
    is_quiet = db.session.scalar(told) is not None
    if publishing.current(document.id) is None:
        standing = publishing.publish(document=document, by=by, quiet=is_quiet)
        if is_quiet and standing.live_at is not None:
            facts = {"sha256": version.sha256}
            record("document.restored", by=by, party_id=document.party_id, document_id=document.id, facts=facts)
    else:
        publishing.redecide(document=document, by=by)
    if standings([document.id]).get(document.id) is Standing.MISSING:
        raise Refused(_("Le document est demandé et attend « Synchroniser »."))


def _newest(document: Document) -> Version:
    query = select(Version).where(Version.document_id == document.id).order_by(Version.number.desc()).limit(1)
    return db.session.scalars(query).one()


def _settle(document_id: uuid.UUID) -> None:
    """Every comparison that listed it knows."""
    settled = update(Finding).where(Finding.document_id == document_id, Finding.settled_at.is_(None))
    db.session.execute(settled.values(settled_at=now(), outcome=""))
