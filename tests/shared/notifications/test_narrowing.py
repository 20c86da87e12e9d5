"""A search of the history finds the same lines, whether they are gathered by index or met on the way."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from shared.documents.models import Document
from shared.extensions import db
from shared.notifications import narrowing
from shared.notifications.models import Notification
from shared.notifications.narrowing import Filter, Found, conditions, gather
from shared.people.models import Family, Party
from tests.factories import post


@pytest.fixture(autouse=True)
def sent(app: Flask) -> None:
    post.an_installation()
    folder = post.invoices()
    for code, address, number in (
        ("4", "compta@boutique.example", "FA-2026-7"),
        ("5", "b@atelier.example", "FA-2026-8"),
    ):
        party = post.a_customer(code, billing=address)
        party.name, party.name_folded = f"Maison Hôtel {code}", f"maison hotel {code}"
        post.announced(party, folder, number)
    first, second = post.lines()
    first.address = "Compta@boutique.example"
    second.address = "ailleurs@exemple.fr"
    db.session.flush()


def met(text: str, found: Found) -> set[uuid.UUID]:
    query = select(Notification.id).outerjoin(Party, Party.id == Notification.party_id)
    query = query.outerjoin(Family, Family.id == Party.family_id)
    return set(db.session.scalars(query.where(*conditions(Filter(text=text), found))))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("hotel", 2),
        ("HÔTEL", 2),
        ("4", 1),
        ("FA-2026-8", 1),
        ("facture", 2),
        ("compta@", 1),
        ("ailleurs@ex", 1),
        ("atelier.example", 1),
        ("rien", 0),
        ("%", 0),
        ("a'b\\", 0),
    ],
)
def test_every_way_finds_the_same_lines(text: str, number: int) -> None:
    assert db.session.scalars(select(Document.id)).first() is not None
    gathered = gather(text)
    assert isinstance(gathered, list)
    assert met(text, "common") == met(text, None) == met(text, gathered) == set(gathered)
    assert len(gathered) == number


def test_what_many_lines_hold_is_not_brought_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowing, "FEW", 1)
    assert gather("hotel") is None
    monkeypatch.setattr(narrowing, "COMMON", 1)
    assert gather("hotel") == "common"
