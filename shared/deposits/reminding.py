"""Each day: requests that nobody has answered are recalled, attestations about to expire are asked for again."""

from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from shared.clock import today
from shared.deposits.finding import stands
from shared.deposits.models import DocumentRequest
from shared.deposits.requesting import open_request, told
from shared.documents.models import Document, Folder
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Party

STAGES = (timedelta(days=-7), timedelta(0), timedelta(days=7))  # around the day by which it is wanted
NOTICE = timedelta(days=30)  # before an attestation expires
USUAL_MONTHS = 6  # Code du travail, D8222-5: an attestation of vigilance is asked for every six months
BATCH = 200
later = aliased(Document)


def remind() -> int:
    """Recall what is due, at most one message a request and day; how many left."""
    day = today()
    query = (
        select(DocumentRequest, Folder.label)
        .join(Folder, Folder.id == DocumentRequest.folder_id)
        .where(
            stands(),
            DocumentRequest.reminds,
            DocumentRequest.due_on <= day - STAGES[0],
            DocumentRequest.reminders < len(STAGES),
        )
        .order_by(DocumentRequest.due_on, DocumentRequest.id)
        .limit(BATCH)
        .with_for_update(of=DocumentRequest, skip_locked=True)
    )
    sent = 0
    for request, folder_label in db.session.execute(query).all():
        passed = _passed(request, day)
        if passed <= request.reminders:
            continue
        request.reminders, request.reminded_on = passed, day
        record("document.request_reminded", by=SYSTEM, party_id=request.party_id, facts=told(request, folder_label))
        sent += 1
    return sent


def renew() -> int:
    """Ask again for the attestations that expire within thirty days, unless a newer one is there; how many."""
    day = today()
    newer = exists().where(
        later.party_id == Document.party_id,
        later.folder_id == Document.folder_id,
        later.valid_until > Document.valid_until,
    )
    asked = exists().where(DocumentRequest.renews_id == Document.id)
    query = (
        select(Document, Folder.label, DocumentRequest.months)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .outerjoin(
            DocumentRequest,
            (DocumentRequest.deposit_id == Document.deposit_id) & DocumentRequest.deposit_id.is_not(None),
        )
        .where(
            Document.valid_until.between(day, day + NOTICE),
            Folder.deposit_allowed,
            Party.closed_at.is_(None),
            ~asked.correlate(Document),
            ~newer.correlate(Document),
        )
        .order_by(Document.valid_until, Document.id)
        .limit(BATCH)
    )
    rows = db.session.execute(query).all()
    for document, folder_label, months in rows:
        request = DocumentRequest(id=uuid7(), party_id=document.party_id, folder_id=document.folder_id)
        request.label, request.due_on, request.reminds = document.title[:80], document.valid_until, True
        request.months, request.renews_id, request.reminders = months or USUAL_MONTHS, document.id, 0
        open_request(request, by=SYSTEM, event="document.expiring", folder_label=folder_label)
    return len(rows)


def _passed(request: DocumentRequest, day: date) -> int:
    """How many recalls should have left by now; none for the stages that were past when it was asked."""
    if request.due_on is None:
        return 0
    begun = request.asked_at.date()
    late = [stage for stage in STAGES if begun < request.due_on + stage <= day]
    missed = [stage for stage in STAGES if request.due_on + stage <= begun]
    return len(late) + len(missed) if late else 0
