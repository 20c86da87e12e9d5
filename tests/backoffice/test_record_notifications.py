"""« Notifications » of a record and of a document: every message about it and no other, in seven columns."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared.clock import now
from shared.extensions import db
from shared.notifications.models import Notification, NotificationRecord, Status
from shared.notifications.rule_models import Rule
from shared.people.models import Grant, Staff
from shared.records import moving
from tests.factories import counter, office, post, records
from tests.factories.identity import Browser

COLUMNS = ["Événement", "Destinataire", "Date", "Moyen", "Adresse", "Objet", "Message"]
WHEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def sent(line: Notification, subject: str, body: str, address: str) -> None:
    """As the channel leaves it."""
    line.status, line.sent_at, line.address = Status.SENT, WHEN, address
    line.subject, line.body = subject, body
    db.session.flush()


def cells(page: str) -> list[list[str]]:
    """The rows of the table, each cell without its tags."""
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    rows = [re.findall(r"<td data-label=\"[^\"]+\"[^>]*>(.*?)</td>", row, re.S) for row in body.split("<tr")[1:]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]


@pytest.mark.row("L-35")
def test_a_document_shows_every_message_about_it_and_no_other(browser: Browser) -> None:
    party, folder = post.a_customer(billing="compta@boutique.example"), post.invoices()
    document, other = post.announced(party, folder, "FA-1"), post.announced(party, folder, "FA-2")
    [first], [second] = post.lines(document), post.lines(other)
    sent(first, "Votre facture FA-1", "Bonjour, voici FA-1.", "compta@boutique.example")
    sent(second, "Votre facture FA-2", "Bonjour, voici FA-2.", "compta@boutique.example")
    page = browser.get(f"/backoffice/documents/{document.id}/notifications").text
    assert re.findall(r'<th scope="col"[^>]*>\s*([^<\s][^<]*?)\s*</th>', page) == COLUMNS
    [row] = cells(page)
    assert row[0] == "Document mis à disposition" and row[1] == party.name and row[2].startswith("20/11/2026 10:30")
    assert row[3:6] == ["E-mail", "compta@boutique.example", "Votre facture FA-1"]
    assert row[6].endswith("Bonjour, voici FA-1.") and "FA-2" not in page
    assert (
        f'href="/backoffice/documents/{document.id}/notifications"'
        in browser.get(f"/backoffice/documents/{document.id}").text
    )
    never = counter.a_document(party, folder, title="Contrat", number="C-9")
    assert "n’a encore été annoncé à personne" in browser.get(f"/backoffice/documents/{never.id}/notifications").text


@pytest.mark.row("P-42")
def test_the_messages_of_a_document_are_narrowed_ticked_and_taken_away_as_the_history(browser: Browser) -> None:
    party, folder = post.a_customer(billing="compta@boutique.example"), post.invoices()
    document, other = post.announced(party, folder, "FA-1"), post.announced(party, folder, "FA-2")
    [first], [second] = post.lines(document), post.lines(other)
    sent(first, "Votre facture FA-1", "Bonjour, voici FA-1.", "compta@boutique.example")
    sent(second, "Votre facture FA-2", "Bonjour, voici FA-2.", "compta@boutique.example")
    url = f"/backoffice/documents/{document.id}/notifications"
    for asked, shown in (("status=sent", 1), ("status=waiting", 0), ("q=compta@", 1), ("q=introuvable", 0)):
        page = browser.get(f"{url}?{asked}").text
        assert (page.count(f"/backoffice/history/{first.id}") > 0) == bool(shown), asked
        assert ("Aucune notification ne correspond" in page) == (not shown)
    page = browser.get(f"{url}?status=sent&party={party.id}").text
    [link] = re.findall(r'href="(/backoffice/history/export[^"]*)"', page)
    lines = browser.get(link.replace("&amp;", "&")).text
    assert "Votre facture FA-1" in lines and "FA-2" not in lines
    [ticked] = re.findall(r'name="ids" value="([^"]+)"', page)
    answer = browser.post("/backoffice/history/selection", action="resend", ids=ticked, back=url)
    assert ticked == str(first.id) and "1 ligne concernée" in answer.text.replace("\xa0", " ") and url in answer.text


@pytest.mark.row("L-35")
def test_a_record_shows_every_message_about_it_and_no_other(browser: Browser) -> None:
    party = post.a_customer(billing="compta@boutique.example")
    one, other = (records.a_record("invoice", party, number=number) for number in ("FA-1", "FA-2"))
    rule = db.session.scalars(select(Rule).where(Rule.event == "invoice.validated")).one()
    rule.enabled, rule.since = True, now() - timedelta(days=1)
    for each in (one, other):
        moving.move(record=each, move="validate", by="command")
    for line in post.lines():
        about = db.session.query(NotificationRecord).filter_by(notification_id=line.id).one()
        number = one.number if about.record_id == one.id else other.number
        sent(line, f"Facture {number} validée", f"La facture {number} est validée.", "compta@boutique.example")
    page = browser.get(f"/backoffice/record/{one.id}/notifications").text
    assert re.findall(r'<th scope="col"[^>]*>\s*([^<\s][^<]*?)\s*</th>', page) == COLUMNS
    assert [row[5] for row in cells(page)] == ["Facture FA-1 validée"]
    assert cells(page)[0][0] == "Facture : validée" and "Facture FA-2" not in page


def test_a_message_out_of_reach_stays_out_of_the_tab(browser: Browser, clerk: Staff) -> None:
    """A grant on suppliers opens neither the record of a customer nor its messages."""
    record = records.a_record("invoice", post.a_customer())
    url = f"/backoffice/record/{record.id}/notifications"
    assert browser.get(url).status_code == 200
    clerk.grants = [Grant(role=clerk.grants[0].role, family_id=office.family("suppliers").id)]
    db.session.flush()
    assert browser.get(url).status_code == 404
