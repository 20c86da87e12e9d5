"""What the screens of a payslip day show, for who was given the folder by name."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import joinedload

from shared.documents.models import Folder
from shared.extensions import db
from shared.folding import fold
from shared.intake.payslip_counting import held_after, is_delivered, is_held
from shared.intake.payslip_models import (
    BatchState,
    PageVerdict,
    PayslipBatch,
    PayslipFile,
    PayslipPage,
    PayslipSlip,
    SlipDecision,
)
from shared.intake.payslip_publishing import is_ready
from shared.people.models import EmailCell, Party
from shared.people.scopes import Scope

PAYSLIP = "payslip"
LISTED = 50
PAGES = 100
OFFERED = 12


@dataclass(frozen=True)
class Sheet:
    """One payslip beside its pages, its employee, and where to go next."""

    slip: PayslipSlip
    batch: PayslipBatch
    file: PayslipFile
    party: Party | None
    pages: Sequence[PayslipPage]
    next_id: uuid.UUID | None


def folders(scope: Scope) -> list[Folder]:
    """The folders of payslips in reach, by label."""
    query = select(Folder).where(Folder.document_class == PAYSLIP, scope.folders())
    return list(db.session.scalars(query.order_by(Folder.position, Folder.label)))


def batches(folder_ids: Sequence[uuid.UUID]) -> Sequence[PayslipBatch]:
    """The last batches of these folders, the latest first, without those given up."""
    query = select(PayslipBatch).where(PayslipBatch.folder_id.in_(folder_ids), PayslipBatch.state != BatchState.DROPPED)
    return db.session.scalars(query.order_by(PayslipBatch.at.desc(), PayslipBatch.id).limit(LISTED)).all()


def batch_in(scope: Scope, batch_id: uuid.UUID) -> tuple[PayslipBatch, Folder] | None:
    """A batch in reach and its folder."""
    query = select(PayslipBatch, Folder).join(Folder, Folder.id == PayslipBatch.folder_id)
    row = db.session.execute(query.where(PayslipBatch.id == batch_id, scope.folders())).one_or_none()
    return None if row is None else (row[0], row[1])


def files_of(batch: PayslipBatch) -> Sequence[PayslipFile]:
    """Its files in order."""
    query = select(PayslipFile).where(PayslipFile.batch_id == batch.id)
    return db.session.scalars(query.order_by(PayslipFile.position).limit(500)).all()


def pages_of(batch: PayslipBatch, show: str, after: int) -> tuple[list[Any], int | None]:
    """A hundred pages after that position, with their payslip and its employee; the key of the next ones.

    `show` is « all », « held », « ready », « filed » or « apart ».
    """
    query = (
        select(PayslipPage, PayslipSlip, Party.name, Party.code, PayslipFile.filename)
        .join(PayslipFile, PayslipFile.id == PayslipPage.file_id)
        .outerjoin(PayslipSlip, PayslipSlip.id == PayslipPage.slip_id)
        .outerjoin(Party, Party.id == PayslipSlip.party_id)
        .where(PayslipPage.batch_id == batch.id, PayslipPage.position > after, _shown(show))
        .order_by(PayslipPage.position)
        .limit(PAGES + 1)
    )
    rows: list[Any] = list(db.session.execute(query).all())
    return rows[:PAGES], rows[PAGES - 1][0].position if len(rows) > PAGES else None


def page_in(batch: PayslipBatch, page_id: uuid.UUID) -> tuple[PayslipPage, PayslipFile] | None:
    """A page of this batch and its file."""
    query = select(PayslipPage, PayslipFile).join(PayslipFile, PayslipFile.id == PayslipPage.file_id)
    row = db.session.execute(query.where(PayslipPage.batch_id == batch.id, PayslipPage.id == page_id)).one_or_none()
    return None if row is None else (row[0], row[1])


def sample_page(batch: PayslipBatch) -> PayslipPage | None:
    """The first page that no rule recognises: the one from which a rule is made."""
    query = select(PayslipPage).where(
        PayslipPage.batch_id == batch.id, PayslipPage.facts["layout"].is_(None), PayslipPage.facts["words"].is_not(None)
    )
    return db.session.scalars(query.order_by(PayslipPage.position).limit(1)).first()


def sheet_of(batch: PayslipBatch, slip_id: uuid.UUID) -> Sheet | None:
    """One payslip of this batch with all that its screen shows."""
    query = (
        select(PayslipSlip, PayslipFile, Party)
        .join(PayslipFile, PayslipFile.id == PayslipSlip.file_id)
        .outerjoin(Party, Party.id == PayslipSlip.party_id)
        # A family is joined inwards by default, which would lose the payslips that nobody has yet.
        .options(joinedload(Party.family, innerjoin=False))
        .where(PayslipSlip.batch_id == batch.id, PayslipSlip.id == slip_id)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    slip, file, party = row
    pages = select(PayslipPage).where(PayslipPage.slip_id == slip.id).order_by(PayslipPage.position)
    return Sheet(slip, batch, file, party, db.session.scalars(pages).all(), next_held(batch, slip.position))


def next_held(batch: PayslipBatch, after: int = 0) -> uuid.UUID | None:
    """The next payslip to settle, from the beginning again at the end."""
    return db.session.scalar(held_after(batch.id, after))


def employees(family_id: uuid.UUID, *typed: str) -> Sequence[Party]:
    """The employees whose code or name begins as one of these, those who left included."""
    wanted = [each for each in (fold(one).replace("%", "").replace("_", "") for one in typed) if each]
    if not wanted:
        return []
    found = select(Party).where(Party.family_id == family_id, or_(*(_called(each) for each in wanted)))
    return db.session.scalars(found.order_by(Party.code_sort).limit(OFFERED)).all()


def _called(wanted: str) -> ColumnElement[bool]:
    words = [Party.name_folded.like(f"%{word}%") for word in wanted.split()]
    return or_(Party.code_folded.like(f"{wanted}%"), and_(*words))


def employee(family_id: uuid.UUID, party_id: uuid.UUID) -> Party | None:
    """One of them."""
    query = select(Party).where(Party.id == party_id, Party.family_id == family_id)
    return db.session.scalars(query).one_or_none()


def without_address(batch: PayslipBatch, slot: str) -> list[uuid.UUID]:
    """Whose payslip of this batch is filed, and whom no message can reach."""
    addressed = exists().where(EmailCell.party_id == PayslipSlip.party_id, EmailCell.slot == slot)
    query = select(PayslipSlip.party_id).where(
        PayslipSlip.batch_id == batch.id, PayslipSlip.document_id.is_not(None), ~addressed
    )
    return sorted({each for each in db.session.scalars(query) if each is not None})


def usual_month(today: date) -> date:
    """The month that is paid at this time of the month: the one before until the 15th."""
    first = today.replace(day=1)
    return first if today.day > 15 else (first.replace(year=first.year - 1, month=12) if first.month == 1 else
                                         first.replace(month=first.month - 1))  # fmt: skip


def _shown(show: str) -> ColumnElement[bool]:
    begins = PayslipPage.verdict != PageVerdict.CONTINUED
    apart = or_(PayslipSlip.decision == SlipDecision.DISCARD, is_delivered())
    return {
        "held": and_(is_held(), begins),
        "ready": is_ready(),
        "filed": PayslipSlip.document_id.is_not(None),
        "apart": apart,
    }.get(show, true())
