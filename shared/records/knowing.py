"""What a record's values name: another record, a person, an activity. Refused when it is not what it should be."""

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.errors import Refused
from shared.extensions import db
from shared.people.models import Activity, Contact, Party
from shared.people.shipping import FAMILIES
from shared.records.declaring import Kind
from shared.records.holding import hold_name
from shared.records.models import Record


def known(*, kind: str, number: str = "", external_id: str | None = None) -> Record | None:
    """The record that these name, held against a second entry. Raises Refused when they name two."""
    found: dict[uuid.UUID, Record] = {}
    for column, value in ((Record.external_id, external_id), (Record.number, number)):
        if value:
            hold_name(kind, value)
            row = db.session.scalars(select(Record).where(Record.kind == kind, column == value)).one_or_none()
            found |= {row.id: row} if row is not None else {}
    if len(found) > 1:
        raise Refused(_("Le numéro « %(number)s » est celui d’une autre pièce.", number=number), "number")
    return next(iter(found.values()), None)


def refuse_taken(record: Record, changed: dict[str, Any]) -> None:
    """Raises Refused for a number or an identifier that is another record's."""
    for name in ("number", "external_id"):
        if not changed.get(name):
            continue
        other = known(kind=record.kind, **{name: changed[name]})
        if other is not None and other.id != record.id:
            raise Refused(_("Le numéro « %(number)s » est celui d’une autre pièce.", number=changed[name]), name)


def refuse_family(kind: Kind, party: Party) -> None:
    """Raises Refused for a party of a shipped family that has no records of this kind; other families have all."""
    family = party.family
    if family.key in FAMILIES and family.key not in kind.families:
        sentence = _("« %(kind)s » n’est pas pour la famille « %(family)s ».", kind=_(kind.label), family=family.label)
        raise Refused(sentence, "party")


def refuse_strangers(party: Party, clean: dict[str, Any]) -> None:
    """Raises Refused for a contact of another party, an activity or a parent that does not exist."""
    contact = db.session.get(Contact, clean["contact_id"]) if clean.get("contact_id") else None
    if clean.get("contact_id") and (contact is None or contact.party_id != party.id):
        raise Refused(_("Cette personne n’est pas un interlocuteur de ce tiers."), "contact_id")
    if clean.get("activity_id") and db.session.get(Activity, clean["activity_id"]) is None:
        raise Refused(_("Cette activité n’existe pas."), "activity_id")
    parent = db.session.get(Record, clean["parent_id"]) if clean.get("parent_id") else None
    if clean.get("parent_id") and (parent is None or parent.party_id != party.id):
        raise Refused(_("La pièce d’origine n’est pas une pièce de ce tiers."), "parent_id")
