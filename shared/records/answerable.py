"""What a party may answer to a quote, with or without a reason, and for how long staff may undo it."""

from datetime import date, timedelta

from sqlalchemy import exists, select

from shared.clock import now, today
from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.records.kinds import KINDS
from shared.records.models import Record, RecordDocument

UNDONE_WITHIN = timedelta(hours=1)


def needs_reason(record: Record) -> bool:
    """Whether the folder of its paper asks why it is refused; of a record without paper, a folder where it would be."""
    papers = (
        select(Folder.reason_required)
        .join(Document, Document.folder_id == Folder.id)
        .join(RecordDocument, RecordDocument.document_id == Document.id)
        .where(RecordDocument.record_id == record.id, RecordDocument.is_main)
    )
    asked = list(db.session.scalars(papers))
    if asked:
        return any(asked)
    classes = KINDS[record.kind].classes
    here = (Folder.family_id == record.party.family_id, Folder.document_class.in_(classes), Folder.reason_required)
    return bool(db.session.scalar(select(exists().where(*here))))


def is_awaited(record: Record, day: date | None = None) -> bool:
    """Whether its party may still accept or refuse it: the last day counts."""
    on = day or today()
    return record.status == "validated" and (record.valid_until is None or record.valid_until >= on)


def is_undoable(record: Record) -> bool:
    """Whether staff may still undo an answer: what they entered themselves, and for an hour what the party said."""
    by_party = (record.moved_by or "").startswith("account:")
    return not by_party or record.moved_at is None or now() - record.moved_at <= UNDONE_WITHIN
