"""Each day: requests that nobody has answered are recalled, attestations about to expire are asked for again."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from shared.clock import today
from shared.days import day_of_column
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
        .where(stands(), DocumentRequest.reminds, or_(*(_is_due(at, day) for at in range(len(STAGES)))))
        .order_by(DocumentRequest.due_on, DocumentRequest.id)
        .limit(BATCH)
        .with_for_update(of=DocumentRequest, skip_locked=True)
    )
    rows = db.session.execute(query).all()
    for request, folder_label in rows:
        request.reminders, request.reminded_on = _passed(request, day), day
        record("document.request_reminded", by=SYSTEM, party_id=request.party_id, facts=told(request, folder_label))
    return len(rows)


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


def _is_due(at: int, day: date) -> ColumnElement[bool]:
    """The recall of that stage has not left; one whose day was past when the document was asked for never does."""
    asked_on = day_of_column(DocumentRequest.asked_at)
    on = day - STAGES[at]  # compared with `due_on`: what is indexed stays as it is
    return (
        (DocumentRequest.due_on <= on)
        & (DocumentRequest.due_on > asked_on - STAGES[at].days)
        & (DocumentRequest.reminders <= at)
    )


def _passed(request: DocumentRequest, day: date) -> int:
    """How many of the days of recall are behind: two that were missed are one message."""
    assert request.due_on is not None
    return sum(request.due_on + stage <= day for stage in STAGES)
