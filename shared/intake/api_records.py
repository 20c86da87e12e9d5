"""Records as an ERP tells them, in the order it likes: created, or completed with what it gives."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask_babel import gettext as _
from msgspec import UNSET, structs
from sqlalchemy import and_, exists, func, or_, select, tuple_

from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.intake.api_parties import by_code, family_named, nested, one_of
from shared.intake.api_schemas import PartyName, RecordBody
from shared.intake.awaiting import arrived
from shared.people.models import Contact, Party
from shared.records.checking import kind_named, refuse_unknown_status
from shared.records.declaring import Kind
from shared.records.entering import enter
from shared.records.holding import hold_all, hold_name
from shared.records.models import Record

SOURCE = "api"
APART = ("party", "family", "contact", "parent", "lines", "parties", "status")
NAMES = {"contact_id": "contact", "parent_id": "parent"}  # column → what the API calls it

_ahead: ContextVar[dict[tuple[str, str], Record] | None] = ContextVar("records_read_ahead", default=None)


class Unknown(Refused):
    """It names a record that does not exist; answered with 404."""


def put_record(*, kind: str, name: str, body: RecordBody, by: str) -> tuple[Record, bool]:
    """The record of that number (or name that the ERP gives it), and whether it is new.

    Nothing differs: nothing is written. Raises Refused with the field that is wrong.
    """
    declared = kind_named(kind)
    hold_name(kind, name)
    known = find(kind, name)
    party = _party(declared, body, known, by)
    values = _values(body, name, known)
    if isinstance(body.contact, str):
        values["contact_id"] = _contact(party, body.contact)
    if body.parent is not UNSET:
        values["parent_id"] = standing(body.parent.kind, body.parent.number, "parent").id
    if known is not None and body.status is not UNSET:
        _refuse_news(declared, known, body.status)
    lines = [] if body.lines is UNSET else [structs.asdict(line) for line in body.lines]
    others = [] if body.parties is UNSET else [_other(each) for each in body.parties]
    status = body.status if known is None and body.status is not UNSET else ""
    told: dict[str, Any] = {"values": values, "lines": lines, "parties": others, "status": status}
    try:
        record = enter(kind=kind, party=party, by=by, source=SOURCE, **told)
    except Refused as refusal:
        refusal.field = NAMES.get(refusal.field or "", refusal.field)
        raise
    arrived(record=record, by=by)
    return record, known is None


def find(kind: str, name: str) -> Record | None:
    """By its number, else by the name that the ERP gives it."""
    kept = _ahead.get()
    if kept is not None and (kind, name) in kept:
        return kept[kind, name]
    mine = select(Record).where(Record.kind == kind)
    return (
        db.session.scalars(mine.where(Record.number == name)).one_or_none()
        or db.session.scalars(mine.where(Record.external_id == name)).one_or_none()
    )


@contextmanager
def read_ahead(names: Iterable[tuple[str, str]]) -> Iterator[None]:
    """Within, the records of these kinds and numbers are those held now, with their parties: one query for many."""
    found = hold_all(tuple_(Record.kind, Record.number).in_(set(names)))
    token = _ahead.set({(record.kind, record.number): record for record in found})
    try:
        yield
    finally:
        _ahead.reset(token)


def standing(kind: str, name: str, field: str = "number") -> Record:
    """The same. Raises Unknown."""
    kind_named(kind)
    found = find(kind, name)
    if found is None:
        raise Unknown(_("Aucune pièce de ce type ne porte « %(name)s ».", name=name), field)
    return found


def _party(kind: Kind, body: RecordBody, known: Record | None, by: str) -> Party:
    families = kind.families if body.family is UNSET else (body.family,)
    if body.party is UNSET:
        if known is None:
            raise Refused(_("Dites à quel tiers est cette pièce : son code, ou le tiers lui-même."), "party")
        return known.party
    if not isinstance(body.party, str):
        return nested(body=body.party, usual=families[0], by=by)
    if known is not None and known.party.code == body.party and known.party.family.key in families:
        return known.party
    if body.family is not UNSET:
        found = one_of(family_named(body.family), body.party)
        if found is not None:
            return found
    return by_code(body.party, families)


def _refuse_news(kind: Kind, record: Record, status: str) -> None:
    """A call that is repeated names a status that the record has had, and changes nothing; another wants its move."""
    refuse_unknown_status(kind, status)
    if status == record.status:
        return
    created = and_(Event.name == f"{kind.key}.created", Event.facts["status"].astext == status)
    moved = Event.name.in_([f"{kind.key}.{move.event}" for move in kind.moves if move.to == status])
    had = exists().where(Event.record_id == record.id, or_(created, moved))
    if status != kind.statuses[0].key and not db.session.scalar(select(had)):
        here, there = _(kind.status(record.status).label), _(kind.status(status).label)
        sentence = _(
            "Cette pièce est « %(here)s » : « status » ne compte qu’à sa création. Pour « %(there)s », envoyez ce qui "
            "lui arrive : POST …/events.",
            here=here,
            there=there,
        )
        raise Refused(sentence, "status")


def _other(named: PartyName) -> Party:
    return by_code(named.code, (family_named(named.family, "parties").key,), "parties")


def _values(body: RecordBody, name: str, known: Record | None) -> dict[str, Any]:
    given = {key: value for key, value in structs.asdict(body).items() if value is not UNSET and key not in APART}
    if known is not None:
        return {"number": known.number, "external_id": known.external_id, **given}
    if body.external_id == name:
        return {"number": "", **given}
    if body.number not in (UNSET, name):
        return {"external_id": name, **given}
    return {**given, "number": name}


def _contact(party: Party, email: str) -> Any:
    """The person of the party at that address; none for an empty one."""
    if not email:
        return None
    mine = select(Contact.id).where(Contact.party_id == party.id, Contact.closed_at.is_(None))
    found = db.session.scalars(mine.where(func.lower(Contact.email) == email.lower()).limit(1)).first()
    if found is None:
        raise Refused(_("Personne chez ce tiers n’a l’adresse « %(email)s ».", email=email), "contact")
    return found
