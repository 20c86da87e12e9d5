"""Distributing a batch: now or at a date, each payslip filed once, announced by the normal rules.

Asked twice, run twice, dropped again: what an employee has already is never filed a second time.
"""

import uuid
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select

from shared.clock import now
from shared.documents import filing
from shared.documents.filing import Facts
from shared.documents.indexing import cut
from shared.documents.inspecting import inspect
from shared.documents.models import Document, Folder, Version
from shared.documents.refusals import FileRefused
from shared.documents.storage import Altered, Missing, original_key, read, storage
from shared.errors import Refused, Stale
from shared.events.batches import in_batch
from shared.events.recording import record
from shared.extensions import db
from shared.intake.payslip_models import BatchState, PageVerdict, PayslipBatch, PayslipSlip, SlipDecision
from shared.intake.payslip_reading import fingerprint_of_text
from shared.intake.payslip_states import lock, ring_for, take
from shared.people.models import Party
from shared.sheets.amounts import MONTHS

AT_ONCE = 50  # payslips filed in one transaction
SOURCE = "payslips"
FURTHEST = timedelta(days=92)


def is_ready() -> ColumnElement[bool]:
    """The payslips that the next publication files: matched or settled, whole, not filed, not put aside."""
    chosen = or_(
        and_(PayslipSlip.verdict == PageVerdict.MATCHED, PayslipSlip.decision.is_(None)),
        PayslipSlip.decision == SlipDecision.SEND,
    )
    return and_(
        chosen, PayslipSlip.document_id.is_(None), PayslipSlip.sha256.is_not(None), PayslipSlip.party_id.is_not(None)
    )


def ask_publish(*, batch: PayslipBatch, by: str, at: datetime | None = None) -> int:
    """Have what is ready distributed now, or `at` that moment; returns how many payslips.

    Raises Refused when none is ready, when the folder is not shared, or for a moment past or three months away;
    Stale when it is under way already.
    """
    lock(batch)
    if batch.state not in (BatchState.READY, BatchState.PUBLISHED):
        raise Stale(_("Ce lot a déjà avancé : rechargez la page."))
    count = ready_count(batch)
    if count == 0:
        raise Refused(_("Aucun bulletin n’est prêt : traitez d’abord ceux qui sont retenus."))
    folder = db.session.get_one(Folder, batch.folder_id)
    if not folder.on_portal:
        raise Refused(
            _("« %(folder)s » n’est pas partagé : cochez « Portail » dans la configuration.", folder=folder.label)
        )
    if at is not None and not now() < at < now() + FURTHEST:
        raise Refused(_("Choisissez un moment à venir, dans les trois mois."), "at")
    batch.state = BatchState.PUBLISHING if at is None else BatchState.PLANNED
    batch.publish_at, batch.published_by = at, by
    batch.wanted, batch.filed, batch.kept_apart = count, 0, 0
    db.session.flush()
    facts = {"batch": str(batch.id), "count": count, "at": (at or now()).isoformat()}
    record("payslips.publication_asked", by=by, facts=facts)
    if at is None:
        ring_for(batch)
    return count


def cancel_plan(*, batch: PayslipBatch, by: str) -> None:
    """The publication that was planned does not take place. Raises Stale when it has begun."""
    lock(batch)
    if batch.state is not BatchState.PLANNED:
        raise Stale(_("Cette publication a déjà commencé, ou n’est plus prévue : rechargez la page."))
    batch.state = BatchState.PUBLISHED if batch.published_at else BatchState.READY
    batch.publish_at = None
    db.session.flush()
    record("payslips.publication_cancelled", by=by, facts={"batch": str(batch.id)})


