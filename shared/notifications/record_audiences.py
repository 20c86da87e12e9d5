"""Who is told of a record: its party's cell, the person tied to it, contacts, staff, the parties of an exchange."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from shared.events.batches import read_once
from shared.events.models import Event
from shared.extensions import db
from shared.folding import fold
from shared.notifications.addresses import matching
from shared.notifications.recipients import Recipient
from shared.notifications.record_targets import staff_page, target_of
from shared.notifications.rule_models import Rule
from shared.people.models import Contact, EmailSlot, Family, Party, Staff
from shared.people.scopes import scope_of
from shared.records.kinds import KINDS
from shared.records.models import Record, RecordParty

HANDLE = "backoffice:records:edit"


def party(event: Event, rule: Rule) -> list[Recipient]:
    """The party's cell: the rule's, else the usual one of that kind; its family's fallback follows at the sending."""
    record = _record(event)
    return [_cell(record, record.party, event, rule)] if record else []


def person(event: Event, rule: Rule) -> list[Recipient]:
    """The person tied to the record where there is one with an address, else the party's cell."""
    record = _record(event)
    if record is None:
        return []
    tied = record.contact
    if tied is None or tied.closed_at is not None or not tied.email:
        return [_cell(record, record.party, event, rule)]
    return [_contact(record, tied, event, rule)]


def contacts(event: Event, rule: Rule) -> list[Recipient]:
    """The party's contacts with that function, each address once; all of them where the rule names none."""
    record = _record(event)
    if record is None:
        return []
    query = select(Contact).where(Contact.party_id == record.party_id, Contact.closed_at.is_(None), Contact.email != "")
    told: dict[str, Contact] = {}
    for one in db.session.scalars(query.order_by(Contact.id)).unique():
        if not rule.role or fold(one.role) == fold(rule.role):
            told.setdefault(matching(one.email), one)
    return [_contact(record, one, event, rule) for one in told.values()]


def staff(event: Event, rule: Rule) -> list[Recipient]:
    """The staff of that role who may see the family; without a role, whoever entered it, else all who may change it."""
    record = _record(event)
    if record is None:
        return []
    owner = None if rule.role else _owner(record)
    told = [owner] if owner else _staff_of(rule.role, record.party.family_id)
    return [
        Recipient(
            key=f"staff:{one.id}",
            locale=one.locale,
            party_id=record.party_id,
            staff_id=one.id,
            fixed_address=one.email,
            facts=_told(record, event) | {"page": staff_page(record.id)},
            record=record,
            record_ids=(record.id,),
        )
        for one in told
        if event.actor != f"staff:{one.id}"
    ]


def parties(event: Event, rule: Rule) -> list[Recipient]:
    """Every party of an exchange, each at its cell and once, but for the one that did it."""
    record = _record(event)
    if record is None:
        return []
    answered = str(event.facts.get("party"))
    return [_cell(record, one, event, rule) for one in _parties(record) if str(one.id) != answered]


def internal(event: Event, rule: Rule) -> list[Recipient]:
    """The parties that belong to the company, its own people, and nobody from outside."""
    record = _record(event)
    if record is None:
        return []
    inside = _families_of_people()
    return [_cell(record, one, event, rule) for one in _parties(record) if one.family_id in inside]


RECORD_AUDIENCES: dict[str, Callable[[Event, Rule], list[Recipient]]] = {
    "record_party": party,
    "record_person": person,
    "record_contacts": contacts,
    "record_staff": staff,
    "record_parties": parties,
    "record_internal": internal,
}


def slot_of(record: Record, rule: Rule) -> EmailSlot:
    """The rule's cell, else the usual one of that kind of record."""
    kind = KINDS[record.kind]
    usual = EmailSlot.QUOTE if "valid_until" in kind.dates else EmailSlot.CARD
    return rule.slot or (EmailSlot.BILLING if kind.has_balance else usual)


def _record(event: Event) -> Record | None:
    return db.session.get(Record, event.record_id) if event.record_id else None


def _parties(record: Record) -> Iterable[Party]:
    query = select(RecordParty.party_id).where(RecordParty.record_id == record.id)
    ids = dict.fromkeys([record.party_id, *db.session.scalars(query.order_by(RecordParty.party_id))])
    known = {one.id: one for one in db.session.scalars(select(Party).where(Party.id.in_(ids)))}
    return [known[each] for each in ids]


def _cell(record: Record, to: Party, event: Event, rule: Rule) -> Recipient:
    slot = slot_of(record, rule)
    return Recipient(
        key=f"record:{to.id}:{slot}",
        locale=to.locale,
        family_id=to.family_id,
        party_id=to.id,
        slot=slot,
        link_target=target_of(record, gathers=rule.groups),
        facts=_told(record, event),
        record=record,
        record_ids=(record.id,),
    )


def _contact(record: Record, to: Contact, event: Event, rule: Rule) -> Recipient:
    return Recipient(
        key=f"contact:{to.id}",
        locale=to.person.locale or record.party.locale,
        family_id=record.party.family_id,
        party_id=record.party_id,
        contact_id=to.id,
        fixed_address=to.email,
        link_target=target_of(record, gathers=rule.groups),
        facts=_told(record, event),
        record=record,
        record_ids=(record.id,),
    )


def _told(record: Record, event: Event) -> dict[str, Any]:
    """What the event said, and where the record stood: looked at again when the message leaves."""
    revision = record.appointment_revision
    return {"told": dict(event.facts), "event": event.name, "status": record.status, "revision": revision}


def _owner(record: Record) -> Staff | None:
    kind, _colon, ident = record.created_by.partition(":")
    found = db.session.get(Staff, uuid.UUID(ident)) if kind == "staff" else None
    if found is None or found.disabled_at is not None:
        return None
    return found if scope_of(found, HANDLE).reaches_family(record.party.family_id) else None


def _staff_of(role: str, family_id: uuid.UUID) -> Sequence[Staff]:
    found = read_once("staff at work", _staff_at_work)
    if role:
        return [one for one in found if any(each.role.key == role for each in one.grants if _covers(each, family_id))]
    return [one for one in found if scope_of(one, HANDLE).reaches_family(family_id)]


def _covers(grant: Any, family_id: uuid.UUID) -> bool:
    return grant.family_id in (None, family_id)


def _staff_at_work() -> Sequence[Staff]:
    return db.session.scalars(select(Staff).where(Staff.disabled_at.is_(None)).order_by(Staff.id)).all()


def _families_of_people() -> set[uuid.UUID]:
    return read_once("families of people", lambda: set(db.session.scalars(select(Family.id).where(Family.of_people))))
