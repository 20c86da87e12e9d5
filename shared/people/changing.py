"""An edited card: refused when somebody else saved in between, each address that changes is an event."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.errors import Stale
from shared.events.recording import record
from shared.extensions import db
from shared.folding import fold
from shared.people.cards import Card, checked
from shared.people.models import EmailCell, EmailSlot, Party
from shared.people.registering import refuse_taken, write

FIELDS = (
    "code",
    "name",
    "is_business",
    "siret",
    "vat_number",
    "street",
    "postcode",
    "city",
    "country",
    "phone",
    "locale",
)


def change(*, party: Party, card: Card, revision: int, by: str) -> Party:
    """Write the card that was edited from `revision`.

    Raises Stale when the party has been saved since, Refused with the field that is wrong.
    Nothing typed differently changes nothing.
    """
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    db.session.refresh(party)
    if party.revision != revision:
        raise Stale(_("Quelqu’un a enregistré cette fiche pendant que vous la modifiiez. Rien n’a été écrasé."))
    card = checked(card, party.family)
    refuse_taken(card.code, party.family, but=party.id)
    before = _as_written(party)
    write(party, card)
    fields = {name: [was, getattr(party, name)] for name, was in before.items() if was != getattr(party, name)}
    moved = change_cells(party, card.addresses)
    if not fields and not moved:
        return party
    party.revision += 1
    db.session.flush()
    if fields:
        record("party.changed", by=by, party_id=party.id, facts={"fields": fields})
    for slot, (was, becomes) in moved.items():
        facts = {"slot": slot.value, "before": was, "after": becomes}
        record("party.address_changed", by=by, party_id=party.id, facts=facts)
    return party


def _as_written(party: Party) -> dict[str, str | bool | None]:
    return {name: getattr(party, name) for name in FIELDS}


def change_cells(party: Party, wanted: Mapping[EmailSlot, str]) -> dict[EmailSlot, tuple[str, str]]:
    """A cell that gets another address starts afresh: what the old one did is not its fault."""
    standing = {cell.slot: cell for cell in party.cells}
    moved: dict[EmailSlot, tuple[str, str]] = {}
    for slot in EmailSlot:
        cell, becomes = standing.get(slot), wanted.get(slot, "")
        was = cell.address if cell else ""
        if was == becomes:
            continue
        moved[slot] = (was, becomes)
        if cell is not None and not becomes:
            party.cells.remove(cell)
        elif cell is not None:
            _readdress(cell, becomes)
        else:
            party.cells.append(EmailCell(slot=slot, address=becomes, address_folded=fold(becomes)))
    return moved


def _readdress(cell: EmailCell, address: str) -> None:
    cell.address, cell.address_folded, cell.changed_at = address, fold(address), now()
    cell.bounced_at, cell.bounce_reason, cell.bounces = None, "", 0
