"""Each payslip of a batch as a PDF of its own, kept until it is filed, or until the batch is given up."""

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from shared.documents.keeping import keep_all
from shared.documents.models import StoredObject
from shared.extensions import db
from shared.intake import payslip_sources
from shared.intake.payslip_models import PageVerdict, PayslipBatch, PayslipFile, PayslipPage, PayslipSlip

AT_ONCE = 250  # payslips cut in one transaction
NEVER = (PageVerdict.DAMAGED, PageVerdict.DELIVERED, PageVerdict.WRONG_COMPANY)  # these have no file of their own


def cut_some(batch: PayslipBatch) -> bool:
    """Cut the next payslips of a batch; False when none is left."""
    query = (
        select(PayslipSlip)
        .where(PayslipSlip.batch_id == batch.id, PayslipSlip.sha256.is_(None), PayslipSlip.verdict.not_in(NEVER))
        .order_by(PayslipSlip.position)
        .limit(AT_ONCE)
    )
    slips = list(db.session.scalars(query))
    if not slips:
        return False
    mine = [slip for slip in slips if slip.file_id == slips[0].file_id]
    kept = _cut(mine)
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


def slips_to_cut(batch: PayslipBatch) -> int:
    """How many payslips of the batch will have a file of their own."""
    query = select(func.count()).where(PayslipSlip.batch_id == batch.id, PayslipSlip.verdict.not_in(NEVER))
    return db.session.scalar(query) or 0


def _cut(slips: list[PayslipSlip]) -> list[tuple[str, bytes]]:
    """SHA-256 and bytes of each; empty for one that cannot be cut."""
    file = db.session.get_one(PayslipFile, slips[0].file_id)
    stored = db.session.get_one(StoredObject, file.sha256)
    with payslip_sources.on_disk(stored.sha256, stored.size) as source:
        made = payslip_sources.cut(source, [[slip.first, slip.last] for slip in slips])
        return [(payslip_sources.sha256_of(data) if data else "", data) for data in made]


def _set_apart(slip: PayslipSlip) -> None:
    slip.verdict, slip.party_id = PageVerdict.DAMAGED, None
    slip.reason = _(
        "Une page de ce bulletin est abîmée : il ne peut pas être distribué. Demandez-le de nouveau à la paie."
    )
    first = update(PayslipPage).where(PayslipPage.slip_id == slip.id, PayslipPage.number == slip.first)
    db.session.execute(first.values(verdict=PageVerdict.DAMAGED).execution_options(synchronize_session=False))
