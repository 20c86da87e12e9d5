"""A quote refused from the mail that brought it, undone by staff; and an invoice that is paid by its code."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from shared.clock import today
from shared.events.actors import staff_actor
from shared.extensions import db
from shared.people.models import Activity, EmailSlot, Staff
from shared.records import banking
from shared.records.entering import enter
from shared.transactions import transaction
from tests.factories import office
from tests.factories.identity import PASSWORD, a_holder
from tests.journeys.conftest import Counter, until
from tests.shared.documents.corpus import pdf
from tests.sink import Received, Sink

IBAN = "FR7630006000011234567890189"
CARD, QUOTES = "fiche@boutique.example", "devis@boutique.example"


@pytest.mark.row("B-10")
@pytest.mark.row("B-09")
def test_a_quote_is_refused_from_the_mail_and_staff_undo(counter: Counter, sink: Sink) -> None:
    quote_id = _filed(counter)
    notice = until(lambda: sink.to(QUOTES))[0]
    phone = counter.phone()
    phone.goto(_link(notice))
    phone.locator("input[name=identifier]").fill("C77")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.get_by_role("button", name="Se connecter").click()
    phone.wait_for_url(re.compile("/quotes"))
    listed = phone.get_by_role("link", name="Éclairage du hall")
    if listed.count():
        listed.first.click()
    phone.get_by_role("link", name="Refuser").click()
    phone.get_by_role("button", name="Refuser le devis").click()
    expect(phone.locator("main")).to_contain_text("Dites en un mot pourquoi")
    phone.get_by_label("Pourquoi vous refusez").fill("Trop cher pour cette année")
    phone.get_by_role("button", name="Refuser le devis").click()
    expect(phone.locator("main")).to_contain_text("Trop cher pour cette année")

    clerk = counter.staff()
    clerk.goto(f"{counter.url}/backoffice/record/{quote_id}")
    expect(clerk.locator("main")).to_contain_text("Trop cher pour cette année")
    clerk.get_by_role("main").get_by_text("Annuler la réponse", exact=True).first.click()
    expect(clerk.locator("main")).to_contain_text("En attente de réponse")
    phone.reload()
    expect(phone.get_by_role("button", name="Accepter le devis")).to_be_visible()

    phone.goto(f"{counter.url}/statement")
    phone.get_by_role("link", name="Facture de mai").first.click()
    code = phone.get_by_alt_text(re.compile(r"671,15\s€.*FA-2026-5"))
    expect(code).to_be_visible()
    assert code.evaluate("image => image.naturalWidth") > 0
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _filed(counter: Counter) -> str:
    """A quote in a folder that asks for a reason, an open invoice, and the account that staff have verified."""
    with counter.machine.app.app_context(), transaction():
        party = office.customer("C77", addresses={EmailSlot.CARD: CARD, EmailSlot.QUOTE: QUOTES})
        a_holder(party=party)
        folder, clerk = office.folder("c.quotes"), db.session.scalars(select(Staff)).one()
        folder.reason_required = True
        db.session.add(Activity(name="Lumière & Fils", domain="exemple.fr"))
        db.session.flush()
        account = banking.enter(holder="Lumière & Fils", iban=IBAN, bic="", by=staff_actor(clerk))
        banking.verify(account=account, by="command")
        paper = office.filed(party, folder, pdf(text="Devis DE-7"), "devis.pdf", title="Devis DE-7", number="DE-7")
        told = {"number": "DE-7", "title": "Éclairage du hall", "amount": Decimal(1200)}
        told["valid_until"] = today() + timedelta(days=5)
        quote = enter(kind="quote", party=party, by="command", values=told, documents=[paper], status="validated")
        owed = {"number": "FA-2026-5", "title": "Facture de mai", "amount": Decimal("671.15")}
        enter(kind="invoice", party=party, by="command", values=owed, status="validated")
        return str(quote.id)


def _link(notice: Received) -> str:
    found = re.search(r"http\S+/l/[\w.~-]+", notice.text)
    assert found is not None, notice.text
    return found[0]
