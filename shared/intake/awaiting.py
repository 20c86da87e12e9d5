"""A document may come before the record it is the paper of: it waits for it by name, and is attached when it comes."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from shared.documents.models import Document
from shared.events.models import Event
from shared.extensions import db
from shared.intake.api_models import AwaitedRecord
from shared.records.attaching import attach
from shared.records.models import Record


def wait_for(*, document: Document, kind: str, number: str, is_main: bool) -> None:
    """Have the document attached to the record of that number, or of that name, whenever it is entered."""
    row = insert(AwaitedRecord).values(document_id=document.id, kind=kind, number=number, is_main=is_main)
    db.session.execute(row.on_conflict_do_nothing())


def arrived(*, record: Record, by: str) -> int:
    """Attach what waited for this record; how many documents. Those of somebody else go on waiting."""
    names = [name for name in (record.number, record.external_id) if name]
    mine = (AwaitedRecord.kind == record.kind, AwaitedRecord.number.in_(names))
    if not names:
        return 0
    query = select(AwaitedRecord, Document).join(Document, Document.id == AwaitedRecord.document_id)
    done = 0
    for waiting, document in db.session.execute(query.where(*mine, Document.party_id == record.party_id)).all():
        done += attach(record=record, document=document, by=by, is_main=waiting.is_main)
        db.session.delete(waiting)
    return done


def record_entered(event: Event) -> None:
    """Reaction: a record was entered, in whatever way."""
    record = db.session.get(Record, event.record_id)
    if record is not None:
        arrived(record=record, by=event.actor)
