"""« Journal » on screen: two chains apart, filters, CSV equal to the screen, a verification and its answer."""

import csv
import io
import re
from decimal import Decimal

import pytest
from flask import Flask

from shared.clock import at, now, today
from shared.events import checking
from shared.events.actors import staff_actor
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Staff
from shared.records.entering import enter
from shared.settings.reading import setting
from shared.transactions import rehearse_after_commit
from tests.factories import counter, office
from tests.factories.identity import STAFF_PASSWORD, Browser, a_clerk
from tests.house.test_queries import questions


def names(page: str) -> list[str]:
    return re.findall(r'<td data-label="Événement">([^<]+)</td>', page)


def test_evidence_and_security_stand_apart(browser: Browser) -> None:
    record("party.created", by="system")
    evidence = browser.get("/backoffice/journal").text
    security = browser.get("/backoffice/journal?chain=security").text
    assert "Tiers créé" in names(evidence) and "Connexion au back-office" not in names(evidence)
    assert "Connexion au back-office" in names(security) and "Tiers créé" not in names(security)


def test_filters_stand_in_the_address_and_narrow(browser: Browser, clerk: Staff) -> None:
    party = office.customer("K77", "Boutique du port")
    with at(now().replace(year=2025)):
        record("access.created", by=staff_actor(clerk), party_id=party.id)
        db.session.flush()
    record("access.withdrawn", by="system", party_id=party.id)

    def shown(query: str) -> set[str]:
        return set(names(browser.get(f"/backoffice/journal?{query}").text))

    assert shown("event=access.created") == {"Accès créé"}
    assert shown(f"actor=staff:{clerk.id}") == {"Accès créé"}
    assert shown("party=k77") == shown(f"party={party.id}") == {"Accès créé", "Accès retiré", "Tiers créé"}
    assert shown("party=k77&since=2026-01-01") == {"Accès retiré", "Tiers créé"}
    assert shown("party=k77&until=2025-12-31") == {"Accès créé"}
    assert "Aucune ligne ne correspond" in browser.get("/backoffice/journal?party=personne").text
    assert browser.get("/backoffice/journal?since=x&actor=%00&after=!!&event=x&chain=x").status_code == 200


def test_details_are_said_in_words(browser: Browser) -> None:
    party = office.customer("K80")
    for name, facts in (
        ("party.address_changed", {"slot": "billing", "before": "a@b.example", "after": "c@b.example"}),
        ("access.changed", {"fields": ["allowed", "folders"]}),
    ):
        record(name, by="system", party_id=party.id, facts=facts)
    values = {"number": "FA-80", "amount": Decimal(12), "issued_on": today()}
    enter(kind="invoice", party=party, by="system", values=values, status="validated", source="facturx", quiet=True)
    text = browser.get("/backoffice/journal?party=K80").text
    for said in ("case : facturation", "genre : Facture", "état : Validée", "origine : Factur-X"):
        assert said in text, said
    assert "champs : accès autorisé, répertoires" in text
    for key in ("billing", "validated", "facturx", "allowed"):
        assert f" : {key}" not in text


def test_the_csv_holds_what_the_screen_holds_and_says_who_took_it(browser: Browser) -> None:
    party = office.customer("K78", "=cmd()")
    for _ in range(60):
        record("access.created", by="system", party_id=party.id, facts={"n": 1})
    answer = browser.get("/backoffice/journal/export.csv?party=K78&event=access.created")
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 61 and rows[1][2:7] == ["Accès créé", "access.created", "Guichet", "K78", "'=cmd()"]
    assert "Journal exporté" in names(browser.get("/backoffice/journal?chain=security").text)


def test_pages_follow_by_key_without_gap_or_double(browser: Browser) -> None:
    ids = []
    party = office.customer("K79")
    for number in range(120):
        ids.append(record("access.changed", by="system", party_id=party.id, facts={"fields": f"n{number}."}).id)
    url, seen = "/backoffice/journal?event=access.changed", []
    while url:
        text = browser.get(url).text
        seen += re.findall(r"champs : n(\d+)\.", text)
        found = re.search(r'href="(/backoffice/journal\?[^"]*after=[^"]+)"', text)
        url = found[1].replace("&amp;", "&") if found else ""
    assert [int(n) for n in seen] == list(reversed(range(120)))


@pytest.mark.row("B-16")
def test_the_button_verifies_and_the_page_keeps_the_answer(browser: Browser) -> None:
    browser.get("/backoffice/journal")
    browser.post("/backoffice/journal/verify")
    assert "Relecture de chaque ligne" in browser.get("/backoffice/journal").text
    check = checking.newest()
    assert check is not None and check.asked_by.startswith("staff:")
    checking.run(check_id=check.id, keep=lambda: None)
    db.session.flush()
    page = browser.get("/backoffice/journal").text
    assert "Intact" in page and "Vérifié le" in page and "Relecture" not in page
    check.found = {"evidence": {**check.found["evidence"], "fault": "altered", "number": 8, "event_id": "0190-x"}}
    check.is_sound = False
    broken = browser.get("/backoffice/journal").text
    assert "Altéré" in broken and "la ligne n° 8" in broken


@pytest.mark.row("FR-20")
def test_the_limit_of_the_security_log_stays_between_six_and_twelve_months(browser: Browser) -> None:
    assert "Purge du journal de sécurité" in browser.get("/backoffice/journal?chain=security").text
    assert browser.post("/backoffice/journal/limit?chain=security", months=5).status_code == 422
    assert browser.post("/backoffice/journal/limit?chain=security", months=13).status_code == 422
    assert browser.post("/backoffice/journal/limit?chain=security", months=6).status_code == 303
    db.session.expire_all()
    assert setting("security_log_months") == 6


def test_only_administrators_read_it(app: Flask) -> None:
    a_clerk("manager", "paul@exemple.fr")
    browser = Browser(app)
    browser.sign_in_staff("paul@exemple.fr", STAFF_PASSWORD)
    for url in ("/backoffice/journal", "/backoffice/journal/export.csv"):
        assert browser.get(url).status_code == 403
    assert "Journal" not in browser.get("/backoffice/").text


def test_a_line_about_a_payslip_is_not_every_administrator_s(browser: Browser) -> None:
    party = office.customer("E9", key="employees")
    document = counter.a_document(party, office.folder("e.payslips"), "Bulletin")
    record("document.opened", by="system", party_id=party.id, document_id=document.id)
    assert "Document ouvert" not in names(browser.get("/backoffice/journal?party=E9").text)


def test_a_page_asks_as_many_questions_for_one_line_as_for_many(browser: Browser) -> None:
    rehearse_after_commit()
    for _ in range(80):
        db.session.add(Event(name="access.created", actor="account:00000000-0000-7000-8000-000000000000"))
    db.session.commit()
    browser.get("/backoffice/journal")
    with questions() as seen:
        browser.get("/backoffice/journal")
    assert len(seen) <= 8, "\n".join(seen)
