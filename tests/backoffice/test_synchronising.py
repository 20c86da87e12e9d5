"""« Synchroniser »: one run however often it is pressed, its differences before, its outcome after."""

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared import jobs
from shared.access import running
from shared.access.models import Seat
from shared.documents.models import Publication
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import EmailSlot
from shared.settings.models import SynchronisationRun
from tests.engines import Machine
from tests.factories import office, post
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.faults.conftest import installed


@pytest.fixture
def browser(app: Flask) -> Browser:
    post.an_installation()
    office.manual_mode()
    a_clerk()
    return signed_in(app)


def _wanted(browser: Browser) -> None:
    """A customer whose access and document wait for the button."""
    party = office.customer(
        "4", addresses={EmailSlot.CARD: "a@boutique.example", EmailSlot.BILLING: "b@boutique.example"}
    )
    browser.post(f"/backoffice/access/{party.id}/allow")
    office.filed(party, office.folder("c.invoices"))
    db.session.commit()


@pytest.mark.row("P-08")
def test_manual_mode_waits_and_the_differences_say_for_what(browser: Browser) -> None:
    _wanted(browser)
    jobs.synchronise()
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 0
    assert db.session.scalars(select(Publication.live_at)).all() == [None]

    text = browser.get("/backoffice/synchronising").text
    assert "Ma jolie boutique" in text and "accès à ouvrir" in text
    documents = browser.get("/backoffice/synchronising?list=documents").text
    assert "Ma jolie boutique" in documents and ">Facture<" in documents

    browser.post("/backoffice/synchronise", back="/backoffice/synchronising")
    jobs.synchronise()
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 1
    assert None not in db.session.scalars(select(Publication.live_at)).all()
    assert "Rien ne diffère" in browser.get("/backoffice/synchronising").text
    assert "Rien ne diffère" in browser.get("/backoffice/synchronising?list=documents").text


@pytest.mark.row("P-08")
def test_automatic_mode_needs_no_button(browser: Browser) -> None:
    office.automatic_mode()
    _wanted(browser)
    jobs.synchronise()
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 1
    assert None not in db.session.scalars(select(Publication.live_at)).all()
    assert running.last() is None
    text = " ".join(browser.get("/backoffice/settings/portal").text.split())
    assert "Dernier changement appliqué au portail" in text and "Aucun changement" not in text
    assert "demandée : jamais" not in text


def test_the_last_change_applied_is_said_with_its_time_when_nobody_pressed(browser: Browser) -> None:
    office.automatic_mode()
    assert "Aucun changement n’a encore été appliqué" in browser.get("/backoffice/settings/portal").text
    for name, day in (("access.applied", 3), ("document.published", 5), ("document.withdrawn", 7)):
        db.session.add(Event(name=name, at=datetime(2031, 3, day, 14, 7, tzinfo=UTC), actor="system"))
    db.session.flush()
    for url in ("/backoffice/settings/portal", "/backoffice/synchronising"):
        assert "5 mars 2031" in browser.get(url).text, url


def test_who_has_a_part_of_the_company_does_not_press_for_all_of_it(app: Flask) -> None:
    """A press applies and sends for every family: whoever reaches one would act on what no list of theirs shows."""
    post.an_installation()
    office.manual_mode()
    clerk = a_clerk("manager", enrolled=False)
    clerk.grants[0].family_id = office.family("employees").id
    db.session.flush()
    browser = signed_in(app)
    assert browser.get("/backoffice/synchronising").status_code == 403
    browser.get("/backoffice/")
    for path in ("/backoffice/synchronise", "/backoffice/explorer/synchronise", "/backoffice/history/rehearsal"):
        assert browser.post(path).status_code == 403, path
    for path in ("/backoffice/", "/backoffice/history", "/backoffice/access?family=employees", "/backoffice/explorer"):
        assert "Synchroniser</" not in browser.get(path).text.replace("</span>", "</"), path
    assert db.session.scalar(select(func.count()).where(Event.name == "synchronisation.asked")) == 0


