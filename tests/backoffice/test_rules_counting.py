"""How often a rule would have been sent: counted on what happened, by the company's days."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from shared.clock import COMPANY_ZONE, midnight, today
from shared.extensions import db
from shared.notifications.rule_models import Rule
from shared.people.models import Party
from tests.backoffice.test_rules import URL, lines_of, party, refusals, written
from tests.factories.identity import Browser
from tests.factories.rules import a_record, a_text, moved

__all__ = ["party"]  # the fixture


@pytest.mark.row("A-23", "A-24")
def test_a_rule_on_a_new_code_works_and_says_how_often_it_would_have_been_sent(browser: Browser, party: Party) -> None:
    folders = [a_record(party, "intervention") for _ in range(5)]
    for number, each in enumerate(folders):  # last month, before anybody thought of a message
        moved(each, "state_entered", code="103" if number < 3 else "104")
    browser.get("/backoffice/state-codes")
    answer = browser.post("/backoffice/state-codes", kind="intervention", code="103", label="Intervention planifiée")
    assert answer.status_code == 303, refusals(answer)
    event = "intervention.state_entered"
    page = browser.get(f"{URL}/new?event={event}")
    assert "103 — Intervention planifiée" in page.text
    typed = written(event=event, label="Planifiée", template_id=a_text().id, state_codes=["103"])
    counted = browser.post(f"{URL}/count", **typed)
    assert "Aurait été envoyée 3 fois le mois dernier" in counted.text
    assert browser.post(URL, **typed).status_code == 303
    rule = db.session.scalars(select(Rule).where(Rule.label == "Planifiée")).one()
    assert "Aurait été envoyée 3 fois le mois dernier" in browser.get(f"{URL}/{rule.id}").text
    for code in ("104", "103"):
        folders[0].state_code = code
        moved(folders[0], "state_entered", code=code)
    assert len(lines_of(rule)) == 1


def test_a_reminder_counts_the_days_that_were_met_while_the_record_was_open(browser: Browser, party: Party) -> None:
    for days in (5, 10, 200):
        a_record(party, "invoice", "validated", due_on=today() - timedelta(days=days))
    browser.get(f"{URL}/new?event=invoice.reminded")
    typed = written(event="invoice.reminded", date_field="due_on", days=7, side="after", template_id=a_text().id)
    assert "Aurait été envoyée 1 fois" in browser.post(f"{URL}/count", **typed).text
    assert browser.post(URL, **typed).status_code == 303
    rule = db.session.scalars(select(Rule).where(Rule.label == "Mon devis à moi")).one()
    assert (rule.moment, rule.days, rule.date_field) == ("date", 7, "due_on")


def test_a_day_that_begins_in_france_is_met_before_it_begins_in_london(browser: Browser, party: Party) -> None:
    for days in (5, 7):
        a_record(party, "invoice", "validated", due_on=today() - timedelta(days=days))
    browser.get(f"{URL}/new?event=invoice.reminded")
    typed = written(event="invoice.reminded", date_field="due_on", days=7, side="after", template_id=a_text().id)
    with time_machine.travel(midnight(today(), COMPANY_ZONE.key) + timedelta(minutes=30), tick=False):
        assert "Aurait été envoyée 1 fois" in browser.post(f"{URL}/count", **typed).text
