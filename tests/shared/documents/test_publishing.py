"""When a document reaches the portal, what holds it, and how it leaves."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.documents import moving, publishing, sharing
from shared.documents.models import Document, Publication
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.people.consenting import set_state
from shared.people.models import ConsentState
from tests.factories.office import BY, an_installation, customer, filed, folder, manual_mode, synchronise

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _installation(app: Flask) -> None:
    an_installation()


def happened(document: Document) -> list[str]:
    db.session.flush()
    query = select(Event.name).where(Event.document_id == document.id).order_by(Event.id)
    return list(db.session.scalars(query))


def standing(document: Document) -> Publication:
    found = publishing.current(document.id)
    assert found is not None
    return found


def test_automatic_mode_publishes_at_once() -> None:
    document = filed(customer(), folder())
    assert standing(document).live_at is not None
    assert happened(document) == ["document.filed", "document.published"]
    publishing.publish(document=document, by=BY)
    assert len(document.publications) <= 1 and happened(document).count("document.published") == 1


@pytest.mark.row("P-08")
def test_manual_mode_waits_for_the_synchronisation() -> None:
    manual_mode()
    document = filed(customer(), folder())
    assert (standing(document).live_at, standing(document).held_because) == (None, "synchronisation")
    assert "document.published" not in happened(document)
    assert publishing.make_live() == 0, "nobody clicked yet"
    assert not publishing.is_due()
    synchronise()
    assert publishing.make_live() == 0, "all is done"
    assert standing(document).live_at is not None
    assert happened(document)[-1] == "document.published"
    assert publishing.make_live() == 0


@pytest.mark.row("P-61")
@pytest.mark.parametrize("where", ["c.invoices", "c.quotes"])
def test_only_accepted_publishes_invoices_and_quotes(where: str) -> None:
    party = customer(consent=ConsentState.REQUESTED)
    held, free = filed(party, folder(where)), filed(party, folder("c.contracts"))
    assert standing(held).held_because == "consent_requested" and standing(held).live_at is None
    assert standing(free).live_at is not None
    assert publishing.make_live() == 0, "a synchronisation must not get past the agreement"
    set_state(party=party, document_class=folder(where).document_class, state=ConsentState.REFUSED, by=BY)
    assert standing(held).held_because == "consent_refused"
    set_state(party=party, document_class=folder(where).document_class, state=ConsentState.ACCEPTED, by=BY)
    assert standing(held).live_at is not None
    assert happened(held) == ["document.filed", "document.held", "document.held", "document.published"]


def test_agreement_in_manual_mode_still_waits_for_the_button() -> None:
    manual_mode()
    party = customer(consent=ConsentState.REQUESTED)
    document = filed(party, folder())
    set_state(party=party, document_class="invoice", state=ConsentState.ACCEPTED, by=BY)
    assert standing(document).held_because == "synchronisation"
    synchronise()
    assert standing(document).live_at is not None


def test_withdrawing_never_waits_and_putting_back_tells_nobody_again() -> None:
    manual_mode()
    document = filed(customer(), folder())
    synchronise()
    publishing.withdraw(document=document, by=BY)
    assert publishing.current(document.id) is None
    with pytest.raises(Refused):
        publishing.withdraw(document=document, by=BY)
    publishing.publish(document=document, by=BY)
    synchronise()
    names = happened(document)
    assert names.count("document.published") == 1 and names[-2:] == ["document.withdrawn", "document.restored"]


@pytest.mark.row("P-12")
def test_an_unshared_folder_takes_all_its_documents_off_and_brings_them_back() -> None:
    party, invoices = customer(), folder()
    first, second, kept_off = filed(party, invoices), filed(customer(), invoices), filed(party, invoices)
    elsewhere = filed(party, folder("c.contracts"))
    publishing.withdraw(document=kept_off, by=BY)
    invoices.on_portal = False
    assert sharing.unshare(folder=invoices, by=BY) == 2
    assert publishing.current(first.id) is publishing.current(second.id) is None
    assert standing(elsewhere).live_at is not None
    later = filed(party, invoices)
    assert publishing.current(later.id) is None
    with pytest.raises(Refused):
        publishing.publish(document=later, by=BY)
    invoices.on_portal = True
    assert sharing.share(folder=invoices, by=BY) == 3
    assert all(standing(each).live_at for each in (first, second, later))
    assert publishing.current(kept_off.id) is None, "what staff withdrew does not come back with the folder"
    assert happened(first).count("document.published") == 1, "nobody is told twice"
    assert "document.published" not in happened(later)


def test_sharing_again_respects_agreement_and_mode() -> None:
    manual_mode()
    invoices = folder()
    never_live, refusing = filed(customer(), invoices), filed(customer(consent=ConsentState.REFUSED), invoices)
    invoices.on_portal = False
    sharing.unshare(folder=invoices, by=BY)
    assert publishing.make_live() == 0
    invoices.on_portal = True
    sharing.share(folder=invoices, by=BY)
    assert standing(never_live).held_because == "synchronisation"
    assert standing(refusing).held_because == "consent_refused"
    synchronise()
    assert happened(never_live)[-1] == "document.published", "its first time on the portal is announced"
    assert standing(refusing).live_at is None


def test_moving_follows_the_folder() -> None:
    document = filed(customer(), folder("c.contracts"))
    former = standing(document)
    moving.move(document=document, folder=folder("c.to_sign"), by=BY)
    assert standing(document) is former, "links and readings keep their publication"
    folder("c.quotes").on_portal = False
    moving.move(document=document, folder=folder("c.quotes"), by=BY)
    assert publishing.current(document.id) is None
    moving.move(document=document, folder=folder("c.contracts"), by=BY)
    assert standing(document).live_at is not None
    with pytest.raises(Refused):
        moving.move(document=document, folder=folder("e.contracts"), by=BY)
    with pytest.raises(Refused):
        moving.move(document=document, folder=folder("c.contracts"), by=BY)


def test_moving_a_held_document_frees_it() -> None:
    document = filed(customer(consent=ConsentState.REQUESTED), folder())
    moving.move(document=document, folder=folder("c.contracts"), by=BY)
    assert standing(document).live_at is not None
