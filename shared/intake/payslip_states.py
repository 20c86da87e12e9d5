"""Who is at a batch of payslips, how far it is, and having a worker go on with it."""

import uuid

from sqlalchemy import exists, func, or_, select

from shared.clock import now
from shared.extensions import db
from shared.intake.payslip_models import BatchState, PayslipBatch, PayslipSlip
from shared.queues import ring
from shared.transactions import after_commit


def take(batch_id: uuid.UUID) -> bool:
    """Until the end of the transaction no other worker is at this batch."""
    number = func.hashtextextended(f"payslips:{batch_id}", 0)
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(number))))


def lock(batch: PayslipBatch) -> None:
    """One hand at a time on its state."""
    db.session.refresh(batch, with_for_update=True)


def has_filed(batch: PayslipBatch) -> bool:
    """Whether a payslip of it is in an employee's folder."""
    filed = exists().where(PayslipSlip.batch_id == batch.id, PayslipSlip.document_id.is_not(None))
    return bool(db.session.scalar(select(filed)))


def batches_wait() -> list[uuid.UUID]:
    """Those whose bell was not heard, whose worker died, or whose hour has come."""
    is_due = (PayslipBatch.state == BatchState.PLANNED) & (PayslipBatch.publish_at <= now())
    busy = PayslipBatch.state.in_((BatchState.READING, BatchState.PUBLISHING))
    return list(db.session.scalars(select(PayslipBatch.id).where(or_(busy, is_due)).limit(20)))


def ring_for(batch: PayslipBatch) -> None:
    """Have a worker go on with it once this transaction is durable."""
    identity = str(batch.id)
    after_commit(lambda: ring("slow", "work_on_payslips", identity))
