"""How many pages of a batch became what, and how many of its payslips stand where."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from shared.extensions import db
from shared.intake.payslip_models import PageVerdict, PayslipBatch, PayslipPage, PayslipSlip, SlipDecision
from shared.intake.payslip_publishing import is_ready
from shared.people.models import Consent, ConsentState, EmailCell

PAYSLIP = "payslip"


@dataclass(frozen=True)
class Counts:
    """How many pages became what, and how many payslips stand where."""

    pages: dict[str, int] = field(default_factory=dict)
    ready: int = 0
    held: int = 0
    discarded: int = 0
    delivered: int = 0
    filed: int = 0
    without_address: int = 0  # among those ready or filed
    on_paper: int = 0  # among them, those who object to the electronic payslip
    next_id: uuid.UUID | None = None  # the first that waits for somebody's decision


def counts_of(batch: PayslipBatch, slot: str) -> Counts:
    """Pages by verdict, payslips by what will become of them, the first one to settle; one query."""
    verdicts = select(PayslipPage.verdict.label("verdict"), func.count().label("number"))
    by_verdict = verdicts.where(PayslipPage.batch_id == batch.id).group_by(PayslipPage.verdict).subquery()
    pages = select(func.jsonb_object_agg(func.coalesce(by_verdict.c.verdict, ""), by_verdict.c.number))
    addressed = exists().where(EmailCell.party_id == PayslipSlip.party_id, EmailCell.slot == slot)
    told = or_(is_ready(), PayslipSlip.document_id.is_not(None))
    numbers = db.session.execute(
        select(
            pages.scalar_subquery(),
            func.count().filter(is_ready()),
            func.count().filter(is_held()),
            func.count().filter(PayslipSlip.decision == SlipDecision.DISCARD),
            func.count().filter(is_delivered()),
            func.count().filter(PayslipSlip.document_id.is_not(None)),
            func.count().filter(and_(told, ~addressed)),
            func.count().filter(and_(told, _objects())),
            held_after(batch.id).scalar_subquery(),
        ).where(PayslipSlip.batch_id == batch.id)
    ).one()
    return Counts(numbers[0] or {}, *numbers[1:])


def is_held(slip: Any = PayslipSlip) -> ColumnElement[bool]:
    """The payslips that wait for somebody's decision."""
    settled = (PageVerdict.MATCHED, PageVerdict.DELIVERED)
    return and_(slip.verdict.not_in(settled), slip.decision.is_(None), slip.document_id.is_(None))


def held_after(batch_id: uuid.UUID, after: int = 0) -> Select[uuid.UUID]:
    """The next payslip to settle after that position, from the beginning again at the end."""
    slip = aliased(PayslipSlip)
    held = select(slip.id).where(slip.batch_id == batch_id, is_held(slip), slip.position != after)
    return held.order_by(slip.position <= after, slip.position).limit(1)


def is_delivered() -> ColumnElement[bool]:
    """What its employee had already, so that nothing was added."""
    return and_(PayslipSlip.verdict == PageVerdict.DELIVERED, PayslipSlip.document_id.is_(None))


def _objects() -> ColumnElement[bool]:
    return exists().where(
        Consent.party_id == PayslipSlip.party_id,
        Consent.document_class == PAYSLIP,
        Consent.state == ConsentState.REFUSED,
        Consent.superseded_at.is_(None),
    )
