"""A search of the history finds the same lines, whether they are gathered by index or met on the way."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select, text

from shared.documents.models import Document
from shared.extensions import db
from shared.notifications import narrowing
from shared.notifications.models import Notification
from shared.notifications.narrowing import Filter, Found, conditions, gather
from shared.people.models import Family, Party
from tests.factories import post
from tests.factories.identity import a_clerk, signed_in


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


@pytest.mark.row("P-42")
def test_a_line_that_waits_is_found_by_the_address_of_its_own(app: Flask) -> None:
    """A contact's, or that of a blind copy: no cell holds it, and nothing has left to it yet."""
    first, second = post.lines()
    second.address, second.fixed_address = None, "Direction@holding.example"
    db.session.flush()
    gathered = gather("direction@hold")
    assert gathered == [second.id]
    assert met("direction@hold", "common") == met("direction@hold", None) == {second.id}
    a_clerk()
    page = signed_in(app).get("/backoffice/history?q=direction@hold").text
    assert str(second.id) in page and str(first.id) not in page


def test_the_address_of_its_own_is_looked_for_by_index() -> None:
    index = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_notification_fixed_address'"
    assert "text_pattern_ops" in str(db.session.scalar(text(index)))
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    waiting = narrowing._parts("direction@hold")[1].compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = "\n".join(db.session.scalars(text(f"EXPLAIN {waiting}")))
    assert "ix_notification_fixed_address" in plan, plan
