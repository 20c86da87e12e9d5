"""What staff must decide, and what they enter twice: a party that refuses an exchange, the payment of an invoice."""

from shared.extensions import db
from shared.people.models import Activity
from shared.records.answering import answer_exchange
from shared.records.models import Record
from tests.factories import office, records
from tests.factories.identity import Browser

LIST = "/backoffice/records/exchange_voucher"


def again(record: Record) -> Record:
    return db.session.get_one(Record, record.id, populate_existing=True)


def test_the_refusal_of_one_party_is_seen_until_staff_have_decided(browser: Browser) -> None:
    exchange = records.an_exchange(others=2)
    first, second = (row.party for row in exchange.parties)
    page = f"/backoffice/record/{exchange.id}"
    answer_exchange(record=exchange, party=first, answer="accepted", by="account:1")
    assert "Une partie refuse" not in browser.get(LIST).text + browser.get(page).text
    answer_exchange(record=exchange, party=second, answer="refused", by="account:2", reason="Pas ce mois-ci")
    assert "Une partie refuse" in browser.get(LIST).text
    shown = browser.get(page).text
    assert "Une partie refuse cet échange" in shown and "Pas ce mois-ci" in shown
    records.moved(exchange, "refuse")
    assert "Une partie refuse" not in browser.get(LIST).text + browser.get(page).text


def test_a_payment_is_entered_of_an_invoice_that_is_closed_and_still_owes(browser: Browser) -> None:
    db.session.add(Activity(name="Atelier Lumen", siret="73282932000074"))
    invoice = records.an_invoice(office.customer(), amount="100", net_amount="100")
    records.moved(invoice, "close")
    page, url = f"/backoffice/record/{invoice.id}", f"/backoffice/record/{invoice.id}/pay"
    assert "Saisir un paiement" in browser.get(page).text
    browser.get(url)
    assert browser.post(url, amount="100", day="", number="", memo="").status_code == 303
    assert again(invoice).balance == 0 and "Saisir un paiement" not in browser.get(page).text
    browser.get(page)
    answer = browser.post(url, amount="100", day="", number="", memo="")
    assert answer.status_code == 422 and "n’attend plus de paiement" in answer.text


def test_a_payment_is_in_the_currency_of_its_invoice(browser: Browser) -> None:
    invoice = records.an_invoice(office.customer(), amount="70", net_amount="70", currency="USD")
    url = f"/backoffice/record/{invoice.id}/pay"
    browser.get(url)
    assert browser.post(url, amount="70", day="", number="", memo="").status_code == 303
    assert again(invoice).status == "paid"
