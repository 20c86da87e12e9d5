"""Each payslip of a batch as a PDF of its own, kept until it is filed, or until the batch is given up."""

from collections.abc import Iterator
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update

from shared.documents.keeping import keep_all
from shared.documents.models import StoredObject
from shared.extensions import db
from shared.intake.payslip_ahead import Ahead
from shared.intake.payslip_models import PageVerdict, PayslipBatch, PayslipFile, PayslipPage, PayslipSlip
from shared.intake.payslip_sources import Range, cut, sha256_of

AT_ONCE = 250  # payslips cut in one transaction
NEVER = (PageVerdict.DAMAGED, PageVerdict.DELIVERED, PageVerdict.WRONG_COMPANY)  # these have no file of their own


def cut_some(batch: PayslipBatch, ahead: Ahead[Range, bytes]) -> bool:
    """Cut the next payslips of a batch; False when none is left."""
    query = select(PayslipSlip).where(*_uncut(batch)).order_by(PayslipSlip.position).limit(AT_ONCE)
    slips = list(db.session.scalars(query))
    if not slips:
        return False
    mine = [slip for slip in slips if slip.file_id == slips[0].file_id]
    made = [ahead.at(slip.file_id, (slip.first, slip.last), partial(_files, batch, slip)) for slip in mine]
    kept = [(sha256_of(data) if data else "", data) for data in made]
    whole = [each for each in kept if each[1]]
    if whole:
        keep_all(originals=whole, mime="application/pdf")
    for slip, (sha256, _data) in zip(mine, kept, strict=True):
        slip.sha256 = sha256 or None
        if not sha256:
            _set_apart(slip)
    batch.split += len(mine)
    db.session.flush()
    return True


def _uncut(batch: PayslipBatch) -> tuple[ColumnElement[bool], ...]:
    return PayslipSlip.batch_id == batch.id, PayslipSlip.sha256.is_(None), PayslipSlip.verdict.not_in(NEVER)


def _files(batch: PayslipBatch, first: PayslipSlip) -> Iterator[tuple[Range, bytes]]:
    """The payslips of its file from that one on."""
    file = db.session.get_one(PayslipFile, first.file_id)
    stored = db.session.get_one(StoredObject, file.sha256)
    query = select(PayslipSlip.first, PayslipSlip.last).where(PayslipSlip.file_id == file.id, *_uncut(batch))
    rows = db.session.execute(query.where(PayslipSlip.position >= first.position).order_by(PayslipSlip.position))
    return cut(sha256=stored.sha256, size=stored.size, ranges=[(row.first, row.last) for row in rows])


def _set_apart(slip: PayslipSlip) -> None:
    slip.verdict, slip.party_id = PageVerdict.DAMAGED, None
    slip.reason = _(
        "Une page de ce bulletin est abîmée : il ne peut pas être distribué. Demandez-le de nouveau à la paie."
    )
    first = update(PayslipPage).where(PayslipPage.slip_id == slip.id, PayslipPage.number == slip.first)
    db.session.execute(first.values(verdict=PageVerdict.DAMAGED).execution_options(synchronize_session=False))
