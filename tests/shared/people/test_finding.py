"""What a person types finds the party whose code, name, word of the name or address begins so."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.extensions import db
from shared.people.finding import matching
from shared.people.models import Party
from tests.factories import office, post
from tests.factories.office import customer

pytestmark = pytest.mark.usefixtures("app")


def found(typed: str) -> list[str]:
    return sorted(db.session.scalars(select(Party.name).where(*matching(typed))))


@pytest.fixture(autouse=True)
def _parties(app: Flask) -> None:
    post.an_installation()
    office.an_installation()
    customer("NOIR-7", "L’atelier du Bois Noir")
    customer("4", "Garage O'Brien & fils")
    customer("41", "Noirmoutier 'Voiles' : 100 % \\ lin")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("noir", ["L’atelier du Bois Noir", "Noirmoutier 'Voiles' : 100 % \\ lin"]),
        ("NOIRM", ["Noirmoutier 'Voiles' : 100 % \\ lin"]),
        ("bois no", ["L’atelier du Bois Noir"]),
        ("l'atelier", ["L’atelier du Bois Noir"]),
        ("noir bois", []),  # in another order
        ("is noir", []),  # a word is not found by its end
        ("o'br", ["Garage O'Brien & fils"]),
        ("& fils", ["Garage O'Brien & fils"]),
        ("'voiles", ["Noirmoutier 'Voiles' : 100 % \\ lin"]),
        ("100 %", ["Noirmoutier 'Voiles' : 100 % \\ lin"]),
        ("\\", ["Noirmoutier 'Voiles' : 100 % \\ lin"]),
        (":*", []),
        ("! | &", []),
        ("'", ["Noirmoutier 'Voiles' : 100 % \\ lin"]),
        ("4", ["Garage O'Brien & fils", "Noirmoutier 'Voiles' : 100 % \\ lin"]),
        ("noir-7", ["L’atelier du Bois Noir"]),
        ("x" * 5_000, []),
        ("é " * 3_000, []),
    ],
)
def test_a_word_of_the_name_is_found_by_how_it_begins(typed: str, names: list[str]) -> None:
    assert found(typed) == names
