"""The same lines wherever the history is opened, and on the CSV; what is done to a selection; what would leave."""

import csv
import html
import io
import re

import pytest

from shared.clock import now, today
from shared.extensions import db
from shared.notifications.holding import hold
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.rehearsing import rehearse
from shared.notifications.sending import drain
from tests.engines import Machine
from tests.factories import office as offices
from tests.factories import post
from tests.factories.identity import Browser
from tests.sink import Sink


def rows_of(page: str) -> list[str]:
    """The lines that a page shows, by the address of each."""
    return re.findall(r'href="/backoffice/history/([0-9a-f-]{36})"', page)


def sent(line: Notification) -> Notification:
    line.status, line.sent_at, line.address, line.subject = Status.SENT, now(), "compta@boutique.example", "Facture"
    db.session.flush()
    return line


@pytest.mark.row("P-71")
def test_the_three_ways_in_show_the_same_lines(browser: Browser) -> None:
    party, other = post.a_customer("4"), post.a_customer("12")
    document = post.announced(party, post.invoices(), "FA-1")
    post.announced(party, post.invoices(), "FA-2")
    post.announced(other, post.invoices(), "FA-3")
    everything = rows_of(browser.get(f"/backoffice/history?party={party.id}").text)
    assert len(everything) == 2
    assert rows_of(browser.get(f"/backoffice/parties/{party.id}/notifications").text) == everything
    one = rows_of(browser.get(f"/backoffice/history?document={document.id}").text)
    assert rows_of(browser.get(f"/backoffice/parties/{party.id}/notifications?document={document.id}").text) == one
    assert len(one) == 1 and set(one) < set(everything)
    page = browser.get(f"/backoffice/documents/{document.id}").text
    assert f"/backoffice/history?document={document.id}" in page and set(rows_of(page)) == set(one)
    for window, there in (
        (f"party={party.id}", f"/backoffice/parties/{party.id}/notifications"),
        ("family=customers", "/backoffice/history?family=customers"),
    ):
        assert f'href="{there}"' in browser.get(f"/backoffice/explorer?{window}").text


@pytest.mark.row("P-42")
def test_a_line_is_found_by_party_document_address_state_and_date_and_the_csv_says_the_same(browser: Browser) -> None:
    party = post.a_customer("4711", billing="compta@jolie.example")
    document = post.announced(party, post.invoices(), "FA-2017-0010")
    line = sent(post.lines(document)[0])
    post.announced(post.a_customer("99", billing="autre@ailleurs.example"), post.invoices(), "FA-9")
    day = today().isoformat()
    for narrowed in (
        "q=4711",
        "q=FA-2017-0010",
        "q=compta@jolie",
        "status=sent",
        f"since={day}&until={day}&status=sent",
    ):
        assert rows_of(browser.get(f"/backoffice/history?{narrowed}").text) == [str(line.id)], narrowed
        answer = browser.get(f"/backoffice/history/export.csv?{narrowed}")
        (found,) = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
        assert found["Code"] == "4711" and found["Adresse"] == line.address and found["État"] == "Envoyé"
    assert not rows_of(browser.get("/backoffice/history?since=2001-01-01&until=2001-01-02").text)


def swapped(browser: Browser, url: str) -> str:
    """What a live filter puts in the place of the lines."""
    text = browser.get(url, headers={"HX-Request": "true", "HX-Target": "div#results"}).text
    assert "<html" not in text
    return text


def exported(browser: Browser, page: str) -> list[dict[str, str]]:
    """The file that the button of a page leads to."""
    (link,) = set(re.findall(r'href="(/backoffice/history/export\.csv[^"]*)"', page))
    text = browser.get(html.unescape(link)).text
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.row("P-42")
@pytest.mark.row("P-71")
def test_the_file_is_that_of_the_lines_a_live_filter_shows(browser: Browser) -> None:
    party = post.a_customer("4711", billing="compta@jolie.example")
    for number in range(3):
        sent(post.lines(post.announced(party, post.invoices(), f"FA-{number}"))[0]).subject = f"Facture {number}"
    post.announced(post.a_customer("99"), post.invoices(), "FA-9")
    db.session.flush()
    whole = browser.get("/backoffice/history").text
    assert [row["Message"] for row in exported(browser, whole)][1:] == ["Facture 2", "Facture 1", "Facture 0"]
    fragment = swapped(browser, "/backoffice/history?q=4711&status=sent&since=")
    found = exported(browser, fragment)
    assert [row["Message"] for row in found] == ["Facture 2", "Facture 1", "Facture 0"]
    assert [re.search(row["Message"], fragment).start() for row in found] == sorted(  # type: ignore[union-attr]
        fragment.index(row["Message"]) for row in found
    )
    assert {row["Code"] for row in found} == {"4711"}
    assert "q=4711&amp;status=sent&amp;since=&amp;family=customers" in fragment, "the tabs follow the filter"
    assert 'name="back" id="retour" value="/backoffice/history?q=4711' in fragment
    tab = f"/backoffice/parties/{party.id}/notifications?status=sent"
    assert exported(browser, browser.get(tab).text) == exported(browser, swapped(browser, tab)) == found


