"""« Tableau de bord »: the numbers are those of the lists, within the reach of whoever looks."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from shared.clock import at as at_moment
from shared.clock import now, today
from shared.documents.models import Document
from shared.events.recording import record
from shared.extensions import db
from shared.hooks.models import Hook
from shared.notifications.models import Notification, Reason, Status, Template
from shared.people.models import Grant, Party, Staff
from shared.people.scopes import Scope
from shared.records.listing import Filter
from shared.records.tallying import records as counted
from shared.settings.reading import company
from tests.factories import office
from tests.factories.identity import Browser
from tests.factories.records import a_quote, an_invoice
from tests.house.test_queries import MOST, questions

URL = "/backoffice/dashboard"


def test_a_fresh_installation_says_what_to_do_next(browser: Browser) -> None:
    text = browser.get(URL).text

    assert "Rien à montrer pour l’instant" in text
    assert 'href="/backoffice/"' in text
    assert "/backoffice/parties/new?family=customers" in text
    assert "<svg viewBox" not in text


def test_what_waits_and_what_failed_lead_to_lists_that_hold_as_many(browser: Browser) -> None:
    party = office.customer("4")
    db.session.query(Notification).delete()
    for status, reason, count in (
        (Status.WAITING, Reason.SUSPENDED, 3),
        (Status.WAITING, Reason.NO_ADDRESS, 2),
        (Status.BOUNCED, Reason.NONE, 4),
        (Status.UNKNOWN, Reason.NONE, 1),
    ):
        for _place in range(count):
            _message(party, status, reason)
    _message(party, Status.BOUNCED, at=now() - timedelta(days=40))

    tiles = _tiles(browser)

    assert {label: tiles[label][0] for label in tiles if "essage" in label} == {
        "Messages suspendus": 3,
        "Messages sans adresse": 2,
        "Messages rejetés en 30 jours": 4,
        "Messages à vérifier": 1,
    }
    for label in ("Messages suspendus", "Messages sans adresse", "Messages rejetés en 30 jours", "Messages à vérifier"):
        count, url = tiles[label]
        assert len(set(re.findall(r'href="/backoffice/history/([0-9a-f-]{36})"', browser.get(url).text))) == count


def test_overdue_invoices_are_told_by_age_and_quotes_by_answer(browser: Browser) -> None:
    party = office.customer("4")
    for days, amount in (
        (30, "100.00"),
        (31, "200.00"),
        (90, "400.00"),
        (91, "800.00"),
        (300, "1600.00"),
        (-5, "7.00"),
    ):
        an_invoice(party, amount=Decimal(amount), due_on=today() - timedelta(days=days), issued_on=None)
    for status in ("validated", "validated", "accepted", "refused"):
        a_quote(party, status=status)

    text = browser.get(URL).text
    tiles = _read(text)

    assert tiles["Factures en retard"] == (5, "/backoffice/records/invoice?late=1")
    assert [tiles[label][0] for label in tiles if label.startswith("Devis")] == [2, 1, 1]
    owed = {"0 à 30": "100", "31 à 60": "200", "61 à 90": "400", "Plus de 90": "2 400"}
    table = re.sub(r"[\u202f\xa0]", " ", text)
    for label, amount in owed.items():
        assert re.search(rf'<th scope="row"[^>]*>{label} jours</th>.*?{amount},00 €', table, re.DOTALL), label
    assert "3 100,00 €" in table


def test_weeks_tell_what_was_published_opened_and_read_within_seven_days(browser: Browser) -> None:
    party, folder = office.customer("4"), office.folder("c.invoices")
    with at_moment(now() - timedelta(days=20)):
        papers = [office.filed(party, folder) for _place in range(3)]
        db.session.flush()
    office.filed(party, folder)  # too young to say
    _said("document.opened", papers[0], papers[0], days=18)
    _said("document.downloaded", papers[1], days=2)  # read, and later than seven days

    text = browser.get(URL).text

    assert "4 documents mis à disposition en 12 semaines." in text
    assert re.search(r'<progress aria-labelledby="lus-nom" value="1" max="3">', text)
    told = {bar for bar in re.findall(r"<title>(.*?)</title>", text) if "Ouvertures" in bar or "Télécharg" in bar}
    assert len(told) == 2
    assert any("Ouvertures, 2" in bar for bar in told)


def test_messages_are_counted_on_the_day_where_the_company_is(browser: Browser) -> None:
    party = office.customer("4")
    activity = company()
    activity.time_zone = "Pacific/Auckland"
    db.session.add(activity)
    db.session.flush()
    at = now().replace(hour=13, minute=30) - timedelta(days=5)  # already the day after in Auckland
    for _place in range(2):
        _message(party, Status.SENT, at=at)

    rows = _rows(browser.get(URL).text, "sent")

    assert [count for _day, count in rows if count != "0"] == ["2"]
    assert next(day for day, count in rows if count == "2").startswith(str((at + timedelta(days=1)).day))


def test_a_message_counts_on_the_day_it_left_however_long_it_waited(browser: Browser) -> None:
    db.session.query(Notification).delete()
    line = _message(office.customer("4"), Status.SENT, at=now() - timedelta(days=90))
    line.sent_at = now()
    db.session.flush()

    assert [count for _day, count in _rows(browser.get(URL).text, "sent") if count != "0"] == ["1"]


def test_nobody_counts_what_is_out_of_reach(browser: Browser, clerk: Staff) -> None:
    party, other = office.customer("4"), office.customer("F1", key="suppliers")
    db.session.query(Notification).delete()
    _message(party, Status.UNKNOWN)
    _message(other, Status.UNKNOWN)
    an_invoice(party, due_on=today() - timedelta(days=3))
    for grant in clerk.grants:
        grant.family_id = other.family_id
    db.session.flush()

    tiles = _tiles(browser)

    assert tiles["Messages à vérifier"][0] == 1
    assert tiles["Factures en retard"][0] == 0


def test_an_address_that_does_not_answer_is_told_and_great_numbers_are_bounded(
    browser: Browser, clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = office.customer("4")
    hook = Hook(label="ERP", url="https://erp.example/", secret="x", created_by="command", failing_since=now())
    db.session.add(hook)
    for _place in range(3):
        an_invoice(party, due_on=today() - timedelta(days=3))
    monkeypatch.setattr("shared.tallying.MOST", 2)
    monkeypatch.setattr("backoffice._dashboard_tiles.MOST", 2)

    reach = Scope(tuple(db.session.scalars(select(Grant).where(Grant.staff_id == clerk.id))))
    assert db.session.scalar(select(counted(reach, Filter(kind="invoice")))) == 3
    text = browser.get(URL).text

    assert _read(text)["Adresses appelées qui ne répondent pas"] == (1, "/backoffice/settings/api#adresses")
    assert re.search(r"<small>plus de</small> 2</strong>\s*<a [^>]*>Factures en retard", text)


def test_the_page_asks_as_little_whatever_there_is(browser: Browser) -> None:
    party = office.customer("4")
    for days in range(20):
        an_invoice(party, due_on=today() - timedelta(days=10 * days), issued_on=None)
        _message(party, Status.WAITING, list(Reason)[days % len(Reason)])
    db.session.commit()

    with questions() as seen:
        browser.client.get(URL)

    assert len(seen) <= MOST


def _message(party: Party, status: Status, reason: Reason = Reason.NONE, at: object = None) -> Notification:
    template = db.session.scalars(select(Template)).first()
    assert template is not None
    moment = at or now()
    line = Notification(event="document.published", status=status, reason=reason, party_id=party.id)
    line.family_id, line.template_id, line.message_id = party.family_id, template.id, "<a@exemple.fr>"
    line.created_at = moment  # type: ignore[assignment]
    line.sent_at = moment if status is Status.SENT else None  # type: ignore[assignment]
    db.session.add(line)
    db.session.flush()
    return line


def _said(name: str, *papers: Document, days: int) -> None:
    with at_moment(now() - timedelta(days=days)):
        for paper in papers:
            record(name, by="command", party_id=paper.party_id, document_id=paper.id)
        db.session.flush()


def _tiles(browser: Browser) -> dict[str, tuple[int, str]]:
    return _read(browser.get(URL).text)


def _read(text: str) -> dict[str, tuple[int, str]]:
    found = re.findall(r'<strong>[^<]*?(?:<small>.*?</small>\s*)?(\d+)</strong>\s*<a href="([^"]+)">([^<]+)</a>', text)
    return {label: (int(count), url.replace("&amp;", "&")) for count, url, label in found}


def _rows(text: str, key: str) -> list[tuple[str, str]]:
    part = text.split(f'id="graphique-{key}"')[1].split("</section>")[0]
    return re.findall(r'<th scope="row"[^>]*>([^<]+)</th><td[^>]*>([^<]+)</td>', part)
