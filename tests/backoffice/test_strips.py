"""The strips above an open page follow what happens, and keep nobody signed in."""

from datetime import UTC, datetime, timedelta

from bs4 import BeautifulSoup
from sqlalchemy import select, update

from shared.clock import now
from shared.engines.models import EngineState
from shared.extensions import db
from shared.people.models import StaffSession
from tests.factories.identity import Browser
from tests.house.test_queries import questions

DOWN = "Le serveur de messagerie ne répond pas"
HTMX = {"HX-Request": "true", "HX-Target": "div#strips"}


def down(at: datetime) -> None:
    db.session.merge(EngineState(name="smtp", up=False, reason="…", since=at, checked_at=now()))
    db.session.commit()


def asked_by(page: str) -> str:
    """The address that the strips of this page ask again."""
    strips = BeautifulSoup(page, "html5lib").select_one("#strips")
    assert strips is not None and strips["hx-trigger"] == "every 60s" and strips["hx-swap"] == "outerHTML"
    return str(strips["hx-get"])


def test_the_strip_says_since_which_day(browser: Browser) -> None:
    down(datetime(2026, 3, 5, 10, 7, tzinfo=UTC))
    assert f"{DOWN} depuis le 5 mars 2026 à 11:07" in browser.get("/backoffice/").text.replace("\xa0", " ")


def test_an_open_page_learns_of_it_within_a_minute_and_of_its_end(browser: Browser) -> None:
    url = asked_by(browser.get("/backoffice/").text)
    assert browser.get(url, headers=HTMX).status_code == 204, "nothing is swapped while nothing changes"
    down(now())
    told = browser.get(url, headers=HTMX)
    assert told.status_code == 200 and DOWN in told.text and "<html" not in told.text
    again = asked_by(told.text)
    with questions() as seen:
        assert browser.get(again, headers=HTMX).status_code == 204
    assert len(seen) <= 3, seen
    db.session.execute(update(EngineState).values(up=True))
    db.session.commit()
    over = browser.get(again, headers=HTMX)
    assert over.status_code == 200 and DOWN not in over.text


def test_asking_keeps_nobody_signed_in_and_sends_nobody_away(browser: Browser) -> None:
    """Two hours without a click end the session: an open page must not hold it, nor throw away what is typed in it."""
    url = asked_by(browser.get("/backoffice/").text)
    long_ago = now() - timedelta(minutes=30)
    db.session.execute(update(StaffSession).values(seen_at=long_ago))
    db.session.commit()
    down(now())
    assert browser.get(url, headers=HTMX).status_code == 200
    assert db.session.scalars(select(StaffSession.seen_at)).one() == long_ago
    db.session.execute(update(StaffSession).values(seen_at=now() - timedelta(hours=3)))
    db.session.commit()
    over = browser.get(url, headers=HTMX)
    assert over.status_code == 204 and "HX-Redirect" not in over.headers and "Set-Cookie" not in over.headers
    assert "Votre session s’est terminée" in browser.get("/backoffice/", follow_redirects=True).text
