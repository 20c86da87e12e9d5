"""Messages in the language of whoever reads them: words, dates and amounts."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from shared.extensions import db
from shared.notifications.claiming import COLUMNS
from shared.notifications.models import Notification, Template
from shared.notifications.resolving import Ready, foretell
from shared.people.models import Contact, EmailSlot, Party
from tests.factories import post, rules
from tests.factories.identity import Browser, a_holder


def read(line: Notification) -> str:
    """What the line would say if it left now."""
    rows = db.session.execute(select(*COLUMNS).where(Notification.id == line.id)).mappings().all()
    answer = foretell(db.session.connection(), rows)[0]
    assert isinstance(answer, Ready), answer
    return answer.rendered.text


@pytest.mark.row("B-15")
def test_a_message_its_dates_and_its_amounts_follow_the_language_that_the_person_chose(app: Flask) -> None:
    with app.app_context():
        post.an_installation()
        party = post.a_customer("4", billing="compta@boutique.example")
        person = a_holder("4", party=party).account.person
        db.session.execute(update(Contact).where(Contact.person_id == person.id).values(is_main=True))
        db.session.commit()
        party_id = party.id
    browser = Browser(app)
    browser.sign_in("4")
    browser.get("/")
    browser.post("/language", language="en")
    with app.app_context():
        party = db.session.get_one(Party, party_id)
        sent = db.session.scalars(select(Template).where(Template.key == "invoice.sent")).one()
        rule = rules.a_rule("invoice.sent", sent, slot=EmailSlot.BILLING)
        facts = {"due_on": date(2027, 3, 5), "amount": Decimal("1234.50")}
        invoice = rules.a_record(party, "invoice", "validated", number="FA-1", **facts)
        rules.moved(invoice, "sent")
        line = db.session.scalars(select(Notification).where(Notification.rule_id == rule.id)).one()
        said = read(line)
    assert "Bonjour" not in said and "Please find your invoice" in said
    assert "€1,234.50" in said and "March" in said


@pytest.mark.row("B-15")
def test_a_language_without_a_text_of_its_own_gets_the_french_one(app: Flask) -> None:
    post.an_installation()
    party = post.a_customer("4", billing="compta@boutique.example")
    party.locale = "en"
    rule = rules.a_rule(
        "invoice.sent", rules.a_text("Votre facture", "Bonjour,\n\nReste #solde#."), slot=EmailSlot.BILLING
    )
    rules.moved(rules.a_record(party, "invoice", "validated", amount=Decimal("1234.50")), "sent")
    line = db.session.scalars(select(Notification).where(Notification.rule_id == rule.id)).one()
    assert "Bonjour," in read(line) and "1\u202f234,50\u00a0€" in read(line)  # French throughout, not half of it
