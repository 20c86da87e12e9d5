"""The main job, in the browser, from an empty database to an invoice in its customer's hands."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from shared.documents.models import Download, ReadingKind
from shared.extensions import db
from shared.people.models import EmailCell
from shared.settings.changing import change
from shared.transactions import transaction
from tests.factories.invoices import facturx
from tests.journeys.conftest import Counter, until
from tests.sink import Received, Sink

CHOSEN = "girafe tambour lavande"
BILLING, CARD, NEW = "facturation@boutique.example", "fiche@boutique.example", "compta@boutique.example"
VAT = "FR44732829320"


@pytest.mark.row("P-36")
@pytest.mark.row("P-39")
@pytest.mark.row("P-40")
@pytest.mark.row("P-55")
@pytest.mark.row("P-57")
@pytest.mark.row("P-60")
@pytest.mark.row("P-63")
@pytest.mark.row("P-68")
@pytest.mark.row("P-21")
def test_an_invoice_reaches_the_phone_of_its_customer(counter: Counter, sink: Sink, tmp_path: Path) -> None:
    clerk = counter.staff()
    _register(clerk, counter.url)
    _open_access(clerk, counter.url)
    until(lambda: sink.to(CARD))
    expect(clerk.locator("tr", has_text="Ma jolie boutique")).to_contain_text(CARD)

    invoice = tmp_path / "Facture.pdf"
    invoice.write_bytes(facturx(vat=VAT))
    _drop(clerk, counter.url, invoice)
    (notice,) = until(lambda: sink.to(BILLING))
    assert "FA-2017-0010" in notice.subject

    phone = counter.phone()
    _activate(phone, sink.to(CARD)[0])
    phone.goto(_link(notice, "/l/"))
    expect(phone).to_have_url(re.compile("/statement"))
    expect(phone.get_by_role("main")).to_contain_text("671,15 €")
    expect(phone.get_by_role("main")).to_contain_text("Nouveau")
    phone.get_by_role("link", name=re.compile("FA-2017-0010")).first.click()
    expect(phone.locator("main img").first).to_be_visible()
    with phone.expect_download() as caught:
        phone.get_by_role("link", name="Télécharger").first.click()
    assert _digest(Path(caught.value.path()).read_bytes()) == _digest(invoice.read_bytes())
    assert _readings(counter, ReadingKind.DOWNLOADED) == 1

    clerk.goto(f"{counter.url}/backoffice/explorer")
    line = clerk.locator("tr", has_text="FA-2017-0010")
    for words in ("Publié", "Envoyé", "Ouvert", "Téléchargé"):
        expect(line).to_contain_text(words)

    _change_billing(clerk, counter.url)
    clerk.goto(f"{counter.url}/backoffice/explorer")
    clerk.locator("tr", has_text="FA-2017-0010").get_by_role("checkbox").check()
    clerk.get_by_label("Notification forcée").check()
    clerk.get_by_role("button", name="Renvoyer").click()
    (second,) = until(lambda: sink.to(NEW))
    assert second.message["Message-ID"] != notice.message["Message-ID"]
    assert len(sink.to(BILLING)) == 1
    clerk.goto(f"{counter.url}/backoffice/explorer")
    expect(clerk.locator("tr", has_text="FA-2017-0010")).to_contain_text("renvoyé 1 fois")


@pytest.mark.row("P-40")
def test_in_manual_mode_nothing_reaches_the_portal_before_the_button(counter: Counter, sink: Sink) -> None:
    with counter.machine.app.app_context(), transaction():
        change(key="synchronisation", value="manual", by="command")
    clerk = counter.staff()
    _register(clerk, counter.url)
    _click_open(clerk, counter.url)
    row = clerk.locator("tr", has_text="Ma jolie boutique")
    expect(row).to_contain_text("À synchroniser")
    clerk.wait_for_timeout(4_000)
    expect(row).to_contain_text("À synchroniser")
    assert not sink.to(CARD)
    clerk.get_by_role("button", name="Synchroniser").click()
    until(lambda: sink.to(CARD))
    clerk.goto(f"{counter.url}/backoffice/access?q=4")
    expect(clerk.locator("tr", has_text="Ma jolie boutique")).not_to_contain_text("À synchroniser")


def _register(clerk: Page, url: str) -> None:
    clerk.goto(f"{url}/backoffice/parties?family=customers")
    clerk.get_by_role("link", name="Ajouter un client").first.click()
    clerk.get_by_label("Code", exact=False).first.fill("4")
    clerk.get_by_label("Nom", exact=False).first.fill("Ma jolie boutique")
    clerk.get_by_label("Numéro de TVA").fill(VAT)
    clerk.get_by_label("Email fiche").fill(CARD)
    clerk.get_by_label("Email facturation").fill(BILLING)
    clerk.get_by_role("button", name="Enregistrer").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text("Ma jolie boutique")


def _click_open(clerk: Page, url: str) -> None:
    clerk.goto(f"{url}/backoffice/access?q=4")
    row = clerk.locator("tr", has_text="Ma jolie boutique")
    expect(row).to_contain_text("Sans accès")
    row.get_by_role("button", name=re.compile("Mdp aléatoire")).click()
    expect(row).to_contain_text("••••••")
    row.get_by_role("switch", name=re.compile("Accès autorisé")).click()


def _open_access(clerk: Page, url: str) -> None:
    """Red first, then valid by itself: the page is never loaded again."""
    clerk.goto(f"{url}/backoffice/access?q=4")
    clerk.evaluate("window.neverReloaded = true")
    _click_open_here(clerk)
    row = clerk.locator("tr", has_text="Ma jolie boutique")
    expect(row).to_contain_text("Valide", timeout=60_000)
    expect(row).to_contain_text("Envoyé", timeout=60_000)
    assert clerk.evaluate("window.neverReloaded")


def _click_open_here(clerk: Page) -> None:
    row = clerk.locator("tr", has_text="Ma jolie boutique")
    row.get_by_role("button", name=re.compile("Mdp aléatoire")).click()
    expect(row).to_contain_text("••••••")
    row.get_by_role("switch", name=re.compile("Accès autorisé")).click()
    expect(row).to_contain_text(re.compile("À synchroniser|Valide"))


def _drop(clerk: Page, url: str, invoice: Path) -> None:
    clerk.goto(f"{url}/backoffice/explorer")
    clerk.locator("input[type=file]").set_input_files(invoice)
    verdict = clerk.locator("[data-drop-list]")
    for words in ("Facture", "Ma jolie boutique", "FA-2017-0010", "671,15", "13/12/2017"):
        expect(verdict).to_contain_text(words, timeout=60_000)


def _activate(phone: Page, message: Received) -> None:
    phone.goto(_link(message, "/a/"))
    phone.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    phone.get_by_role("button", name="Enregistrer et entrer").click()
    expect(phone.get_by_role("main")).to_contain_text("FA-2017-0010")


def _change_billing(clerk: Page, url: str) -> None:
    clerk.goto(f"{url}/backoffice/access?q=4")
    clerk.get_by_role("link", name="Ma jolie boutique").click()
    clerk.get_by_role("link", name=re.compile("Modifier")).first.click()
    clerk.get_by_label("Email facturation").fill(NEW)
    clerk.get_by_role("button", name="Enregistrer").click()
    expect(clerk.get_by_role("main")).to_contain_text(NEW)


def _link(message: Received, kind: str) -> str:
    found = re.search(rf"http://localhost:\d+{kind}\S+", message.text)
    assert found, message.text
    return found[0]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _readings(counter: Counter, kind: ReadingKind) -> int:
    with counter.machine.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(EmailCell))
        return db.session.scalar(select(func.count()).select_from(Download).where(Download.kind == kind)) or 0
