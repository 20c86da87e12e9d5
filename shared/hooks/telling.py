"""What a call says: the event and its facts, and who and what it is about, as they stand when it is first made."""

from typing import Any

from shared.documents.models import Document
from shared.events.models import Event
from shared.extensions import db
from shared.hooks.models import HookCall
from shared.people.models import Party
from shared.records.models import Record

INSIDE = ("revision", "ip", "path", "batch")  # facts of ours that mean nothing outside


def told(call: HookCall) -> dict[str, Any]:
    """`type`, `timestamp`, `data`, as the Standard Webhooks specification has them."""
    event = db.session.get(Event, call.event_id)
    if event is None:  # purged since: only that it happened is left
        return {"type": call.event, "timestamp": call.at, "data": {"event": str(call.event_id)}}
    facts = {name: value for name, value in event.facts.items() if name not in INSIDE}
    data: dict[str, Any] = {"event": str(event.id), **facts}
    party = db.session.get(Party, event.party_id) if event.party_id else None
    if party is not None:
        data["party"] = {"family": party.family.key, "code": party.code}
    if event.record_id:
        data |= _record(event)
    document = db.session.get(Document, event.document_id) if event.document_id else None
    if document is not None:
        data["document"] = _document(document)
    return {"type": event.name, "timestamp": event.at, "data": data}


def _document(document: Document) -> dict[str, Any]:
    """Of what needs a grant (payslips, medical), not even its title: nobody can grant one to a program."""
    if document.folder.needs_grant:
        return {"id": str(document.id)}
    return {"id": str(document.id), "title": document.title, "number": document.number}


def _record(event: Event) -> dict[str, Any]:
    record = db.session.get(Record, event.record_id)
    if record is None:
        return {}
    names = ("number", "external_id", "status", "state_code", "amount", "paid", "currency", "issued_on", "due_on")
    about = {"id": str(record.id), "kind": record.kind, **{name: getattr(record, name) for name in names}}
    return {"record": about}
