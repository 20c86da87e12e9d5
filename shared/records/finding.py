"""What is read of records. The scope stands inside every query: out of it, nothing exists."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Contact, Party
from shared.people.scopes import Scope
from shared.records.models import Record, RecordDocument, RecordParty
from shared.records.money_models import PaymentShare


def record_in(scope: Scope, record_id: uuid.UUID, *, whole: bool = True) -> Record | None:
    """A record in reach with its party and person, or None as if it did not exist; `whole`: lines, papers, parties."""
    query = select(Record).join(Party).where(Record.id == record_id, reached(scope))
    query = query.options(joinedload(Record.party), joinedload(Record.contact).joinedload(Contact.person))
    if whole:
        papers = selectinload(Record.documents).joinedload(RecordDocument.document)
        parties = selectinload(Record.parties).joinedload(RecordParty.party)
        query = query.options(selectinload(Record.lines), papers, parties)
    return db.session.scalars(query).unique().one_or_none()


def reached(scope: Scope) -> ColumnElement[bool]:
    """The records in reach: by the family of the party and the activity; wants `Record` and `Party` in the query.

    A grant on one folder reaches documents there, and no record.
    """
    parts = [Scope((grant,)).parties() & _activity(grant.activity_id) for grant in scope.wide().grants]
    return or_(*parts) if parts else Scope(()).parties()


def counts(kind: str, scope: Scope) -> dict[str, int]:
    """Status → how many records in reach stand there."""
    query: Select[str, int] = select(Record.status, func.count()).join(Party)
    query = query.where(Record.kind == kind, reached(scope)).group_by(Record.status)
    return dict(db.session.execute(query).all())


def timeline(record_id: uuid.UUID, *, limit: int = 200) -> Sequence[Event]:
    """What happened to a record, the last first."""
    query = select(Event).where(Event.record_id == record_id).order_by(Event.at.desc(), Event.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def called(kind: str, *, number: str = "", external_id: str = "") -> Record | None:
    """The record of that kind which the ERP calls so."""
    column, value = (Record.external_id, external_id) if external_id else (Record.number, number)
    if not value:
        return None
    return db.session.scalars(select(Record).where(Record.kind == kind, column == value)).one_or_none()


def shares_of(record: Record) -> list[tuple[Record, PaymentShare]]:
    """Of an invoice, the payments that took something off it; of a payment, its invoices; of a cancelled one, none."""
    ours, theirs = PaymentShare.invoice_id, PaymentShare.payment_id
    if record.kind != "invoice":
        ours, theirs = theirs, ours
    if record.status == "cancelled":
        return []
    query = select(Record, PaymentShare).join(PaymentShare, theirs == Record.id).where(ours == record.id)
    query = query.where(Record.status != "cancelled")
    return [(other, share) for other, share in db.session.execute(query.order_by(Record.issued_on, Record.id))]


def _activity(activity_id: uuid.UUID | None) -> ColumnElement[bool]:
    if activity_id is None:
        return Record.id.is_not(None)
    return or_(Record.activity_id.is_(None), Record.activity_id == activity_id)