def advance_publication(*, batch_id: uuid.UUID) -> bool:
    """File the next payslips; False when nothing is left, when its hour has not come, or another worker is at it."""
    if not take(batch_id):
        return False
    query = select(PayslipBatch).where(PayslipBatch.id == batch_id).with_for_update()
    batch = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if batch is None or not _is_due(batch):
        return False
    batch.state = BatchState.PUBLISHING
    ready = select(PayslipSlip).where(PayslipSlip.batch_id == batch.id, is_ready())
    slips = list(db.session.scalars(ready.order_by(PayslipSlip.position).limit(AT_ONCE)))
    folder = db.session.get_one(Folder, batch.folder_id)
    with in_batch(str(batch.id)):
        for slip in slips:
            done = _distribute(slip, folder, batch.published_by or batch.by)
            batch.filed, batch.kept_apart = batch.filed + done, batch.kept_apart + (not done)
    if not slips:
        batch.state, batch.published_at, batch.publish_at = BatchState.PUBLISHED, now(), None
        facts = {"batch": str(batch.id), "filed": batch.filed, "kept_apart": batch.kept_apart}
        record("payslips.published", by=batch.published_by or batch.by, facts=facts)
    db.session.flush()
    return bool(slips)


def ready_count(batch: PayslipBatch) -> int:
    """How many payslips the next publication files."""
    query = select(func.count()).select_from(PayslipSlip).where(PayslipSlip.batch_id == batch.id, is_ready())
    return db.session.scalar(query) or 0


def title_of(slip: PayslipSlip, *, rectified: bool) -> str:
    """« Bulletin de paie octobre 2026 (rectifié) »."""
    assert slip.period is not None
    month = f"Bulletin de paie {MONTHS[slip.period.month - 1]} {slip.period.year}"
    return f"{month} (rectifié)" if rectified else month


def _is_due(batch: PayslipBatch) -> bool:
    planned = batch.state is BatchState.PLANNED and batch.publish_at is not None and batch.publish_at <= now()
    return planned or batch.state is BatchState.PUBLISHING


def _distribute(slip: PayslipSlip, folder: Folder, by: str) -> bool:
    """File one payslip, unless it is there already or another of its month came meanwhile."""
    party = db.session.scalars(select(Party).where(Party.id == slip.party_id).with_for_update(of=Party)).one()
    standing = _standing(slip, folder)
    if any(slip.sha256 == sha256 or (words and slip.fingerprint == words) for sha256, words in standing):
        return _hold(slip, PageVerdict.DELIVERED, _("Ce bulletin est déjà dans son espace documents."))
    if standing and slip.decision is None and not slip.rectifies:
        sentence = _("Un autre bulletin de ce mois y est arrivé entre-temps : dites si celui-ci est rectifié.")
        return _hold(slip, PageVerdict.DOUBTFUL, sentence)
    assert slip.period is not None and slip.sha256 is not None
    filename = f"BUL_{party.code}_{slip.period:%Y-%m}{'_rectifie' if standing else ''}.pdf"
    try:
        inspection = inspect(read(storage(), original_key(slip.sha256)), filename)
    except (FileRefused, Missing, Altered):
        sentence = _("Ce bulletin ne peut plus être lu : déposez de nouveau le fichier de la paie.")
        return _hold(slip, PageVerdict.DAMAGED, sentence)
    last_day = (slip.period + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    slip.document_id = filing.file(
        inspection=inspection,
        filename=filename,
        party=party,
        folder=folder,
        facts=Facts(title=title_of(slip, rectified=bool(standing)), issued_on=last_day),
        by=by,
        source=SOURCE,
    ).id
    return True


def _hold(slip: PayslipSlip, verdict: PageVerdict, reason: str) -> bool:
    slip.verdict, slip.reason, slip.decision = verdict, reason, None
    db.session.flush()
    return False


def _standing(slip: PayslipSlip, folder: Folder) -> list[tuple[str, str]]:
    """Hash and words of each payslip of this person and month that is filed."""
    assert slip.period is not None
    query = (
        select(Version.sha256, Version.text)
        .join(Document, Document.id == Version.document_id)
        .where(
            Document.party_id == slip.party_id,
            Document.folder_id == folder.id,
            Document.issued_on >= slip.period,
            Document.issued_on < (slip.period + timedelta(days=32)).replace(day=1),
        )
    )
    rows = db.session.execute(query)
    return [(sha256, fingerprint_of_text(text) if cut(text[:200]) else "") for sha256, text in rows]
