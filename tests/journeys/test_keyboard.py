"""Both faces without a mouse: only keys are pressed, and what has the focus can be seen."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.people.models import ConsentState
from shared.records.entering import enter
from shared.transactions import transaction
from tests.factories import office
from tests.factories.identity import INITIAL, PASSWORD, STAFF_PASSWORD, a_holder, fresh_code
from tests.journeys.conftest import Counter
from tests.shared.documents.corpus import pdf

FAR = 120  # presses of Tab that nobody should need
SEEN = """() => [undefined, "::after"].some((part) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement, part);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
})"""  # the whole card of a document is framed, by what its link draws after itself


@pytest.mark.row("FR-18")
def test_a_customer_signs_in_opens_and_downloads_by_keyboard(counter: Counter) -> None:
    data = office.text_file("Bonjour au clavier")
    with counter.machine.app.app_context(), transaction():
        party = office.customer("4", "Ma jolie boutique", consent=ConsentState.ACCEPTED)
        where = office.folder()
        a_holder(party=party, folders=[where])
        office.filed(party, where, data, "Facture au clavier.txt")
        office.synchronise()
    page = counter.desk()
    page.goto(f"{counter.url}/sign-in")
    _type(page, page.get_by_label("Identifiant"), "4")
    _type(page, page.locator("input[name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{counter.url}/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    _press(page, page.get_by_role("main").get_by_role("link", name=re.compile("Facture au clavier")).first)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Facture au clavier")
    with page.expect_download() as caught:
        _press(page, page.get_by_role("link", name="Télécharger"))
    assert Path(caught.value.path()).read_bytes() == data

    _press(page, page.get_by_role("link", name=re.compile("Accessibilité")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Accessibilité")
    menu = page.get_by_role("banner").locator("summary")
    _press(page, menu)
    _press(page, page.get_by_role("button", name="Se déconnecter"))
    page.wait_for_url(re.compile("/sign-in"))


@pytest.mark.row("FR-18")
def test_a_customer_chooses_a_password_and_refuses_a_quote_by_keyboard(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        party = office.customer("4", "Ma jolie boutique", consent=ConsentState.ACCEPTED)
        quotes = office.folder("c.quotes")
        a_holder(party=party, password=None, initial=INITIAL)
        paper = office.filed(party, quotes, pdf(text="Devis DE-7"), "devis.pdf", title="Devis DE-7", number="DE-7")
        told = {"number": "DE-7", "title": "Éclairage du hall", "amount": Decimal(1200)}
        enter(kind="quote", party=party, by="command", values=told, documents=[paper], status="validated")
        office.synchronise()
    page = counter.desk()
    page.goto(f"{counter.url}/sign-in")
    _type(page, page.get_by_label("Identifiant"), "4")
    _type(page, page.locator("input[name=password]"), INITIAL)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/choose-password"))
    for field in page.locator("main input[type=password]").all():
        _type(page, field, "quatre mots sans aucun rapport")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{counter.url}/")

    _press(page, page.get_by_role("link", name=re.compile("devis à accepter")))
    _press(page, page.get_by_role("link", name=re.compile("Éclairage du hall")).first)
    _press(page, page.get_by_role("link", name="Refuser"))
    _type(page, page.get_by_label("Pourquoi vous refusez"), "Trop cher pour cette année")
    _press(page, page.get_by_role("button", name="Refuser le devis"))
    expect(page.get_by_role("main")).to_contain_text("Trop cher pour cette année")


@pytest.mark.row("FR-18")
def test_a_clerk_changes_a_folder_and_takes_it_back_by_keyboard(counter: Counter) -> None:
    page = counter.staff()
    page.goto(f"{counter.url}/backoffice/folders")
    _type(page, page.get_by_role("textbox", name=re.compile("Désignation")).first, "Mes actes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name=re.compile("Désignation")).first).to_have_value("Mes actes")
    undo = page.get_by_role("button", name=re.compile("Annuler"))
    expect(undo).to_be_visible()
    _press(page, undo, "Shift+Tab")
    expect(page.get_by_role("textbox", name=re.compile("Désignation")).first).not_to_have_value("Mes actes")


@pytest.mark.row("FR-18")
def test_a_clerk_finds_ticks_and_opens_an_access_by_keyboard(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        office.customer("4", "Ma jolie boutique")
        office.customer("5", "Le grand bazar")
    page = counter.desk()
    page.goto(f"{counter.url}/backoffice/sign-in")
    _type(page, page.get_by_label("E-mail"), "jeanne@exemple.fr")
    _type(page, page.locator("input[name=password]"), STAFF_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{counter.url}/backoffice/second-step")
    _type(page, page.get_by_label("Code"), fresh_code(counter.machine.app))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{counter.url}/backoffice/")

    _press(page, page.get_by_role("navigation").get_by_role("link", name="Droits d’accès"))
    _type(page, page.get_by_role("searchbox", name="Code, nom ou adresse"), "jolie")
    expect(page.locator("tr", has_text="Le grand bazar")).to_have_count(0)
    tick = page.get_by_role("checkbox", name=re.compile("Ma jolie boutique"))
    _reach(page, tick)
    page.keyboard.press("Space")
    expect(tick).to_be_checked()
    _press(page, page.get_by_role("button", name="Autoriser"), "Shift+Tab")
    expect(page.get_by_role("main")).to_contain_text("Ma jolie boutique")
    _press(page, page.get_by_role("button", name="Confirmer"))
    expect(page.get_by_role("main")).to_contain_text("Accès créés")
    page.goto(f"{counter.url}/backoffice/access?q=jolie")
    expect(
        page.locator("tr", has_text="Ma jolie boutique").get_by_role("switch", name=re.compile("Accès autorisé"))
    ).to_be_checked()


def _type(page: Page, field: Locator, words: str) -> None:
    _reach(page, field)
    page.keyboard.press("Control+a")  # what stands there is replaced
    page.keyboard.type(words)
    expect(field).to_have_value(words)


def _press(page: Page, target: Locator, key: str = "Tab") -> None:
    _reach(page, target, key)
    page.keyboard.press("Enter")


def _reach(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the target has the focus, which must show."""
    expect(target).to_be_attached()
    for _ in range(FAR):
        if target.evaluate("element => element === document.activeElement"):
            assert page.evaluate(SEEN), f"the focus is not seen on {target}"
            return
        page.keyboard.press(key)
    pytest.fail(f"{FAR} presses of {key} do not reach {target}")
