"""The four e-mail cells, each edited apart, and what speaks against an address before it is saved."""

from flask_babel import gettext as _
from sqlalchemy import select

from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.folding import fold
from shared.notifications.addresses import normalise, typo_hint
from shared.people.changing import change_cells
from shared.people.models import EmailCell, EmailSlot, Party


class Doubtful(Refused):
    """The address can be saved, once the person has seen what speaks against it."""


def change_cell(
    *, party: Party, slot: EmailSlot, address: str, seen: str, by: str, is_sure: bool = False, field: str = "address"
) -> None:
    """Write one cell; an empty address empties it. `seen` is what the cell held when it was shown.

    Raises Stale when it holds something else by now, Refused when the address is malformed, Doubtful when it
    bounced before or looks misspelt and the person is not yet sure.
    """
    if slot.value not in party.family.slots:
        raise Refused(_("Cette famille n’a pas cette adresse."), field=field)
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    db.session.refresh(party, ["cells", "revision"])
    addresses = {cell.slot: cell.address for cell in party.cells}
    stands = addresses.get(slot, "")
    becomes = normalise(address, field) if address.strip() else ""
    if stands == becomes:
        return
    if stands != seen:
        raise Stale(_("Quelqu’un a changé cette adresse pendant que vous la modifiiez. Rien n’a été écrasé."), field)
    if becomes and not is_sure:
        doubt(party=party, address=becomes, field=field)
    moved = change_cells(party, {**addresses, slot: becomes})
    party.revision += 1
    db.session.flush()
    for each, (was, now_is) in moved.items():
        facts = {"slot": each.value, "before": was, "after": now_is}
        record("party.address_changed", by=by, party_id=party.id, facts=facts)


def doubt(*, party: Party | None, address: str, field: str) -> None:
    """Raise Doubtful when mail to this address came back, from this party or another, or when it looks misspelt."""
    reason = _bounced(party, address)
    if reason is not None:
        raise Doubtful(
            _(
                "« %(address)s » a déjà été rejetée (%(reason)s). Vérifiez-la, ou enregistrez-la quand même.",
                address=address,
                reason=reason or _("sans explication du serveur"),
            ),
            field=field,
        )
    hint = typo_hint(address)
    if hint is not None:
        raise Doubtful(
            _("Vouliez-vous écrire « %(hint)s » ? Corrigez-la, ou enregistrez-la quand même.", hint=hint), field=field
        )


def retry_cell(*, party: Party, slot: EmailSlot, by: str) -> None:
    """« Essayer à nouveau »: the flag of a cell that bounced goes, and what came back leaves once more."""
    query = select(EmailCell).where(EmailCell.party_id == party.id, EmailCell.slot == slot).with_for_update()
    cell = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if cell is None or cell.bounced_at is None:
        return
    cell.bounced_at, cell.bounce_reason = None, ""
    cell.bounces = min(cell.bounces, 1)  # one more refusal stops it again
    db.session.flush()
    facts = {"slot": slot.value, "address": cell.address}
    record("party.address_retried", by=by, party_id=party.id, facts=facts)


def _bounced(party: Party | None, address: str) -> str | None:
    """What the server answered; None when nothing ever came back."""
    known = select(EmailCell.bounce_reason).where(
        EmailCell.address_folded == fold(address), EmailCell.bounced_at.is_not(None)
    )
    reason = db.session.scalar(known.limit(1))
    if reason is not None or party is None:
        return reason
    before = select(Event.facts["status"].astext).where(
        Event.party_id == party.id,
        Event.name == "notification.bounced",
        Event.facts["address"].astext == address,
        Event.facts["status"].astext.startswith("5.1."),
    )
    return db.session.scalar(before.order_by(Event.at.desc()).limit(1))
