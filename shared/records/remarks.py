"""Messages on a document or a record, between its party and staff; and staff's notes, which no party ever reads."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, update

from shared.access.models import Account
from shared.clock import now
from shared.documents.models import Document
from shared.errors import Refused
from shared.events.recording import record as record_event
from shared.extensions import db, uuid7
from shared.people.models import Person, Staff
from shared.records.holding import hold_name
from shared.records.models import Record
from shared.records.noting import note as happened
from shared.records.remark_models import Remark

LONGEST = 2000
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Said:
    """One message as a page shows it; `by` is a name, empty when the person was erased since."""

    id: uuid.UUID
    text: str
    at: datetime
    read_at: datetime | None
    is_internal: bool
    is_staff: bool
    by: str


def say(
    *,
    subject: Document | Record,
    text: str,
    by: str,
    account: Account | None = None,
    party_id: uuid.UUID | None = None,
    key: str = "",
) -> Remark:
    """A message: of the person of `account`, who speaks for `party_id` (the subject's by default), else of staff `by`.

    Staff are told of the former, the party of the latter. Sent twice with the `key` of one form, it is said once.
    Raises Refused for no text, or too much of it.
    """
    made, is_new = _keep(subject, text, by=by, account=account, party_id=party_id, key=key)
    if is_new:
        _tell("remark.received" if account else "remark.said", made, by)
    return made


def note(*, subject: Document | Record, text: str, by: str, key: str = "") -> Remark:
    """Staff's own note: for staff alone, always; its text stands in no event. Raises Refused as `say`."""
    made, is_new = _keep(subject, text, by=by, is_internal=True, key=key)
    if is_new:
        _tell("remark.noted", made, by)
    return made


def ask(*, record: Record, text: str, by: str, account: Account, party_id: uuid.UUID, key: str = "") -> Remark:
    """A question about a record: a message, and `<kind>.asked`. Raises Refused as `say`."""
    made, is_new = _keep(record, text, by=by, account=account, party_id=party_id, key=key)
    if is_new:
        happened(record=record, event="asked", by=by, facts={"text": made.text, "remark": made.id})
    return made


def exchanged(
    *, party_id: uuid.UUID, document_id: uuid.UUID | None = None, record_id: uuid.UUID | None = None
) -> list[Said]:
    """What was said with that party, the oldest first, and never a note: for the portal, exports and the API."""
    about = Remark.document_id == document_id if document_id else Remark.record_id == record_id
    return _shown(about, Remark.is_internal.is_(False), Remark.party_id == party_id)


def everything(subject: Document | Record) -> list[Said]:
    """Messages and notes: for staff."""
    return _shown(_of(subject))


def read(*, subject: Document | Record, by_staff: bool, party_id: uuid.UUID | None = None) -> None:
    """The other side's messages were seen: by staff, or by `party_id`."""
    theirs = Remark.account_id.is_not(None) if by_staff else Remark.staff_id.is_not(None)
    query = update(Remark).where(_of(subject), theirs, Remark.read_at.is_(None), Remark.is_internal.is_(False))
    if party_id is not None:
        query = query.where(Remark.party_id == party_id)
    db.session.execute(query.values(read_at=now()))


def _keep(
    subject: Document | Record,
    text: str,
    *,
    by: str,
    account: Account | None = None,
    party_id: uuid.UUID | None = None,
    is_internal: bool = False,
    key: str = "",
) -> tuple[Remark, bool]:
    """The message, and whether it is new."""
    written = _written(text)
    staff_id = None if account else uuid.UUID(by.partition(":")[2])
    standing = _standing(key)
    if standing is not None and (standing.account_id, standing.staff_id) == (account.id if account else None, staff_id):
        return standing, False
    made = Remark(
        id=uuid.UUID(key) if key and standing is None else uuid7(),
        party_id=party_id or subject.party_id,
        document_id=subject.id if isinstance(subject, Document) else None,
        record_id=subject.id if isinstance(subject, Record) else None,
        account_id=account.id if account else None,
        staff_id=staff_id,
        is_internal=is_internal,
        text=written,
    )
    db.session.add(made)
    db.session.flush()
    return made, True


def _written(text: str) -> str:
    written = text.replace("\r\n", "\n").strip()
    if not written:
        raise Refused(_("Écrivez votre message."), "text")
    if len(written) > LONGEST:
        raise Refused(_("Pas plus de %(count)s caractères ici.", count=LONGEST), "text")
    return written


def _standing(key: str) -> Remark | None:
    """What this form has said already; until the end of the transaction, nobody else says it."""
    if not key:
        return None
    hold_name("remark", key)
    return db.session.get(Remark, uuid.UUID(key))


def _tell(event: str, remark: Remark, by: str) -> None:
    """The words stay in their row: the log keeps who spoke and when, not what. A note is no story of its party."""
    record_event(
        event,
        by=by,
        party_id=None if remark.is_internal else remark.party_id,
        document_id=remark.document_id,
        record_id=remark.record_id,
        facts={"remark": str(remark.id)},
    )


def _of(subject: Document | Record) -> ColumnElement[bool]:
    return (Remark.document_id if isinstance(subject, Document) else Remark.record_id) == subject.id


def _shown(*conditions: ColumnElement[bool]) -> list[Said]:
    """The last ones, the oldest first; one query."""
    person = func.trim(func.concat(Person.given_name, " ", Person.family_name))
    query = (
        select(Remark, func.coalesce(Staff.name, person))
        .outerjoin(Staff, Staff.id == Remark.staff_id)
        .outerjoin(Account, Account.id == Remark.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(*conditions)
        .order_by(Remark.at.desc(), Remark.id.desc())
        .limit(SHOWN)
    )
    rows = list(db.session.execute(query))
    return [
        Said(row.id, row.text, row.at, row.read_at, row.is_internal, row.staff_id is not None, name)
        for row, name in reversed(rows)
    ]
