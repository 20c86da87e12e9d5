"""The four e-mail addresses of a party, each changed apart and tried again by one click."""

import uuid
from typing import Any

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice import backoffice
from backoffice.party_forms import CellForm
from backoffice.party_page import slot_words
from backoffice.party_rows import blamed, tab
from backoffice.reach import party_for
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.events.models import Event
from shared.extensions import db
from shared.people.addressing import Doubtful, change_cell, retry_cell
from shared.people.deliveries import cell_states
from shared.people.models import EmailSlot, Party
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires

SLOTS = "any(card,quote,billing,reminder)"


@backoffice.get(f"/parties/<uuid:party_id>/address/<{SLOTS}:slot>")
@requires(Permission.PARTIES_EDIT)
def party_cell(party_id: uuid.UUID, slot: str) -> Response:
    """One address to change, with what became of what was sent to it."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    address = _stands(party, slot)
    return _page(party, slot, CellForm(formdata=None, data={"address": address, "seen": address}))


@backoffice.post(f"/parties/<uuid:party_id>/address/<{SLOTS}:slot>")
@requires(Permission.PARTIES_EDIT)
def party_cell_save(party_id: uuid.UUID, slot: str) -> Response:
    """Write the address; one that came back before, or looks misspelt, is pointed out first."""
    party, form = party_for(party_id, Permission.PARTIES_EDIT), CellForm()
    if not form.validate_on_submit():
        return _page(party, slot, form, status=422)
    try:
        change_cell(
            party=party,
            slot=EmailSlot(slot),
            address=form.address.data or "",
            seen=form.seen.data or "",
            by=visitors.actor(),
            is_sure=bool(form.is_sure.data),
        )
    except Stale as stale:
        return _conflict(party, slot, form, stale)
    except Refused as refusal:
        return _page(party, slot, form, blamed(form, refusal), doubtful=isinstance(refusal, Doubtful), status=422)
    flash(_("L’adresse « %(slot)s » est enregistrée.", slot=slot_words()[slot]), "success")
    return go(url_for("backoffice.party", party_id=party.id))


@backoffice.post(f"/parties/<uuid:party_id>/address/<{SLOTS}:slot>/retry")
@requires(Permission.PARTIES_EDIT)
def party_cell_retry(party_id: uuid.UUID, slot: str) -> Response:
    """« Essayer à nouveau »: what came back leaves once more."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    retry_cell(party=party, slot=EmailSlot(slot), by=visitors.actor())
    flash(_("L’adresse est remise en service. Le dernier message rejeté repart."), "success")
    return go(url_for("backoffice.party", party_id=party.id))


def _stands(party: Party, slot: str) -> str:
    if slot not in party.family.slots:
        abort(404)
    return next((cell.address for cell in party.cells if cell.slot == slot), "")


def _conflict(party: Party, slot: str, form: CellForm, stale: Stale) -> Response:
    """Both addresses, who saved the other one and when; saving again starts from what stands now."""
    query = select(Event).where(
        Event.party_id == party.id, Event.name == "party.address_changed", Event.facts["slot"].astext == slot
    )
    last = db.session.scalars(query.order_by(Event.at.desc()).limit(1)).first()
    form.seen.data, form.seen.raw_data = _stands(party, slot), None
    return _page(
        party,
        slot,
        form,
        status=409,
        stale=stale,
        last=last,
        who=names_of([last.actor]).get(last.actor, "") if last else "",
        rows=[(form.address.label.text, form.seen.data, form.address.data)],
    )


def _page(party: Party, slot: str, form: CellForm, sentence: str = "", *, status: int = 200, **told: Any) -> Response:
    return tab(
        "backoffice/parties/cell.html",
        party,
        status=status,
        form=form,
        slot=slot,
        slot_words=slot_words(),
        state=next(each for each in cell_states(party) if each.slot == slot),
        sentence=sentence,
        **told,
    )
