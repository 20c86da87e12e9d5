"""« Comparer avec le portail »: the three lists, and what repairs them."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from shared.documents import comparing, publishing, repairing
from shared.documents.comparison_models import Comparison, Difference, Finding
from shared.documents.differing import differing, tallies
from shared.documents.finding import standings
from shared.documents.models import Document, Publication, StoredObject, Version
from shared.documents.standing import Standing
from shared.documents.storage import original_key, storage
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import ConsentState, EmailSlot, Party
from shared.people.scopes import Scope, scope_of
from tests.factories import office, post
from tests.factories.counter import a_seat
from tests.factories.identity import a_clerk
from tests.factories.office import BY, customer, filed, folder


@pytest.fixture
def scope(app: Flask) -> Scope:
    post.an_installation()
    office.an_installation()
    return scope_of(a_clerk(), "backoffice:documents:see")


def compared(scope: Scope, party: Party | None = None) -> Comparison:
    made = comparing.compare(family=office.family(), scope=scope, by=BY, party=party)
    while comparing.advance(comparison_id=made.id):
        pass
    assert made.finished_at is not None and made.done == made.total
    return made


def lists(scope: Scope, made: Comparison) -> dict[str, list[str]]:
    return {
        each.value: [row.title for row in differing(scope=scope, comparison=made, difference=each).rows]
        for each in Difference
    }


def stand(document: Document) -> Standing:
    return standings([document.id])[document.id]


def spoil(document: Document, data: bytes | None = None) -> None:
    """Lose the object, or write other bytes under its name."""
    sha256 = db.session.scalars(select(Version.sha256).where(Version.document_id == document.id)).one()
    storage().delete(original_key(sha256))
    if data is not None:
        path = storage().path(original_key(sha256))  # type: ignore[attr-defined]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.mark.row("P-65")
def test_the_three_lists_and_their_repair(scope: Scope) -> None:
    party = customer(addresses={EmailSlot.BILLING: "compta@exemple.fr"})
    a_seat(party)
    fine, removed = (
        filed(party, folder(), b"un", title="Bien"),
        filed(party, folder(), b"deux", title="Publication ôtée"),
    )
    lost, altered = filed(party, folder(), b"trois", title="Perdu"), filed(party, folder(), b"quatre", title="Altéré")
    stays = filed(party, folder("c.contracts"), b"cinq", title="Répertoire fermé")
    withdrawn = filed(party, folder(), b"six", title="Retiré exprès")
    publishing.withdraw(document=withdrawn, by=BY)
    db.session.execute(delete(Publication).where(Publication.document_id == removed.id))
    folder("c.contracts").on_portal = False  # behind the back of « Portail », which would have withdrawn it
    spoil(lost), spoil(altered, b"autre")
    db.session.flush()
    assert stand(removed) is Standing.MISSING and stand(fine) is Standing.AVAILABLE
    assert stand(withdrawn) is Standing.OFF
    made = compared(scope)
    assert lists(scope, made) == {
        "missing": ["Publication ôtée"],
        "extra": ["Répertoire fermé"],
        "different": ["Perdu", "Altéré"],
    }
    before = db.session.scalars(select(Version.sha256).where(Version.document_id == removed.id)).one()
    messages = len(db.session.scalars(select(Notification.id)).all())
    repairing.repair_all(comparison=made, by=BY)
    while repairing.advance_repair(comparison_id=made.id):
        pass
    assert stand(removed) is Standing.AVAILABLE and stand(stays) is Standing.OFF
    assert db.session.scalars(select(Version.sha256).where(Version.document_id == removed.id)).one() == before
    restored = db.session.scalars(select(Event).where(Event.name == "document.restored")).one()
    assert restored.facts["sha256"] == before == hashlib.sha256(b"deux").hexdigest()
    assert len(db.session.scalars(select(Notification.id)).all()) == messages, "told once, not twice"
    left = tallies(scope=scope, comparison=made)
    assert (left[Difference.MISSING].left, left[Difference.EXTRA].left, left[Difference.DIFFERENT].left) == (0, 0, 2)


@pytest.mark.row("P-65")
def test_a_lost_object_is_reported_and_filed_again_with_the_same_bytes_only(scope: Scope) -> None:
    document = filed(customer(), folder(), b"les octets", title="Perdu")
    spoil(document)
    compared(scope)
    assert stand(document) is Standing.DIFFERENT
    with pytest.raises(Refused, match="déposez de nouveau"):
        repairing.repair(document=document, by=BY)
    with pytest.raises(Refused, match="empreinte"):
        repairing.file_again(document=document, data=b"d'autres", by=BY)
    assert stand(document) is Standing.DIFFERENT
    repairing.file_again(document=document, data=b"les octets", by=BY)
    assert stand(document) is Standing.AVAILABLE
    assert lists(scope, compared(scope))["different"] == []


def test_what_waits_and_what_is_held(scope: Scope) -> None:
    held = filed(customer(consent=ConsentState.REQUESTED), folder(), title="Retenu")
    office.manual_mode()
    waiting = filed(customer(), folder("c.contracts"), title="En attente")
    assert stand(held) is Standing.HELD and stand(waiting) is Standing.MISSING
    made = compared(scope)
    assert lists(scope, made)["missing"] == ["En attente"]
    repairing.repair_all(comparison=made, by=BY)
    while repairing.advance_repair(comparison_id=made.id):
        pass
    row = differing(scope=scope, comparison=made, difference=Difference.MISSING).rows[0]
    assert "Synchroniser" in row.outcome and row.settled_at is None and made.repaired_at is not None


def test_it_goes_on_where_it_stopped_and_reads_an_object_once(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    party = customer()
    for number in range(7):
        filed(party, folder("c.contracts"), b"les memes" if number % 2 else b"", title=f"n{number}")
    monkeypatch.setattr(comparing, "BATCH", 3)
    made = comparing.compare(family=office.family(), scope=scope, by=BY)
    again = comparing.compare(family=office.family(), scope=scope, by=BY)
    assert again.id == made.id, "asked twice, it runs once"
    assert comparing.advance(comparison_id=made.id) and made.done == 3
    assert comparing.unfinished() == [made.id]
    while comparing.advance(comparison_id=made.id):
        pass
    assert made.done == made.total == 7 and comparing.unfinished() == []
    newer = compared(scope)
    assert db.session.scalars(select(Comparison.id)).all() == [newer.id]


def test_of_one_party_and_of_my_folders_only(scope: Scope) -> None:
    alpha, beta = customer(), customer()
    for party in (alpha, beta):
        spoil(filed(party, folder(), title=party.code))
    made = compared(scope, alpha)
    assert lists(scope, made)["different"] == [alpha.code] and made.total == 1
    nothing = Scope(())
    assert lists(nothing, made)["different"] == []
    assert comparing.latest(family_id=office.family().id, party_id=alpha.id, scope=nothing) is None
    assert comparing.latest(family_id=office.family().id, party_id=alpha.id, scope=scope) is made
    with pytest.raises(Refused):
        comparing.compare(family=office.family(), scope=nothing, by=BY)


def test_an_object_of_another_size_than_its_version_is_different(scope: Scope) -> None:
    document = filed(customer(), folder())
    db.session.execute(update(StoredObject).values(size=StoredObject.size + 1))
    assert stand(document) is Standing.DIFFERENT
    assert db.session.scalars(select(Finding.id)).all() == []
