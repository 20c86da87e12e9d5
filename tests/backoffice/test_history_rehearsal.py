"""« À blanc » in manual mode: what the portal does not have yet is counted too, and exactly that leaves."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from shared import jobs
from shared.access import running
from shared.access.granting import allow, grant, notify
from shared.access.models import Access, Seat
from shared.documents.models import Document, LinkTarget, Notify, Publication
from shared.extensions import db
from shared.marking import mark_of
from shared.notifications.arranging import arrange, standing
from shared.notifications.models import Notification, Reason, Status, Template
from shared.notifications.rehearsing import rehearse
from shared.notifications.sending import drain
from shared.people.models import EmailSlot, Party
from tests.engines import Machine
from tests.factories import office, post
from tests.factories.identity import Browser
from tests.sink import Sink

BY = "command"
_numbers = itertools.count(1)


def a_customer() -> Party:
    number = next(_numbers)
    named = {EmailSlot.CARD: f"fiche{number}@boutique.example", EmailSlot.BILLING: f"f{number}@boutique.example"}
    return office.customer(addresses=named)


def a_red_access(party: Party, *, told: bool = True) -> Access:
    access = grant(party=party, by=BY)
    allow(access=access, by=BY)
    if told:
        notify(access=access, by=BY)
    return access


def wanted(party: Party) -> Document:
    """A document that waits for « Synchroniser »."""
    document = office.filed(party, office.folder("c.invoices"))
    db.session.flush()
    return document


def copied(addresses: str) -> None:
    """On the text that announces an invoice."""
    text = db.session.scalars(select(Template).where(Template.key == "document.published.statement")).one()
    seen = mark_of(standing(text))
    arrange(template=text, label=text.label, family_id=None, kind=text.kind, blind_copies=addresses, seen=seen, by=BY)


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []
    note = lambda *rest: seen.append(rest[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.row("P-70")
def test_in_manual_mode_what_the_rehearsal_counts_is_what_leaves(machine: Machine, sink: Sink) -> None:
    with machine.app.app_context():
        post.an_installation()
        office.manual_mode()
        folder = post.invoices(target=LinkTarget.STATEMENT)
        copied("archive@boutique.example;chef@boutique.example")
        seated, red = post.a_customer(), a_customer()
        wanted(seated)  # a notice and its two copies
        a_red_access(red)  # a message of its own
        wanted(red)  # another, that the new access opens
        post.announced(red, folder, "FA-LATE")  # written before, waits for that access
        wanted(a_customer())  # nobody of it may open anything
        db.session.commit()
        found = rehearse()
        db.session.rollback()
        assert not sink.received and db.session.scalar(select(func.count(Notification.id))) == 1
        assert db.session.scalar(select(func.count(Publication.live_at))) == 1
        assert found.copies == 6 and found.waiting == {Reason.SYNCHRONISATION: 1}
        running.press(by=BY)
        db.session.commit()
        jobs.synchronise()
        assert drain("email") == found.leaving == len(sink.received) == 10
        assert db.session.scalar(select(func.count(Seat.id)).where(Seat.party_id == red.id)) == 1


@pytest.mark.row("P-70")
def test_what_gathers_or_is_held_is_not_said_to_leave(machine: Machine, sink: Sink) -> None:
    with machine.app.app_context():
        post.an_installation()
        office.manual_mode()
        post.invoices(Notify.GROUPED)
        party = post.a_customer()
        wanted(party)
        wanted(party)
        db.session.commit()
        found = rehearse()
        db.session.rollback()
        assert (found.leaving, found.waiting) == (0, {Reason.PLANNED: 1})
        running.press(by=BY)
        db.session.commit()
        jobs.synchronise()
        assert drain("email") == 0
        (line,) = post.lines()
        assert (line.status, line.reason) == (Status.WAITING, Reason.PLANNED)


def test_ten_documents_and_accesses_ask_no_more_than_one(machine: Machine) -> None:
    with machine.app.app_context():
        post.an_installation()
        office.manual_mode()
        post.invoices()
        asked = []
        for number in (1, 10):
            for _each in range(number):
                party = a_customer()
                a_red_access(party)
                wanted(party)
            db.session.commit()
            with statements() as seen:
                rehearse()
            db.session.rollback()
            asked.append(len(seen))
        assert asked[1] <= asked[0], asked


@pytest.mark.row("P-70")
def test_the_page_says_what_would_still_wait_and_counts_the_copies(browser: Browser) -> None:
    office.manual_mode()
    post.invoices()
    copied("archive@boutique.example")
    wanted(post.a_customer())
    wanted(a_customer())
    page = browser.post("/backoffice/history/rehearsal").text
    assert "2 messages partiraient." in page and "Dont 1 copie cachée." in page
    assert "Attendrait encore après « Synchroniser »" in page and "un accès : personne du tiers" in page
    assert "Attend autre chose" not in page
