"""A customer's card, from its creation to the day two clerks change it at once."""

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from shared.clock import now
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Consent, ConsentState, EmailSlot, Party
from tests.factories import office
from tests.factories.identity import Browser, a_clerk

SHOP = {
    "code": "4",
    "name": "Ma jolie boutique",
    "is_business": "y",
    "siret": "73282932000074",
    "vat_number": "FR44732829320",
    "locale": "fr",
    "email_card": "fiche@boutique.fr",
    "email_quote": "devis@boutique.fr",
    "email_billing": "facturation@boutique.fr",
    "email_reminder": "relance@boutique.fr",
}


@pytest.fixture
def shop(browser: Browser) -> Party:
    return _create(browser)


@pytest.mark.row("P-20")
def test_the_four_cells_are_typed_apart_and_each_shows_its_delivery_state(browser: Browser, shop: Party) -> None:
    cell = next(cell for cell in shop.cells if cell.slot is EmailSlot.BILLING)
    cell.bounced_at, cell.bounce_reason = now(), "550 5.1.1 boîte inconnue"

    text = browser.get(f"/backoffice/parties/{shop.id}").text

    for name in ("fiche", "devis", "facturation", "relance"):
        assert f"{name}@boutique.fr" in text
    assert text.count('data-state="bounced"') == 1
    assert "550 5.1.1 boîte inconnue" in text


