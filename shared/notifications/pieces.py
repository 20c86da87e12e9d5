"""The records that the lines of a batch are about, read at once as they stand now: at most six queries."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from shared.documents.effective import shared_to
from shared.documents.models import Document, Folder, Publication, Version
from shared.notifications.models import NotificationRecord
from shared.notifications.rule_models import Reminder, Rule
from shared.people.models import Contact, Person
from shared.records.models import Record, RecordDocument, StateCode

PAYMENT = "payment"
INVOICE, OWING = "invoice", ("validated", "confirmed", "closed")


@dataclass
class Pieces:
    """By id: the records of a line, its rule, the papers of a record, what a party owes in a currency.

    `met`: (rule, record, value of its date) of the reminders there were; `steps`: how many days from that value of
    that date the last reminder to that audience was.
    """

    records: dict[uuid.UUID, list[Row[Any]]] = field(default_factory=dict)
    rules: dict[uuid.UUID, Row[Any]] = field(default_factory=dict)
    met: set[tuple[uuid.UUID, uuid.UUID, datetime]] = field(default_factory=set)
    steps: dict[tuple[uuid.UUID, datetime, str, str], int] = field(default_factory=dict)  # the last one told of
    papers: dict[uuid.UUID, Row[Any]] = field(default_factory=dict)
    owed: dict[tuple[uuid.UUID, str], Decimal] = field(default_factory=dict)

    def rule_of(self, row: RowMapping) -> Row[Any] | None:
        """The rule that caused the line, as it is now."""
        return self.rules.get(row["rule_id"]) if row["rule_id"] else None


def read_pieces(connection: Connection, rows: Sequence[RowMapping]) -> Pieces:
    """What a batch of lines needs to know of its records; little where none of them has any."""
    pieces = Pieces()
    ids = {row["rule_id"] for row in rows if row["rule_id"]}
    if ids:
        pieces.rules = {each.id: each for each in connection.execute(_rules(ids))}
    for each in connection.execute(_records([row["id"] for row in rows])):
        pieces.records.setdefault(each.notification_id, []).append(each)
    if not pieces.records:
        return pieces
    concerned = {each.id: each for found in pieces.records.values() for each in found}
    reminding = [row["id"] for row in rows if (row["facts"].get("event") or "").endswith(".reminded")]
    if reminding:
        _keep_reminders(pieces, connection.execute(_met(reminding)).all())
    attached = {each.id for row in rows if row["attaches"] for each in pieces.records.get(row["id"], ())}
    if attached:
        pieces.papers = {each.record_id: each for each in connection.execute(_papers(attached))}
    paying = {each.party_id for each in concerned.values() if each.kind == PAYMENT}
    if paying:
        pieces.owed = {(each.party_id, each.currency): each.rest for each in connection.execute(_owed(paying))}
    return pieces


def met_of(value: Any) -> datetime | None:
    """A date of a record as `Reminder.met` keeps it: a day at midnight, universal time."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), UTC)


def _rules(ids: set[uuid.UUID]) -> Any:
    return select(*Rule.__table__.columns).where(Rule.id.in_(ids))


def reading(*more: Any) -> Any:
    """Records as `record_values` reads them: with the words of their state code and the person tied to them."""
    label = func.coalesce(StateCode.label, "").label("state_label")
    person = (Person.civility, Person.given_name, Person.family_name)
    return (
        select(*Record.__table__.columns, label, *person, *more)
        .select_from(Record)
        .outerjoin(StateCode, and_(StateCode.kind == Record.kind, StateCode.code == Record.state_code))
        .outerjoin(Contact, Contact.id == Record.contact_id)
        .outerjoin(Person, Person.id == Contact.person_id)
    )


def _records(ids: list[uuid.UUID]) -> Any:
    told = NotificationRecord
    return (
        reading(told.notification_id)
        .join(told, told.record_id == Record.id)
        .where(told.notification_id.in_(ids))
        .order_by(told.position, Record.due_on, Record.number, Record.id)
    )


def _met(ids: list[uuid.UUID]) -> Any:
    about = select(NotificationRecord.record_id).where(NotificationRecord.notification_id.in_(ids))
    columns = (Reminder.rule_id, Reminder.record_id, Reminder.met, Reminder.event_id)
    query = select(*columns, Rule.date_field, Rule.audience, Rule.days).join(Rule, Rule.id == Reminder.rule_id)
    return query.where(Reminder.record_id.in_(about)).order_by(Rule.days)


def _keep_reminders(pieces: Pieces, found: Sequence[Row[Any]]) -> None:
    """In the order of their days: the last one of each stands."""
    pieces.met = {(each.rule_id, each.record_id, each.met) for each in found}
    told = [each for each in found if each.event_id is not None]
    pieces.steps = {(each.record_id, each.met, each.date_field, each.audience): each.days for each in told}


def _papers(ids: set[uuid.UUID]) -> Any:
    """The last version of each record's own paper, and whether the portal shows it."""
    live = and_(Publication.live_at.is_not(None), shared_to(Document.party_id))
    return (
        select(
            RecordDocument.record_id,
            Document.id.label("document_id"),
            Document.party_id,
            Folder.document_class,
            Folder.needs_grant,
            Version.id.label("version_id"),
            Version.sha256,
            Version.size,
            Version.mime,
            Version.filename,
            func.coalesce(live, False).label("live"),
        )
        .join(Document, Document.id == RecordDocument.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Version, Version.document_id == Document.id)
        .outerjoin(Publication, and_(Publication.document_id == Document.id, Publication.withdrawn_at.is_(None)))
        .where(RecordDocument.record_id.in_(ids), RecordDocument.is_main)
        .ext(distinct_on(RecordDocument.record_id))
        .order_by(RecordDocument.record_id, RecordDocument.at.desc(), Version.number.desc())
    )


def _owed(party_ids: set[uuid.UUID]) -> Any:
    """Open invoices and credit notes, less what payments have left over, as the statement of account counts it."""
    rest = Record.amount - Record.paid
    counted = func.sum(func.coalesce(rest, 0)).filter(Record.kind == INVOICE, Record.status.in_(OWING))
    left = func.sum(func.coalesce(rest, 0)).filter(Record.kind == PAYMENT, Record.status == "confirmed")
    total = (func.coalesce(counted, 0) - func.coalesce(left, 0)).label("rest")
    return (
        select(Record.party_id, Record.currency, total)
        .where(Record.party_id.in_(party_ids), Record.kind.in_((INVOICE, PAYMENT)))
        .group_by(Record.party_id, Record.currency)
    )
