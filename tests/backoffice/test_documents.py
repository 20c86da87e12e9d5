"""The page of one document, and what staff do there."""

import pytest
from sqlalchemy import delete, func, select

from shared.access.models import Seat
from shared.documents import publishing, reading
from shared.documents.models import Document, Download, Notify, StoredObject, Version
from shared.documents.reading import Reader
from shared.documents.storage import original_key, storage
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import NotificationDocument, Reason
from shared.notifications.rule_models import Cause
from shared.people.models import ConsentState
from tests.factories import office, post
from tests.factories.counter import a_seat
from tests.factories.identity import Browser
from tests.factories.office import customer, filed, folder, text_file
from tests.shared.documents.corpus import pdf


def url_of(document: Document) -> str:
    return f"/backoffice/documents/{document.id}"


def test_a_view_by_staff_is_never_a_reading(browser: Browser) -> None:
    document = filed(customer(), folder("c.contracts"), pdf(), "contrat.pdf")
    a_seat(document.party)
    for path in ("", "/file", "/pages/1?width=720"):
        assert browser.client.get(url_of(document) + path).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Download)) == 0
    names = db.session.scalars(select(Event.name).where(Event.document_id == document.id)).all()
    assert "document.opened" not in names and "document.downloaded" not in names
    assert "jamais" in browser.get(url_of(document)).text


def test_publish_withdraw_and_their_refusals(browser: Browser) -> None:
    document = filed(customer(), folder("c.contracts"))
    browser.get(url_of(document))
    assert browser.post(url_of(document) + "/withdraw").status_code == 303
    assert publishing.current(document.id) is None
    browser.post(url_of(document) + "/withdraw")
    assert "rien à retirer" in browser.get(url_of(document)).text
    browser.post(url_of(document) + "/publish")
    assert publishing.current(document.id) is not None
    folder("c.contracts").on_portal = False
    publishing.withdraw(document=document, by=office.BY)
    browser.post(url_of(document) + "/publish")
    assert "n’est pas partagé" in browser.get(url_of(document)).text


@pytest.mark.row("P-61")
def test_a_held_invoice_says_why(browser: Browser) -> None:
    asked = filed(customer(consent=ConsentState.REQUESTED), folder())
    refused = filed(customer(consent=ConsentState.REFUSED), folder())
    assert "« En demande »" in browser.get(url_of(asked)).text
    assert "refusé la dématérialisation" in browser.get(url_of(refused)).text


@pytest.mark.row("P-64")
def test_a_silent_document_names_the_missing_condition(browser: Browser) -> None:
    contracts = folder("c.contracts")
    party = customer(name="Sans Adresse")
    without_access = filed(party, contracts)
    assert "l’ouverture de l’accès du tiers" in browser.get(url_of(without_access)).text
    a_seat(party)
    without_address = filed(party, contracts)
    for notice in post.lines(without_address):
        notice.reason = Reason.NO_ADDRESS  # what the round of sending finds
    db.session.flush()
    assert "Aucune adresse : complétez la fiche du tiers" in browser.get(url_of(without_address)).text
    for notice in post.lines(without_address):
        db.session.execute(delete(Cause).where(Cause.notification_id == notice.id))
        db.session.execute(delete(NotificationDocument).where(NotificationDocument.notification_id == notice.id))
    assert "La cellule « fiche » de « Sans Adresse » est vide." in browser.get(url_of(without_address)).text
    contracts.notify = Notify.NONE
    quiet = filed(customer(), contracts)
    assert "« Contrats » ne notifie pas" in browser.get(url_of(quiet)).text
    contracts.on_portal = False
    off = filed(customer(), contracts)
    assert "tant que le document n’est pas sur le portail" in browser.get(url_of(off)).text


def test_moving_keeps_the_document_and_refuses_another_family(browser: Browser) -> None:
    document = filed(customer(), folder("c.contracts"))
    browser.get(url_of(document) + "/move")
    assert browser.post(url_of(document) + "/move", folder_id=folder("c.to_sign").id).status_code == 303
    assert db.session.scalar(select(Document.folder_id)) == folder("c.to_sign").id
    browser.get(url_of(document) + "/move")
    answer = browser.post(url_of(document) + "/move", folder_id=folder("s.orders").id)
    assert answer.status_code == 422 and "autre famille" in answer.text
    assert browser.post(url_of(document) + "/move", folder_id="rien").status_code == 400


@pytest.mark.parametrize("harm", ["lost", "altered", "shorter"])
def test_lost_or_altered_bytes_are_never_served_and_raise_one_alert(browser: Browser, harm: str) -> None:
    data = text_file("x" * 50)
    document = filed(customer(), folder("c.contracts"), data)
    sha256 = db.session.scalars(select(Version.sha256).where(Version.document_id == document.id)).one()
    path = storage().path(original_key(sha256))  # type: ignore[attr-defined]
    path.unlink()
    if harm != "lost":
        path.write_bytes(data[:-1] + b"?" if harm == "altered" else data[:10])
    for _ in range(2):
        answer = browser.get(url_of(document) + "/file")
        assert answer.status_code == 503 and b"xxxx" not in answer.data
    assert db.session.scalar(select(StoredObject.damaged_at).where(StoredObject.sha256 == sha256)) is not None
    alerts = select(func.count()).select_from(Event).where(Event.name == "document.damaged")
    assert db.session.scalar(alerts) == 1
    assert "perdu ou altéré" in browser.get(url_of(document)).text
    office.filed(customer(), folder("c.contracts"), data)
    assert browser.get(url_of(document) + "/file").status_code == 200, "filing the same bytes again mends it"


def test_a_part_of_the_file_may_be_asked_for(browser: Browser) -> None:
    data = text_file("0123456789")
    document = filed(customer(), folder("c.contracts"), data)
    part = browser.get(url_of(document) + "/file", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.data) == (206, data[2:6])


@pytest.mark.row("P-63")
def test_no_notice_is_made_before_the_document_can_be_opened(browser: Browser) -> None:
    office.manual_mode()
    party = post.a_customer()
    seat = db.session.scalars(select(Seat).where(Seat.party_id == party.id)).one()
    document = filed(party, folder())
    reader = Reader(by=office.BY, seat=seat)
    assert reading.find(document_id=document.id, reader=reader) is None and not post.lines(document)
    office.synchronise()
    assert reading.find(document_id=document.id, reader=reader) is not None
    assert [line.party_id for line in post.lines(document)] == [party.id]
    silent = folder("c.contracts")
    silent.notify = Notify.NONE
    assert not post.lines(filed(party, silent)), "only if the folder says so"
