"""The history: every line with its reason, its address and its answer, and what may be done with it."""

import pytest
from sqlalchemy import event

from shared.clock import now
from shared.documents.models import Notify
from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status
from tests.factories import post
from tests.factories.identity import Browser


def a_line(status: Status = Status.WAITING, **fields: object) -> Notification:
    party = post.a_customer(billing=str(fields.pop("billing", "compta@boutique.example")))
    document = post.announced(party, post.invoices(Notify(fields.pop("notify", "immediate"))))
    (line,) = post.lines(document)
    line.status = status
    for name, value in fields.items():
        setattr(line, name, value)
    db.session.flush()
    return line


@pytest.mark.row("P-44")
def test_a_line_shows_address_cell_time_template_version_state_and_answer(browser: Browser) -> None:
    line = a_line(Status.SENT, sent_at=now(), address="compta@boutique.example", reply="250 2.0.0 OK")
    line.template_version_id = line.template.versions[0].id
    for url in ("/backoffice/history", f"/backoffice/history/{line.id}"):
        answer = browser.get(url)
        for word in ("compta@boutique.example", "facturation", "Facture disponible", "version 1", "Envoyé"):
            assert word in answer.text, (url, word)
    assert "250 2.0.0 OK" in answer.text


@pytest.mark.row("P-45")
@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.NONE, "dans un instant"),
        (Reason.SYNCHRONISATION, "synchronisation"),
        (Reason.PLANNED, "Part le"),
        (Reason.QUIET_HOURS, "heures de repos"),
        (Reason.SUSPENDED, "suspendues"),
        (Reason.RETRY, "Nouvel essai le"),
        (Reason.NO_ADDRESS, "Aucune adresse"),
        (Reason.DRAFT, "quelqu’un la confirme"),
    ],
)
def test_every_waiting_line_says_why_and_until_when(browser: Browser, reason: Reason, words: str) -> None:
    a_line(reason=reason)
    assert words in browser.get("/backoffice/history?status=waiting").text


def test_filters_narrow_and_a_search_that_finds_nothing_says_so(browser: Browser) -> None:
    line = a_line(billing="compta@boutique.example")
    a_line(billing="autre@ailleurs.example")
    found = browser.get("/backoffice/history?q=boutique.example").text
    assert "compta@boutique.example" in found and "autre@ailleurs.example" not in found
    assert "Aucune notification ne correspond" in browser.get("/backoffice/history?q=personne").text
    assert "Aucune notification ne correspond" in browser.get("/backoffice/history?status=bounced").text
    by_party = browser.get(f"/backoffice/history?party={line.party_id}").text
    assert "autre@ailleurs.example" not in by_party


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "hier"])
def test_a_day_that_nobody_means_narrows_nothing(browser: Browser, day: str) -> None:
    a_line()
    for name in ("since", "until"):
        assert "compta@boutique.example" in browser.get(f"/backoffice/history?{name}={day}").text


def test_a_proposal_is_told_from_a_draft_that_lacks_something(browser: Browser) -> None:
    proposed, lacking = (a_line(reason=Reason.DRAFT, reply=reply) for reply in ("", "Le modèle est illisible."))
    proposed.is_proposal = True
    db.session.flush()
    for reason, line, other in (("proposed", proposed, lacking), ("draft", lacking, proposed)):
        text = browser.get(f"/backoffice/history?reason={reason}").text
        assert str(line.id) in text and str(other.id) not in text
    assert f"/backoffice/proposals/{proposed.id}" in browser.get(f"/backoffice/history/{proposed.id}").text


def test_a_waiting_line_is_cancelled_and_a_sent_one_offers_none(browser: Browser) -> None:
    waiting, sent = a_line(), a_line(Status.SENT, sent_at=now())
    assert "Annuler l’envoi" in browser.get(f"/backoffice/history/{waiting.id}").text
    browser.post(f"/backoffice/history/{waiting.id}/cancel")
    db.session.refresh(waiting)
    assert waiting.status is Status.CANCELLED
    assert "Annuler l’envoi" not in browser.get(f"/backoffice/history/{sent.id}").text


def test_pages_follow_by_key_without_gap_or_double(browser: Browser) -> None:
    party, folder = post.a_customer(), post.invoices()
    for number in range(55):
        post.announced(party, folder, f"FA-{number:03}")
    first = browser.get("/backoffice/history").text
    after = first.partition("after=")[2].partition('"')[0].replace("&amp;", "&")
    second = browser.get(f"/backoffice/history?after={after}").text
    seen = [number for number in range(55) for page in (first, second) if f"FA-{number:03}" in page]
    assert sorted(seen) == list(range(55))


@pytest.mark.parametrize("lines", [3, 60])
def test_a_page_asks_at_most_eight_questions(browser: Browser, lines: int) -> None:
    for _ in range(lines):
        a_line()
    asked: list[str] = []
    with_count = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(db.session.get_bind(), "before_cursor_execute", with_count)
    browser.get("/backoffice/history")
    event.remove(db.session.get_bind(), "before_cursor_execute", with_count)
    assert len([each for each in asked if "SAVEPOINT" not in each]) <= 8, "\n".join(asked)
