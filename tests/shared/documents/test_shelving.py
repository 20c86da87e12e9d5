"""What waits for « Synchroniser » is counted folder by folder, wherever documents are moved meanwhile."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.documents import moving, shelving
from shared.documents.models import Folder, Publication
from shared.extensions import db
from shared.people.models import ConsentState, Grant, Party
from shared.people.scopes import Scope
from tests.factories import office, post
from tests.factories.office import BY, customer, filed, folder, manual_mode, synchronise

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _installation(app: Flask) -> None:
    post.an_installation()
    office.an_installation()
    manual_mode()


def waiting(party: Party | None = None) -> list[int]:
    """In the invoices, then in the quotes."""
    invoices, quotes = folder(), folder("c.quotes")
    found = shelving.shelves(
        scope=Scope((Grant(),)), family_id=invoices.family_id, party_id=party.id if party is not None else None
    )
    by_folder = {shelf.id: shelf.waiting for shelf in found}
    return [by_folder[invoices.id], by_folder[quotes.id]]


@pytest.mark.row("P-08")
def test_what_waits_is_counted_where_it_is_filed_now() -> None:
    one, other, refusing = customer(), customer(), customer(consent=ConsentState.REFUSED)
    moved = filed(one, folder())
    filed(one, folder())
    filed(other, folder())
    filed(refusing, folder())  # kept off the portal by a refusal: it does not wait
    assert (waiting(), waiting(one), waiting(other), waiting(refusing)) == ([3, 0], [2, 0], [1, 0], [0, 0])
    moving.move(document=moved, folder=folder("c.quotes"), by=BY)
    assert (waiting(), waiting(one)) == ([2, 1], [1, 1])
    synchronise()
    assert waiting() == [0, 0]


def test_a_publication_is_always_of_the_folder_of_its_document() -> None:
    document = filed(customer(), folder())
    synchronise()
    moving.move(document=document, folder=folder("c.quotes"), by=BY)
    query = select(Folder.shipped_key).join(Publication, Publication.folder_id == Folder.id)
    assert db.session.scalars(query.where(Publication.document_id == document.id)).all() == ["c.quotes"]


def test_no_more_is_counted_than_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    party = customer()
    for _each in range(3):
        filed(party, folder())
    monkeypatch.setattr(shelving, "COUNTED", 2)
    assert (waiting(), waiting(party)) == ([2, 0], [2, 0])
