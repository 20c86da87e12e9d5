"""A party is made once, with a code of its own, numbers that can exist and addresses that can be written to."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.people.cards import Card
from shared.people.models import Consent, ConsentState, EmailSlot, Party
from shared.people.registering import register
from shared.people.shipping import ship_families
from tests.factories import office

SHOP = Card(
    code="4",
    name="Ma jolie boutique",
    siret="732 829 320 00074",
    vat_number="FR 44 732829320",
    addresses={slot: f"{slot.value}@boutique.fr" for slot in EmailSlot},
)


@pytest.fixture(autouse=True)
def installation(app: Flask) -> None:
    ship_families()


def test_the_shop_is_registered_with_its_four_cells() -> None:
    party = register(family=office.family(), card=SHOP, by="command")

    assert (party.code, party.code_sort, party.siret, party.vat_number) == (
        "4",
        "000000000004",
        "73282932000074",
        "FR44732829320",
    )
    assert {cell.slot: cell.address for cell in party.cells} == {s: f"{s.value}@boutique.fr" for s in EmailSlot}


def test_a_business_is_supposed_to_accept_as_its_family_says() -> None:
    party = register(family=office.family(), card=SHOP, by="command")

    rows = db.session.scalars(select(Consent).where(Consent.party_id == party.id)).all()
    assert {(row.document_class, row.state) for row in rows} == {
        ("invoice", ConsentState.ACCEPTED),
        ("quote", ConsentState.ACCEPTED),
    }


def test_a_consumer_and_an_employee_are_supposed_nothing() -> None:
    register(family=office.family(), card=Card(code="P1", name="Camille Martin", is_business=False), by="command")
    register(family=office.family("employees"), card=Card(code="S1", name="Léa Petit"), by="command")

    assert db.session.scalar(select(func.count()).select_from(Consent)) == 0


def test_the_same_sending_makes_one_party() -> None:
    key = uuid7()
    first = register(family=office.family(), card=SHOP, by="command", party_id=key)

    assert register(family=office.family(), card=SHOP, by="command", party_id=key) is first
    assert db.session.scalar(select(func.count()).select_from(Party)) == 1


@pytest.mark.parametrize(
    ("field", "card"),
    [
        ("code", Card(code=" ", name="Alpha")),
        ("name", Card(code="A", name=" ")),
        ("siret", Card(code="A", name="Alpha", siret="73282932000075")),
        ("siret", Card(code="A", name="Alpha", siret="1234")),
        ("vat_number", Card(code="A", name="Alpha", vat_number="FR00732829320")),
        ("email_quote", Card(code="A", name="Alpha", addresses={EmailSlot.QUOTE: "pas une adresse"})),
        ("name", Card(code="A", name="Al\x07pha")),
    ],
)
def test_what_is_wrong_is_refused_on_its_field(field: str, card: Card) -> None:
    with pytest.raises(Refused) as refusal:
        register(family=office.family(), card=card, by="command")

    assert refusal.value.field == field


def test_a_code_belongs_to_one_party_of_a_family() -> None:
    register(family=office.family(), card=Card(code="Été 4", name="Alpha"), by="command")

    with pytest.raises(Refused, match="déjà celui de « Alpha »"):
        register(family=office.family(), card=Card(code="ETE 4", name="Bêta"), by="command")
    register(family=office.family("suppliers"), card=Card(code="ETE 4", name="Bêta"), by="command")


def test_shipping_the_families_twice_adds_nothing() -> None:
    assert ship_families() == 0
