"""What staff say of a payslip that was held, with its picture before them."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select, update

from shared.clock import now
from shared.documents.keeping import keep_all
from shared.documents.models import Folder, StoredObject
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db
from shared.intake import payslip_sources
from shared.intake.payslip_cutting import NEVER
from shared.intake.payslip_models import (
    BatchState,
    PageVerdict,
    PayslipBatch,
    PayslipFile,
    PayslipPage,
    PayslipSlip,
    SlipDecision,
)
from shared.intake.payslip_reading import fingerprint
from shared.people.models import Party

OPEN = (BatchState.READY, BatchState.PUBLISHED)


def send(*, slip: PayslipSlip, party: Party, period: date, by: str) -> None:
    """This payslip is this employee's, for this month: it leaves with the next publication.

    Raises Refused for what may never leave (a damaged page, another company's, what is there already), for somebody
    of another family; Stale when the batch is being published or the payslip is filed.
    """
    batch = _take(slip)
    if slip.verdict in NEVER or slip.sha256 is None:
        raise Refused(_("Ce bulletin ne peut pas être distribué."))
    if party.family_id != db.session.get_one(Folder, batch.folder_id).family_id:
        raise Refused(_("« %(name)s » n’est pas un salarié : choisissez-en un.", name=party.name), "party_id")
    slip.party_id, slip.period = party.id, period.replace(day=1)
    _decide(slip, SlipDecision.SEND, by)


def discard(*, slip: PayslipSlip, by: str) -> None:
    """« Ne pas distribuer »: it stays in the batch and reaches nobody. Raises Stale as `send`."""
    _take(slip)
    _decide(slip, SlipDecision.DISCARD, by)


def take_back(*, slip: PayslipSlip, by: str) -> None:
    """As it was before it was decided. Raises Stale as `send`."""
    _take(slip)
    if slip.decision is None:
        return
    slip.decision, slip.decided_by, slip.decided_at = None, None, None
    db.session.flush()
    _tell(slip, "undecided", by)


def join(*, slip: PayslipSlip, by: str) -> PayslipSlip:
    """These pages are the rest of the payslip before them in the file; that one is cut again and returned.

    Raises Refused when nothing precedes them or a page of either is damaged; Stale as `send`.
    """
    batch = _take(slip)
    earlier = select(PayslipSlip).where(PayslipSlip.file_id == slip.file_id, PayslipSlip.last == slip.first - 1)
    before = db.session.scalars(earlier.with_for_update()).one_or_none()
    if before is None or slip.sha256 is None or before.verdict in NEVER or before.document_id is not None:
        raise Refused(_("Il n’y a pas, juste avant, de bulletin auquel rattacher ces pages."))
    before.last = slip.last
    pages = update(PayslipPage).where(PayslipPage.slip_id == slip.id)
    db.session.execute(pages.values(slip_id=before.id, verdict=PageVerdict.CONTINUED))
    _cut_again(before)
    db.session.delete(slip)
    batch.split -= 1
    db.session.flush()
    _tell(before, "joined", by)
    return before


def _take(slip: PayslipSlip) -> PayslipBatch:
    """One clerk at a time, and never while it is being published."""
    query = select(PayslipBatch).where(PayslipBatch.id == slip.batch_id).with_for_update()
    batch = db.session.scalars(query.execution_options(populate_existing=True)).one()
    db.session.refresh(slip, with_for_update=True)
    if slip.document_id is not None:
        raise Stale(_("Ce bulletin est déjà distribué. Rien n’a été changé."))
    if batch.state is BatchState.PLANNED:
        raise Stale(_("La publication de ce lot est prévue : annulez-la d’abord. Rien n’a été changé."))
    if batch.state not in OPEN:
        raise Stale(_("Ce lot est en cours de traitement : attendez la fin. Rien n’a été changé."))
    return batch


def _decide(slip: PayslipSlip, decision: SlipDecision, by: str) -> None:
    slip.decision, slip.decided_by, slip.decided_at = decision, by, now()
    db.session.flush()
    _tell(slip, decision.value, by)


def _tell(slip: PayslipSlip, decision: str, by: str) -> None:
    party_id = slip.party_id if decision == SlipDecision.SEND else None
    facts = {"batch": str(slip.batch_id), "page": slip.position, "decision": decision}
    record("payslips.settled", by=by, party_id=party_id, facts=facts)


def _cut_again(slip: PayslipSlip) -> None:
    file = db.session.get_one(PayslipFile, slip.file_id)
    stored = db.session.get_one(StoredObject, file.sha256)
    [(_range, data)] = payslip_sources.cut(sha256=stored.sha256, size=stored.size, ranges=[(slip.first, slip.last)])
    if not data:
        raise Refused(_("Une de ces pages est abîmée : elles ne peuvent pas être réunies."))
    sha256 = payslip_sources.sha256_of(data)
    keep_all(originals=[(sha256, data)], mime="application/pdf")
    slip.sha256 = sha256
    facts = select(PayslipPage.facts).where(PayslipPage.slip_id == slip.id).order_by(PayslipPage.number)
    slip.fingerprint = fingerprint([each.get("words", "") for each in db.session.scalars(facts)])
