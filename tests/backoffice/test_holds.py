"""The master switch on screen: said on every page, asked before anything is decided, refused to readers."""

import pytest
from flask import Flask

from shared.extensions import db
from shared.notifications.models import Status
from tests.factories import office, post
from tests.factories.identity import Browser, a_clerk

URL = "/backoffice/history/holds"


@pytest.mark.row("P-28")
def test_the_switch_is_said_everywhere_and_asks_what_becomes_of_what_waits(app: Flask) -> None:
    post.an_installation()
    a_clerk()
    document = post.announced(post.a_customer(), post.invoices())
    db.session.commit()
    browser = Browser(app)
    browser.sign_in_staff()
    family = office.family()
    browser.get(URL)
    assert browser.post(f"{URL}/{family.id}", hold="on").status_code == 303
    page = browser.get("/backoffice/parties").text
    assert "Notifications désactivées : Clients" in page and "ceux de sécurité partent" in page
    held = browser.get(URL).text
    assert "1 message attend" in held and "Que devient le message qui attend" in held
    assert browser.post(f"{URL}/{family.id}").status_code == 422
    assert browser.post(f"{URL}/{family.id}", then="recent").status_code == 422
    assert browser.post(f"{URL}/{family.id}", then="cancel").status_code == 303
    assert post.lines(document)[0].status is Status.CANCELLED
    assert "Notifications désactivées" not in browser.get("/backoffice/parties").text


def test_a_reader_sees_and_changes_nothing(app: Flask) -> None:
    post.an_installation()
    a_clerk("reader")
    db.session.commit()
    browser = Browser(app)
    browser.sign_in_staff()
    assert "Désactiver les notifications" not in browser.get(URL).text
    assert browser.post(f"{URL}/{office.family().id}", hold="on").status_code == 403
    db.session.expire_all()
    assert office.family().notices_off_at is None
