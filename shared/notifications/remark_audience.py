"""Who is told of a message on a document or record: the party of what staff say, staff of what the party says."""

import uuid
from typing import Any

from sqlalchemy import select

from shared.documents.effective import settings_for
from shared.documents.models import Document
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.recipients import Recipient
from shared.people.models import EmailSlot, Party, Staff
from shared.people.scopes import scope_of
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.records.remark_models import Remark

FILE, EDIT, SETTINGS = "backoffice:documents:file", "backoffice:records:edit", "backoffice:settings:edit"


def remark_party(event: Event) -> list[Recipient]:
    """The party, at the cell of its folder or of its kind of record; nobody of an internal note, whoever asks."""
    remark = _remark(event)
    if remark is None or remark.is_internal or remark.staff_id is None:
        return []
    subject, party = _subject(remark), db.session.get_one(Party, remark.party_id)
    page = f"/documents/{subject.id}" if isinstance(subject, Document) else f"/records/{subject.id}"
    return [
        Recipient(
            key=f"remark:{party.id}",
            locale=party.locale,
            family_id=party.family_id,
            party_id=party.id,
            slot=_slot(subject, party),
            facts=_facts(remark, subject, party) | {"page": page},
        )
    ]


def remark_staff(event: Event) -> list[Recipient]:
    """The members of staff who file in that folder, or who change that kind of record, within their reach."""
    remark = _remark(event)
    if remark is None or remark.account_id is None:
        return []
    subject, party = _subject(remark), db.session.get_one(Party, remark.party_id)
    is_document = isinstance(subject, Document)
    page = f"/backoffice/documents/{subject.id}" if is_document else f"/backoffice/record/{subject.id}/messages"
    return [
        Recipient(
            key=f"staff:{staff.id}",
            locale=staff.locale,
            party_id=party.id,
            staff_id=staff.id,
            fixed_address=staff.email,
            facts=_facts(remark, subject, party) | {"page": page},
        )
        for staff in _at_work()
        if (
            scope_of(staff, FILE).reaches(subject.folder)
            if isinstance(subject, Document)
            else scope_of(staff, EDIT).reaches_family(subject.party.family_id)
        )
    ]


def administrators(event: Event) -> list[Recipient]:
    """Everybody who may change the settings, whoever did it included: a change made by a thief is seen too."""
    return [
        Recipient(
            key=f"staff:{staff.id}",
            locale=staff.locale,
            staff_id=staff.id,
            fixed_address=staff.email,
            facts={"comment": _named(event), "page": "/backoffice/settings/bank"},
        )
        for staff in _at_work()
        if scope_of(staff, SETTINGS).grants
    ]


REMARK_AUDIENCES = {
    "remark_party": remark_party,
    "remark_staff": remark_staff,
    "administrators": administrators,
}


def _named(event: Event) -> str:
    return f"{event.facts['iban']} ({event.facts['holder']})"


def _remark(event: Event) -> Remark | None:
    return db.session.get(Remark, uuid.UUID(event.facts["remark"]))


def _subject(remark: Remark) -> Document | Record:
    if remark.document_id is not None:
        return db.session.get_one(Document, remark.document_id)
    return db.session.get_one(Record, remark.record_id)


def _slot(subject: Document | Record, party: Party) -> EmailSlot:
    if isinstance(subject, Document):
        return settings_for(folder=subject.folder, party_id=party.id).slot
    kind = KINDS[subject.kind]
    if kind.has_balance:
        return EmailSlot.BILLING
    return EmailSlot.QUOTE if "valid_until" in kind.dates else EmailSlot.CARD


def _facts(remark: Remark, subject: Document | Record, party: Party) -> dict[str, Any]:
    named = subject.number or subject.title
    return {"party": party.name, "comment": remark.text, "piece": named, "title": named}


def _at_work() -> list[Staff]:
    return list(db.session.scalars(select(Staff).where(Staff.disabled_at.is_(None)).order_by(Staff.id)))
