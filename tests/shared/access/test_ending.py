"""What ends with an access, and what is forgotten in time."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shared.access import granting, sweeping
from shared.access.models import LinkPurpose, PortalSession
from shared.clock import now
from shared.documents.models import Document
from shared.extensions import db
from tests.factories.counter import a_document, a_folder, a_link
from tests.factories.identity import Browser, a_holder, a_mailed_link, path_of


@pytest.mark.row("P-38")
def test_unticking_ends_sessions_and_links_and_keeps_the_documents(app: Flask) -> None:
    seat = a_holder("C1")
    document = a_document(seat.party, a_folder())
    document_link = a_link(document)
    paths = [path_of(document_link), path_of(a_mailed_link(seat, LinkPurpose.TARGET, target="home"))]
    reset = path_of(a_mailed_link(seat, LinkPurpose.RESET))
    browser, reader = Browser(app), Browser(app)
    browser.sign_in("C1")
    reader.get(paths[0])
    page = reader.post(paths[0], proof="C1").location
    assert browser.is_in and reader.get(page).status_code == 200
    granting.withdraw(access=seat.access, by="command")
    assert browser.client.get("/account").status_code == 303
    assert reader.client.get(page).status_code == 303
    assert [Browser(app).get(path).status_code for path in (*paths, reset)] == [410] * 3
    assert Browser(app).sign_in("C1").status_code == 422
    assert db.session.get(Document, document.id)


def test_old_sessions_are_forgotten_and_open_ones_stay(app: Flask) -> None:
    a_holder("C1")
    old, recent = Browser(app), Browser(app)
    with time_machine.travel(now() - timedelta(days=40)):
        old.sign_in("C1")
    recent.sign_in("C1")
    assert sweeping.forget() >= 1
    assert db.session.scalar(select(func.count()).select_from(PortalSession)) == 1 and recent.is_in
