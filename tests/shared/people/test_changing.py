"""Two clerks, one card: nothing is overwritten in silence, and an address that changes is an event."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import now
from shared.errors import Stale
from shared.events.models import Event
from shared.extensions import db
from shared.people.cards import Card
from shared.people.changing import change
from shared.people.consenting import set_state
from shared.people.models import Consent, ConsentState, EmailSlot, Party
from shared.people.shipping import ship_families
from tests.factories import office

CARD = Card(
    code="4", name="Ma jolie boutique", addresses={EmailSlot.CARD: "a@boutique.fr", EmailSlot.BILLING: "c@boutique.fr"}
)


@pytest.fixture
def shop(app: Flask) -> Party:
    ship_families()
    party = office.customer("4", addresses=dict(CARD.addresses))
    return party


def test_the_second_save_from_the_same_revision_is_refused(shop: Party) -> None:
    change(party=shop, card=replace(CARD, name="Ma belle boutique"), revision=1, by="command")

    with pytest.raises(Stale):
        change(party=shop, card=replace(CARD, name="Ma vilaine boutique"), revision=1, by="command")
    assert shop.name == "Ma belle boutique"
    assert _facts("party.changed") == [{"fields": {"name": ["Ma jolie boutique", "Ma belle boutique"]}}]


def test_saving_the_same_card_changes_nothing(shop: Party) -> None:
    change(party=shop, card=CARD, revision=1, by="command")

    assert shop.revision == 1
    assert _facts("party.changed") == []


def test_another_address_starts_afresh_and_is_an_event(shop: Party) -> None:
    cell = next(cell for cell in shop.cells if cell.slot is EmailSlot.BILLING)
    cell.bounced_at, cell.bounces, cell.bounce_reason = now(), 2, "550 inconnue"

    change(
        party=shop,
        card=replace(CARD, addresses={EmailSlot.CARD: "a@boutique.fr", EmailSlot.BILLING: "d@boutique.fr"}),
        revision=1,
        by="command",
    )

    assert (cell.address, cell.bounced_at, cell.bounces, cell.bounce_reason) == ("d@boutique.fr", None, 0, "")
    assert _facts("party.address_changed") == [{"slot": "billing", "before": "c@boutique.fr", "after": "d@boutique.fr"}]


def test_an_emptied_cell_disappears(shop: Party) -> None:
    change(party=shop, card=replace(CARD, addresses={EmailSlot.CARD: "a@boutique.fr"}), revision=1, by="command")
    db.session.flush()

    assert [cell.slot for cell in shop.cells] == [EmailSlot.CARD]


def test_each_decision_keeps_its_author_and_proof(shop: Party) -> None:
    set_state(party=shop, document_class="invoice", state=ConsentState.REFUSED, by="staff:x", proof="Courrier du 3 mai")
    set_state(party=shop, document_class="invoice", state=ConsentState.REFUSED, by="staff:y")

    rows = db.session.scalars(select(Consent).where(Consent.document_class == "invoice").order_by(Consent.id)).all()
    assert [(row.state, row.by, row.proof, row.superseded_at is None) for row in rows] == [
        (ConsentState.ACCEPTED, "command", "Réglage par défaut de la famille à la création", False),
        (ConsentState.REFUSED, "staff:x", "Courrier du 3 mai", True),
    ]


def _facts(name: str) -> list[dict[str, object]]:
    return list(db.session.scalars(select(Event.facts).where(Event.name == name)))
