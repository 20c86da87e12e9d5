"""The whole life of a customer's invoice, seen from the desk and from the customer's phone, in one run."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from shared.documents.models import Download
from shared.extensions import db
from shared.settings.changing import change
from shared.transactions import transaction
from tests.factories.invoices import facturx
from tests.journeys.conftest import Counter, until
from tests.journeys.test_main_job import (
    BILLING,
    CARD,
    NEW,
    VAT,
    _activate,
    _change_billing,
    _click_open,
    _drop,
    _link,
    _register,
)
from tests.sink import Received, Sink

NUMBER = "FA-2017-0010"


@pytest.mark.row("P-93")
def test_the_whole_scenario_of_an_invoice(counter: Counter, sink: Sink, tmp_path: Path) -> None:
    """The ERP has closed the invoice: it comes as the Factur-X PDF that the ERP makes of it."""
    with counter.machine.app.app_context(), transaction():
        change(key="synchronisation", value="manual", by="command")
    clerk, url = counter.staff(), counter.url
    _register(clerk, url)
    invitation = _open(clerk, url, sink)
    notice = _file_and_publish(clerk, url, sink, tmp_path)
    _read_on_the_phone(counter, invitation, notice)

    _compare(clerk, url)
    _change_billing(clerk, url)
    second = _force(clerk, url, sink)
    assert second.message["Message-ID"] != notice.message["Message-ID"]
    assert len(sink.to(BILLING)) == 1
    _read_the_history(clerk, url)
    _look_as_the_customer(counter, clerk, url)


def _open(clerk: Page, url: str, sink: Sink) -> Received:
    _click_open(clerk, url)
    clerk.get_by_role("button", name="Synchroniser").click()
    (invitation,) = until(lambda: sink.to(CARD))
    return invitation


def _file_and_publish(clerk: Page, url: str, sink: Sink, folder: Path) -> Received:
    """Filed and wanted, but neither visible nor announced before « Synchroniser »."""
    invoice = folder / "Facture.pdf"
    invoice.write_bytes(facturx(vat=VAT))
    _drop(clerk, url, invoice)
    clerk.goto(f"{url}/backoffice/explorer")
    line = clerk.locator("tr", has_text=NUMBER)
    expect(line).to_contain_text("Ma jolie boutique")
    expect(line).not_to_contain_text("Publié")
    assert not sink.to(BILLING)
    clerk.get_by_role("button", name="Synchroniser").click()
    (notice,) = until(lambda: sink.to(BILLING))
    assert NUMBER in notice.subject
    clerk.goto(f"{url}/backoffice/explorer")
    for words in ("Publié", "Envoyé"):
        expect(line).to_contain_text(words)
    return notice


def _read_on_the_phone(counter: Counter, invitation: Received, notice: Received) -> None:
    phone = counter.phone()
    _activate(phone, invitation)
    phone.goto(_link(notice, "/l/"))
    expect(phone.get_by_role("main")).to_contain_text("671,15 €")
    phone.get_by_role("link", name=re.compile(NUMBER)).first.click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text(NUMBER)
    until(lambda: _readings(counter))


def _compare(clerk: Page, url: str) -> None:
    """Its three lists are empty: what is wanted is visible, with the bytes that were filed."""
    clerk.goto(f"{url}/backoffice/explorer")
    clerk.get_by_role("link", name="Comparer avec le portail").click()
    clerk.get_by_role("button", name="Comparer maintenant").click()
    expect(clerk.get_by_role("main")).to_contain_text("1 document comparé", timeout=60_000)
    for name in ("En trop", "Différents", "Manquants"):
        clerk.get_by_role("link", name=re.compile(name)).click()
        expect(clerk.get_by_role("main")).to_contain_text("Rien dans cette liste")


def _force(clerk: Page, url: str, sink: Sink) -> Received:
    clerk.goto(f"{url}/backoffice/explorer")
    clerk.locator("tr", has_text=NUMBER).get_by_role("checkbox").check()
    clerk.get_by_label("Notification forcée").check()
    clerk.get_by_role("button", name="Renvoyer").click()
    expect(clerk.get_by_text("1 message prêt à partir")).to_be_visible()
    clerk.get_by_role("button", name="Synchroniser").click()
    (second,) = until(lambda: sink.to(NEW))
    clerk.goto(f"{url}/backoffice/explorer")
    expect(clerk.locator("tr", has_text=NUMBER)).to_contain_text("renvoyé 1 fois")
    return second


def _read_the_history(clerk: Page, url: str) -> None:
    """Both messages, each with the address it went to; the second says of which it is the resend."""
    clerk.goto(f"{url}/backoffice/history?q={NUMBER}")
    first, again = clerk.locator("tbody tr", has_text=BILLING), clerk.locator("tbody tr", has_text=NEW)
    for line in (first, again):
        expect(line).to_have_count(1)
        expect(line).to_contain_text("Envoyé")
    expect(again).to_contain_text("renvoi")
    again.get_by_role("link").first.click()
    expect(clerk.get_by_role("main")).to_contain_text("Premier envoi du")


def _look_as_the_customer(counter: Counter, clerk: Page, url: str) -> None:
    """« Portail client »: what the customer sees, read-only, said at the top, and never a reading."""
    before = _readings(counter)
    clerk.goto(f"{url}/backoffice/parties?q=jolie")
    clerk.get_by_role("main").get_by_role("link", name=re.compile("Ma jolie boutique|^4$")).first.click()
    with clerk.context.expect_page() as opened:
        clerk.get_by_role("button", name=re.compile("Portail client")).click()
    portal = opened.value
    expect(portal.get_by_text("lecture seule")).to_be_visible()
    expect(portal.get_by_role("link", name="Mon compte")).to_have_count(0)
    portal.get_by_role("link", name=re.compile(NUMBER)).first.click()
    expect(portal.get_by_role("heading", level=1)).to_contain_text(NUMBER)
    expect(portal.locator("main img").first).to_be_visible()
    assert portal.goto(f"{url}/account").status == 403  # type: ignore[union-attr]
    portal.goto(f"{url}/")
    portal.get_by_role("button", name="Quitter").click()
    expect(portal.get_by_text("lecture seule")).to_have_count(0)
    assert _readings(counter) == before


def _readings(counter: Counter) -> int:
    with counter.machine.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Download)) or 0
