"""Parties as an ERP tells them: created, or completed with what it gives; what it leaves out stays."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from msgspec import UNSET, structs
from sqlalchemy import select

from shared.errors import Refused
from shared.extensions import db
from shared.folding import fold
from shared.intake.api_schemas import ContactBody, NestedParty, PartyBody
from shared.people import changing, contacting
from shared.people.cards import Card
from shared.people.contacting import ContactCard
from shared.people.models import Contact, EmailSlot, Family, Party
from shared.people.registering import hold_code, register

APART = ("emails", "contacts", "code", "family")


def put_party(*, family: Family, code: str, body: PartyBody, by: str) -> tuple[Party, bool]:
    """The party of that code, and whether it is new. Nothing differs: nothing is written.

    Raises Refused with the field that is wrong.
    """
    hold_code(code, family)
    party = one_of(family, code)
    is_new = party is None
    if party is None:
        party = register(family=family, card=_card(Card(code=code, name=""), body), by=by)
    else:
        standing = Card(**{name: getattr(party, name) for name in changing.FIELDS}, addresses=_cells(party))
        changing.change(party=party, card=_card(standing, body), revision=party.revision, by=by)
    if body.contacts is not UNSET:
        for number, contact in enumerate(body.contacts):
            _put_contact(party, contact, f"contacts[{number}]", by)
    return party, is_new


def nested(*, body: NestedParty, usual: str, by: str) -> Party:
    """The party that a record brings with it. Raises Refused, its fields named under « party »."""
    family = family_named(usual if body.family is UNSET else body.family, "party.family")
    try:
        return put_party(family=family, code=body.code, body=body, by=by)[0]
    except Refused as refusal:
        raise Refused(refusal.sentence, f"party.{refusal.field}" if refusal.field else "party") from refusal


def family_named(key: str, field: str = "family") -> Family:
    """Raises Refused for a family that does not exist."""
    found = known_family(key)
    if found is None:
        raise Refused(_("« %(key)s » n’est pas une famille de tiers.", key=key), field)
    return found


def known_family(key: str) -> Family | None:
    """The family of that key."""
    return db.session.scalars(select(Family).where(Family.key == key)).one_or_none()


def one_of(family: Family, code: str) -> Party | None:
    """The party of that code in a family, written one way or another."""
    return db.session.scalars(
        select(Party).where(Party.family_id == family.id, Party.code_folded == fold(code))
    ).one_or_none()


def by_code(code: str, families: Sequence[str], field: str = "party") -> Party:
    """The one party of that code in these families. Raises Refused when there is none, or more than one."""
    query = select(Party).join(Family).where(Family.key.in_(families), Party.code_folded == fold(code))
    found = db.session.scalars(query.limit(2)).all()
    if not found:
        raise Refused(_("Aucun tiers ne porte le code « %(code)s » : créez-le, ou envoyez-le ici.", code=code), field)
    if len(found) > 1:
        raise Refused(_("Plusieurs familles ont un tiers « %(code)s » : nommez la famille.", code=code), "family")
    return found[0]


def _card(standing: Card, body: PartyBody) -> Card:
    given: dict[str, Any] = {
        name: value for name, value in structs.asdict(body).items() if value is not UNSET and name not in APART
    }
    if body.emails is not UNSET:
        told = structs.asdict(body.emails).items()
        cells = {EmailSlot(slot): address for slot, address in told if address is not UNSET}
        given["addresses"] = {**standing.addresses, **cells}
    return replace(standing, **given)


def _cells(party: Party) -> dict[EmailSlot, str]:
    return {cell.slot: cell.address for cell in party.cells}


def _put_contact(party: Party, body: ContactBody, field: str, by: str) -> None:
    """The main contact is the party itself: it is never taken for somebody else."""
    given = {name: value for name, value in structs.asdict(body).items() if value is not UNSET}
    known = next((each for each in contacting.contacts_of(party) if not each.is_main and _is(each, given)), None)
    try:
        if known is None:
            contacting.add_contact(party=party, card=ContactCard(**given), by=by)
            return
        person = {name: getattr(known.person, name) for name in contacting.PERSON_FIELDS}
        standing = ContactCard(
            **person, **{name: getattr(known, name) for name in contacting.CONTACT_FIELDS}, site_id=known.site_id
        )
        contacting.edit_contact(contact=known, card=replace(standing, **given), revision=known.revision, by=by)
    except Refused as refusal:
        raise Refused(refusal.sentence, f"{field}.{refusal.field}" if refusal.field else field) from refusal


def _is(contact: Contact, given: dict[str, Any]) -> bool:
    if given.get("email") and contact.email:
        return fold(given["email"]) == fold(contact.email)
    names = (given.get("given_name", ""), given["family_name"])
    return fold(" ".join(names)) == fold(f"{contact.person.given_name} {contact.person.family_name}")
