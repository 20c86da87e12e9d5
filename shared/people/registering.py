"""A new party: its card, its cells, and the agreement that its family supposes."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.people.cards import Card, checked
from shared.people.codes import sort_key
from shared.people.consenting import NEEDED_BY
from shared.people.models import Consent, EmailCell, Family, Party

SUPPOSED = "Réglage par défaut de la famille à la création"


def register(*, family: Family, card: Card, by: str, party_id: uuid.UUID | None = None) -> Party:
    """Write a new party; Refused with the field that is wrong, or when the code is taken.

    `party_id` names one sending of the form: sent twice, the first party is returned. One that is already
    another family's party names nothing: the new party gets an id of its own.
    """
    card = checked(card, family)
    hold_code(card.code, family)
    known = db.session.get(Party, party_id) if party_id else None
    if known is not None and known.family_id == family.id:
        return known
    refuse_taken(card.code, family)
    party = Party(
        id=party_id if party_id and known is None else uuid7(), family_id=family.id, family=family, created_at=now()
    )
    write(party, card)
    party.cells = [
        EmailCell(slot=slot, address=address, address_folded=fold(address)) for slot, address in card.addresses.items()
    ]
    db.session.add(party)
    db.session.flush()
    if party.is_business and family.default_consent:
        db.session.add_all(supposed(party, family, by=by))
    record("party.created", by=by, party_id=party.id)
    return party


def write(party: Party, card: Card) -> None:
    """Put a checked card on a party, cells apart."""
    party.code, party.code_folded, party.code_sort = card.code, fold(card.code), sort_key(card.code)
    party.name, party.name_folded = card.name, fold(card.name)
    party.is_business = card.is_business
    party.siret, party.vat_number = card.siret, card.vat_number
    party.street, party.postcode, party.city = card.street, card.postcode, card.city
    party.country, party.phone, party.locale = card.country, card.phone, card.locale


def refuse_taken(code: str, family: Family, but: uuid.UUID | None = None) -> None:
    """Refused when another party of the family has this code, written one way or another."""
    hold_code(code, family)
    query = select(Party.name).where(Party.family_id == family.id, Party.code_folded == fold(code))
    if but is not None:
        query = query.where(Party.id != but)
    taken = db.session.scalar(query)
    if taken is not None:
        raise Refused(
            _("Le code « %(code)s » est déjà celui de « %(name)s ». Choisissez-en un autre.", code=code, name=taken),
            field="code",
        )


def hold_code(code: str, family: Family) -> None:
    """Until the end of the transaction nobody else takes this code: of two at once, the second sees the first."""
    key = f"party:{family.id}:{fold(code)}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def supposed(party: Party, family: Family, *, by: str) -> list[Consent]:
    """What a new business party is taken to agree to, by its family's setting."""
    return [
        Consent(party_id=party.id, document_class=each, state=family.default_consent, by=by, proof=SUPPOSED)
        for each in NEEDED_BY
    ]