def test_documents_of_reserved_folders_are_counted_before_the_press(browser: Browser) -> None:
    """A run applies them like the others; without a grant that names their folder nobody reads their titles."""
    folder = office.folder("e.payslips")
    party = office.customer("7", "Léa Martin", key="employees")
    office.filed(party, folder)
    db.session.commit()
    text = browser.get("/backoffice/synchronising?list=documents").text
    assert "1 document d’un répertoire réservé attend aussi" in text and "Rien ne diffère" not in text
    assert "Léa Martin" not in text


def test_each_notice_that_waits_says_what_it_announces_and_to_whom(browser: Browser) -> None:
    party = office.customer("4", addresses={EmailSlot.BILLING: "compta@boutique.example"})
    post.announced(party, post.invoices(), "FA-2041")
    db.session.commit()
    text = browser.get("/backoffice/synchronising?list=notices").text
    assert "Document mis à disposition" in text and "Facture FA-2041" in text
    assert "compta@boutique.example" in text and "Ma jolie boutique" in text


def test_the_last_run_says_who_when_and_how_much(browser: Browser) -> None:
    _wanted(browser)
    browser.post("/backoffice/synchronise")
    waiting = browser.get("/backoffice/settings/portal").text
    assert "Synchronisation en cours" in waiting and "0 / 2" in waiting and 'hx-trigger="load delay:1s"' in waiting
    jobs.synchronise()
    run = running.last()
    assert run is not None and (run.accesses, run.documents, run.expected) == (1, 1, 2)
    text = browser.get("/backoffice/settings/portal").text
    assert "Jeanne Roy" in text and "1 accès" in text and "1 document" in text
    assert "hx-trigger" not in text.partition("derniere-synchronisation")[2].partition("</section>")[0]


@pytest.mark.row("P-49")
def test_fifty_quick_clicks_are_one_run_and_double_no_line(browser: Browser) -> None:
    _wanted(browser)
    for click in range(50):
        assert browser.post("/backoffice/synchronise").status_code == 303
        if click in (10, 30):
            jobs.synchronise()
    assert db.session.scalar(select(func.count()).select_from(SynchronisationRun)) == 1
    assert db.session.scalar(select(func.count()).where(Event.name == "synchronisation.asked")) == 1
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 1
    keys = db.session.execute(select(Notification.event, Notification.party_id, Notification.account_id)).all()
    assert len(keys) == len(set(keys))


def test_what_is_wanted_during_a_run_goes_with_the_next_press(browser: Browser) -> None:
    _wanted(browser)
    browser.post("/backoffice/synchronise")
    party = office.customer("5")
    browser.post(f"/backoffice/access/{party.id}/allow")
    browser.post("/backoffice/synchronise")
    jobs.synchronise()
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 2
    assert db.session.scalar(select(func.count()).select_from(SynchronisationRun)) == 1


@pytest.mark.row("P-49")
def test_fifty_clicks_at_once_are_one_run(machine: Machine) -> None:
    browser = installed(machine)
    with machine.app.app_context():
        office.manual_mode()
        db.session.commit()
    browser.get("/backoffice/synchronising")
    statuses: list[int] = []

    def click() -> None:
        answer = browser.client.application.test_client()
        answer._cookies = browser.client._cookies
        posted = answer.post("/backoffice/synchronise", data={"csrf_token": browser.token})
        statuses.append(posted.status_code)

    clicks = [threading.Thread(target=click) for _ in range(50)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert statuses == [303] * 50
    with machine.app.app_context():
        jobs.synchronise()
        assert db.session.scalar(select(func.count()).select_from(SynchronisationRun)) == 1
        assert db.session.scalar(select(func.count()).where(Event.name == "synchronisation.asked")) == 1
        db.session.rollback()