@pytest.mark.row("P-45")
def test_lines_are_found_by_what_they_wait_for(browser: Browser) -> None:
    hold(family=offices.family(), by="command")
    post.announced(post.a_customer("4"), post.invoices())
    post.announced(post.a_customer("5", seat=False), post.invoices())
    held = browser.get("/backoffice/history?status=waiting&reason=suspended").text
    assert len(rows_of(held)) == 1 and "Notifications suspendues pour cette famille" in held
    late = browser.get("/backoffice/history?reason=synchronisation").text
    assert len(rows_of(late)) == 1 and "Attend la synchronisation" in late


@pytest.mark.row("P-47")
def test_an_annulment_is_taken_back_within_ten_minutes_and_a_sent_line_offers_none(browser: Browser) -> None:
    line = post.lines(post.announced(post.a_customer(), post.invoices()))[0]
    url = f"/backoffice/history/{line.id}"
    browser.get(url)
    browser.post(f"{url}/cancel")
    assert "Reprendre l’annulation" in browser.get(url).text
    browser.post(f"{url}/restore")
    db.session.refresh(line)
    assert line.status is Status.WAITING and line.reason is Reason.NONE
    sent(line)
    page = browser.get(url).text
    assert "Annuler l’envoi" not in page and "Reprendre" not in page
    browser.post(f"{url}/cancel")
    db.session.refresh(line)
    assert line.status is Status.SENT


@pytest.mark.row("P-47")
@pytest.mark.row("P-48")
def test_a_selection_is_counted_first_and_touches_exactly_its_lines(browser: Browser) -> None:
    waiting = post.lines(post.announced(post.a_customer("4"), post.invoices(), "FA-1"))[0]
    gone = sent(post.lines(post.announced(post.a_customer("5"), post.invoices(), "FA-2"))[0])
    browser.get("/backoffice/history")
    data = {"csrf_token": browser.token, "ids": [str(waiting.id), str(gone.id)]}
    asked = browser.client.post("/backoffice/history/selection", data={**data, "action": "cancel"}).text
    assert "1 ligne concernée" in asked and "1 ligne laissée telle quelle" in asked
    refused = browser.client.post("/backoffice/history/selection/apply", data={**data, "action": "cancel"})
    assert refused.status_code == 409
    db.session.expire_all()
    assert waiting.status is Status.WAITING, "one of them may not be cancelled: none is"
    browser.client.post("/backoffice/history/selection/apply", data={**data, "ids": str(gone.id), "action": "resend"})
    (again,) = [line for line in post.lines() if line.resend_of_id]
    assert (again.resend_of_id, again.status) == (gone.id, Status.WAITING)


@pytest.mark.row("P-70")
def test_what_the_rehearsal_counts_is_what_leaves(machine: Machine, sink: Sink) -> None:
    with machine.app.app_context():
        post.an_installation()
        for number in range(3):
            post.announced(post.a_customer(billing=f"c{number}@boutique.example"), post.invoices(), f"FA-{number}")
        post.announced(post.a_customer(billing=""), post.invoices(), "FA-7")
        post.announced(post.a_customer(seat=False), post.invoices(), "FA-8")
        db.session.commit()
        found = rehearse()
        held = [(each.reason, each.lines) for each in found.outcomes if each.status is Status.WAITING]
        assert found.leaving == 3 and found.waiting == {Reason.SYNCHRONISATION: 1} and held == [(Reason.NO_ADDRESS, 1)]
        db.session.rollback()
        assert not sink.received, "nothing left for the rehearsal"
        assert drain("email") == found.leaving == len(sink.received)


@pytest.mark.row("P-70")
def test_the_rehearsal_says_what_would_leave_and_what_waits_for_something_else(browser: Browser) -> None:
    post.announced(post.a_customer(), post.invoices())
    post.announced(post.a_customer(seat=False), post.invoices())
    assert "Ce qui attend" in browser.get("/backoffice/history/rehearsal").text
    page = browser.post("/backoffice/history/rehearsal").text
    assert "1 message partirait." in page and "Synchroniser" in page
    assert "status=waiting&amp;reason=synchronisation" in page
