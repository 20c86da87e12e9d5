"""The master switch on screen: said on every page, asked before anything is decided, refused to readers."""

from datetime import timedelta

import pytest
from flask import Flask

from shared.clock import midnight, today
from shared.extensions import db
from shared.notifications.models import Reason, Status
from shared.settings.reading import company
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


@pytest.mark.row("P-28")
@pytest.mark.parametrize(("then", "states"), [("send", ("waiting", "waiting")), ("recent", ("cancelled", "waiting"))])
def test_what_waits_leaves_whole_or_from_a_day_on(browser: Browser, then: str, states: tuple[str, ...]) -> None:
    browser.get(URL)
    browser.post(f"{URL}/{office.family().id}", hold="on")
    old, new = (
        post.lines(post.announced(post.a_customer(), post.invoices(), f"FA-{number}"))[0] for number in range(2)
    )
    old.created_at = midnight(today() - timedelta(days=2), company().time_zone) - timedelta(seconds=1)
    new.created_at = midnight(today() - timedelta(days=2), company().time_zone)
    db.session.flush()
    shown = browser.get(URL).text
    assert "Tous partent" in shown and "Depuis le" in shown and "Que deviennent les 2 messages" in shown
    typed = {"then": then, "since": (today() - timedelta(days=2)).isoformat() if then == "recent" else ""}
    assert browser.post(f"{URL}/{office.family().id}", **typed).status_code == 303
    db.session.expire_all()
    assert (old.status, new.status) == states
    assert {line.reason for line in (old, new)} == {Reason.NONE}
    told = browser.get(URL).text
    assert ("2 messages repartent." if then == "send" else "1 message repart, 1 est annulé.") in told
    assert "Les notifications partent" in told


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
