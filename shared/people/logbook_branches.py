"""What the « Cahier de liaison » is made of: one SELECT for each source, all with the same columns."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, case, cast, func, literal, null, or_, select
from sqlalchemy.types import Integer

from shared.deposits.models import DocumentRequest
from shared.documents.models import Document, Folder
from shared.events.models import Event
from shared.notifications.models import Notification, Status
from shared.people.logbook_kinds import REMARKS, REQUESTS
from shared.people.models import Contact, Party, Person
from shared.people.party_models import Note
from shared.people.scopes import Scope
from shared.records.finding import reached
from shared.records.models import Record
from shared.records.remark_models import Remark

# What a message goes through; of two steps at one moment the later one stands above.
OF_EVENT, PREPARED, SENT, ENDED, OF_NOTE = 1, 2, 3, 4, 5
ENDINGS = (Status.DELIVERED, Status.BOUNCED, Status.FAILED, Status.CANCELLED, Status.UNKNOWN)


def events(party_id: uuid.UUID, names: Sequence[str], *, documents: Scope, records: Scope) -> Select[*tuple[Any, ...]]:
    """The journal. What is told of a document, of a request for one or of a record is told to whoever may see it.

    The words of a message stand in its own row, those of a request in the request.
    """
    facts = func.jsonb_build_object("facts", Event.facts, "said", Remark.text)
    number = func.coalesce(func.nullif(Record.number, ""), Record.title)
    text = func.coalesce(Document.title, DocumentRequest.label, number)
    line = _line(
        "event", OF_EVENT, Event.id, Event.at, Event.name, Event.actor, text, facts, Event.document_id, Event.record_id
    )
    folder_id = func.coalesce(Document.folder_id, DocumentRequest.folder_id)
    return (
        line.outerjoin(Remark, Remark.id == _named("remark", REMARKS))
        .outerjoin(Document, Document.id == Event.document_id)
        .outerjoin(DocumentRequest, DocumentRequest.id == _named("request", REQUESTS))
        .outerjoin(Folder, and_(Folder.id == folder_id, documents.documents()))
        .outerjoin(Record, Record.id == Event.record_id)
        .outerjoin(Party, Party.id == Record.party_id)
        .where(
            Event.party_id == party_id,
            Event.name.in_(names),
            or_(and_(Event.document_id.is_(None), Event.name.not_in(REQUESTS)), Folder.id.is_not(None)),
            or_(Event.record_id.is_(None), reached(records)),
        )
    )


def _named(fact: str, names: Sequence[str]) -> ColumnElement[uuid.UUID | None]:
    """The row that a fact of these events names."""
    return case((Event.name.in_(names), cast(Event.facts[fact].astext, Uuid)))


def prepared(party_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """Messages as they were made."""
    return _notice(party_id, PREPARED, Notification.created_at, literal("prepared"), Notification.reason)


def sent(party_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """Messages as they left."""
    at = Notification.sent_at
    return _notice(party_id, SENT, at, literal("sent"), Notification.address).where(at.is_not(None))


def ended(party_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """What became of them."""
    at = Notification.ended_at
    line = _notice(party_id, ENDED, at, Notification.status, Notification.reply)
    return line.where(at.is_not(None), Notification.status.in_(ENDINGS))


def _notice(party_id: uuid.UUID, step: int, at: Any, what: Any, detail: Any) -> Select[*tuple[Any, ...]]:
    text = Notification.subject
    line = _line("notice", step, Notification.id, at, what, Notification.event, text, detail, null())
    return line.where(Notification.party_id == party_id)


def notes(party_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """What staff wrote down, and with whom they spoke."""
    name = func.trim(func.concat(Person.given_name, " ", Person.family_name))
    who = func.coalesce(func.nullif(name, ""), Party.name)  # a main contact whom nobody named is the party itself
    line = _line("note", OF_NOTE, Note.id, Note.at, Note.kind, Note.by, Note.text, who, null())
    line = line.outerjoin(Contact, Contact.id == Note.contact_id).outerjoin(Person, Person.id == Contact.person_id)
    return line.outerjoin(Party, Party.id == Contact.party_id).where(Note.party_id == party_id)


def _line(
    source: str,
    step: int,
    ident: Any,
    at: Any,
    what: Any,
    by: Any,
    text: Any,
    detail: Any,
    document_id: Any,
    record_id: Any = None,
) -> Select[*tuple[Any, ...]]:
    return select(
        literal(source, Text).label("source"),
        literal(step, Integer).label("step"),
        ident.label("id"),
        at.label("at"),
        cast(what, Text).label("what"),
        cast(by, Text).label("by"),
        cast(text, Text).label("text"),
        cast(detail, Text).label("detail"),
        cast(document_id, Uuid).label("document_id"),
        cast(record_id, Uuid).label("record_id"),
    )
