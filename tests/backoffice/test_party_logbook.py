"""The « Cahier de liaison » of a party: everything that passed, in the order in which it passed."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import now
from shared.documents import publishing
from shared.documents.reading import Reader, find, opened
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.people.logbook import entries
from shared.people.models import Party
from shared.people.scopes import scope_of
from tests.factories import counter, office
from tests.factories.company import Company, a_company
from tests.factories.identity import Browser, a_clerk, signed_in


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(3)


@pytest.fixture
def browser(app: Flask, company: Company) -> Browser:
    return signed_in(app)


@pytest.fixture
def party(company: Company) -> Party:
    return company.customer.party


@pytest.mark.row("P-43")
def test_the_line_of_time_shows_notice_delivery_and_view_in_order(
    browser: Browser, party: Party, company: Company
) -> None:
    document = counter.a_document(party, office.folder("c.invoices"), "Facture du jour", "FJ-1", live=False)
    url = f"/backoffice/parties/{party.id}/logbook"
    publishing.publish(document=document, by=office.BY)
    db.session.flush()
    row = db.session.scalars(
        select(Notification)
        .where(Notification.event == "document.published", Notification.party_id == party.id)
        .order_by(Notification.created_at.desc())
    ).first()
    assert row is not None
    row.status, row.sent_at, row.ended_at = Status.DELIVERED, now(), now()
    row.subject, row.address = "Votre facture est là", "compta@boutique.example"
    db.session.flush()
    reader = Reader(by=f"account:{company.customer.account_id}", seat=company.customer)
    sheet = find(document_id=document.id, reader=reader)
    assert sheet is not None
    opened(sheet=sheet, reader=reader)
    key = _key(browser.get(url).text)
    browser.post(url, key=key, kind="call", text="A bien reçu la facture")

    text = browser.get(url).text
    order = [
        "A bien reçu la facture",
        "Document ouvert : Facture du jour",
        "Message : remis",
        "Message envoyé",
        "Message préparé",
        "Document mis à disposition : Facture du jour",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "Document ouvert" not in browser.get(f"{url}?kind=notes").text.partition('id="results"')[2]
    assert "A bien reçu" in browser.get(f"{url}?kind=notes").text


def test_the_line_of_time_is_read_by_key_and_loses_nothing(app: Flask, browser: Browser, party: Party) -> None:
    clerk = a_clerk(email="deux@exemple.fr")
    whole = entries(party.id, seen=scope_of(clerk, "backoffice:documents:see"), notices=True, size=500)
    seen, after = [], ""
    while True:
        part = entries(party.id, seen=scope_of(clerk, "backoffice:documents:see"), notices=True, after=after, size=3)
        seen += part.entries
        if part.after is None:
            break
        after = part.after
    assert seen == whole.entries
    assert len(seen) > 6


def _key(text: str) -> str:
    found = re.search(r'name="key"[^>]*value="([^"]+)"', text)
    assert found
    return found[1]