def test_the_same_form_sent_twice_makes_one_party_and_shows_it(browser: Browser) -> None:
    browser.get("/backoffice/parties/new?family=customers")
    key = re.search(r'name="key"[^>]*value="([^"]+)"', browser.get("/backoffice/parties/new?family=customers").text)
    assert key
    answers = [browser.post("/backoffice/parties/new?family=customers", key=key[1], **SHOP) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert db.session.scalar(select(func.count()).select_from(Party)) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"siret": "73282932000075"}, "ne tombe pas juste"),
        ({"vat_number": "FR123"}, "numéro de TVA européen"),
        ({"email_quote": "devis@"}, "Il manque le domaine"),
        ({"code": ""}, "Donnez un code"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(browser: Browser, typed: dict[str, str], words: str) -> None:
    browser.get("/backoffice/parties/new?family=customers")
    answer = browser.post("/backoffice/parties/new?family=customers", **(SHOP | typed))

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Ma jolie boutique"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Party)) == 0


def test_fields_that_nobody_edits_are_ignored(browser: Browser, shop: Party) -> None:
    extra = {
        "id": "x",
        "family_id": str(office.family("employees").id),
        "closed_at": "2020-01-01",
        "created_at": "2020-01-01",
    }
    browser.get(f"/backoffice/parties/{shop.id}/edit")
    answer = browser.post(f"/backoffice/parties/{shop.id}/edit", **(SHOP | extra | {"revision": "1", "name": "Autre"}))

    assert answer.status_code == 303
    db.session.expire_all()
    assert (shop.name, shop.family.key, shop.closed_at) == ("Autre", "customers", None)


def test_the_second_clerk_sees_both_texts_and_who_saved(app: Flask, browser: Browser, shop: Party) -> None:
    a_clerk(email="marc@exemple.fr").name = "Marc Petit"
    marc = Browser(app)
    marc.sign_in_staff("marc@exemple.fr")
    url = f"/backoffice/parties/{shop.id}/edit"
    browser.get(url)
    marc.get(url)
    assert marc.post(url, **(SHOP | {"revision": "1", "name": "Ma belle boutique"})).status_code == 303

    answer = browser.post(url, **(SHOP | {"revision": "1", "name": "Ma grande boutique"}))

    assert answer.status_code == 409
    for words in ("Ma belle boutique", "Ma grande boutique", "Marc Petit"):
        assert words in answer.text
    db.session.expire_all()
    assert shop.name == "Ma belle boutique"
    browser.post(url, **(SHOP | {"revision": "2", "name": "Ma grande boutique"}))
    db.session.expire_all()
    assert shop.name == "Ma grande boutique"


def test_a_foreign_customer_stays_foreign_when_its_telephone_is_corrected(browser: Browser, shop: Party) -> None:
    shop.country = "BE"
    page, url = f"/backoffice/parties/{shop.id}", f"/backoffice/parties/{shop.id}/edit"
    form = BeautifulSoup(browser.get(url).text, "html5lib")
    countries = [(each["value"], each.text) for each in form.select("select[name=country] option")]
    assert countries[0] == ("FR", "France")
    assert form.select_one("select[name=country] option[selected]").text == "Belgique"  # type: ignore[union-attr]
    shown = form.select_one("select[name=country] option[selected]")["value"]  # type: ignore[index]

    browser.post(url, **(SHOP | {"revision": "1", "phone": "0470 12 34 56", "country": shown}))
    assert (shop.country, shop.phone) == ("BE", "0470 12 34 56")
    browser.post(url, **(SHOP | {"revision": "2", "phone": "0470 12 34 57"}))  # a form that says nothing of it
    assert (shop.country, shop.phone) == ("BE", "0470 12 34 57")
    assert re.search(r"<dt>Pays</dt>\s*<dd>Belgique</dd>", browser.get(page).text)

    answer = browser.post(url, **(SHOP | {"revision": "2", "country": "LU"}))
    assert answer.status_code == 409
    rows = [cell.text.strip() for cell in BeautifulSoup(answer.text, "html5lib").select("td")]
    assert rows[rows.index("Pays") :][:3] == ["Pays", "Belgique", "Luxembourg"]
    assert browser.post(url, **(SHOP | {"revision": "3", "country": "XX"})).status_code == 422
    assert shop.country == "BE"


def test_a_country_that_an_erp_invented_is_not_replaced_by_the_first_of_the_list(browser: Browser, shop: Party) -> None:
    shop.country = "UK"
    url = f"/backoffice/parties/{shop.id}/edit"
    chosen = BeautifulSoup(browser.get(url).text, "html5lib").select_one("select[name=country] option[selected]")
    assert chosen is not None
    browser.post(url, **(SHOP | {"revision": "1", "phone": "0123456789", "country": chosen["value"]}))
    assert (shop.country, shop.phone) == ("UK", "0123456789")


def test_an_agreement_keeps_date_author_and_proof(browser: Browser, shop: Party) -> None:
    browser.get(f"/backoffice/parties/{shop.id}")
    browser.post(f"/backoffice/parties/{shop.id}/consent/invoice", state="refused", proof="Courrier du 3 mai")

    decision = db.session.scalars(
        select(Consent).where(Consent.document_class == "invoice", Consent.superseded_at.is_(None))
    ).one()
    assert (decision.state, decision.proof) == (ConsentState.REFUSED, "Courrier du 3 mai")
    text = browser.get(f"/backoffice/parties/{shop.id}").text
    assert "Factures : Refusé" in text
    assert "Jeanne Roy — Courrier du 3 mai" in text
    assert browser.post(f"/backoffice/parties/{shop.id}/consent/payslip", state="refused").status_code == 404


def test_two_clerks_on_one_decision_and_the_second_sees_what_the_first_wrote(browser: Browser, shop: Party) -> None:
    """The page was opened before the customer's refusal was noted: it must not publish again."""
    url = f"/backoffice/parties/{shop.id}/consent/invoice"
    opened = BeautifulSoup(browser.get(f"/backoffice/parties/{shop.id}").text, "html5lib")
    seen = opened.select_one("#invoice-seen")["value"]  # type: ignore[index]
    assert browser.post(url, seen=seen, state="refused", proof="Courrier du 3 mai").status_code == 303

    answer = browser.post(url, seen=seen, state="accepted", proof="Bon signé")

    assert answer.status_code == 409
    assert "Factures : Refusé" in answer.text
    assert "Jeanne Roy — Courrier du 3 mai" in answer.text
    form = BeautifulSoup(answer.text, "html5lib").select_one("details[open] form")
    assert form is not None
    assert "Quelqu’un a enregistré cette fiche" in form.text
    assert form.select_one("input[checked]")["value"] == "accepted"  # type: ignore[index]
    assert "Bon signé" in form.text
    known = form.select_one("input[name=seen]")["value"]  # type: ignore[index]
    assert browser.post(url, seen=known, state="accepted", proof="Bon signé").status_code == 303
    assert "Factures : Accepté" in browser.get(f"/backoffice/parties/{shop.id}").text


@pytest.mark.row("P-61")
def test_a_decision_needs_a_word_of_proof_or_its_paper(browser: Browser, shop: Party) -> None:
    paper = office.filed(shop, office.folder("c.quotes"), filename="bon.txt")
    url = f"/backoffice/parties/{shop.id}/consent/invoice"
    browser.get(f"/backoffice/parties/{shop.id}")
    before = db.session.scalar(select(func.count()).select_from(Consent))
    for state in ("accepted", "refused"):
        answer = browser.post(url, state=state, proof=" ")
        assert answer.status_code == 422
        form = BeautifulSoup(answer.text, "html5lib").select_one("details[open] form")
        assert form is not None
        assert "Dites comment ce client l’a décidé" in form.text
        assert form.select_one("input[checked]")["value"] == state  # type: ignore[index]
    assert browser.post(url, proof="Appel du 2 mai").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Consent)) == before

    assert browser.post(url, state="requested").status_code == 303
    assert browser.post(url, state="accepted", document_id=str(paper.id)).status_code == 303
    assert browser.post(url, state="refused", proof="Courrier du 3 mai").status_code == 303


def test_the_last_documents_lead_to_themselves(browser: Browser, shop: Party) -> None:
    paper = office.filed(shop, office.folder("c.quotes"), filename="bon.txt")
    page = BeautifulSoup(browser.get(f"/backoffice/parties/{shop.id}").text, "html5lib")
    link = next(each for each in page.select("ul.g-list a") if paper.title in each.text)
    assert browser.get(str(link["href"])).status_code == 200


def test_whoever_may_only_read_changes_nothing(app: Flask, shop: Party) -> None:
    a_clerk(role="reader", email="lea@exemple.fr")
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    assert lea.get(f"/backoffice/parties/{shop.id}").status_code == 200
    before = db.session.scalar(select(func.count()).select_from(Event).where(Event.name.like("party.%")))

    for url in (f"/backoffice/parties/{shop.id}/edit", "/backoffice/parties/new?family=customers"):
        assert lea.post(url, **SHOP).status_code == 403
    assert lea.post(f"/backoffice/parties/{shop.id}/consent/invoice", state="refused").status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.name.like("party.%"))) == before


def _create(browser: Browser) -> Party:
    browser.get("/backoffice/parties/new?family=customers")
    browser.post("/backoffice/parties/new?family=customers", **SHOP)
    return db.session.scalars(select(Party)).one()
