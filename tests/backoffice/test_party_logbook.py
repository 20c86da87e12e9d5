"""The « Cahier de liaison » of a party: everything that passed, in the order in which it passed."""

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from shared.access import granting
from shared.clock import now
from shared.deposits import depositing, requesting
from shared.deposits.requesting import Wanted
from shared.documents import publishing
from shared.documents.reading import Reader, find, opened
from shared.extensions import db, uuid7
from shared.notifications.models import Notification, Status
from shared.people.contacting import ContactCard, add_contact
from shared.people.logbook import entries
from shared.people.logbook_kinds import KINDS
from shared.people.models import Grant, Party
from shared.people.scopes import scope_of
from shared.records import remarks
from shared.signatures import refusing
from tests.factories import counter, office
from tests.factories.company import Company, a_company, may_see_payslips
from tests.factories.identity import Browser, a_clerk, signed_in
from tests.factories.records import a_quote
from tests.shared.documents.corpus import pdf


@pytest.fixture
def company(app: Flask) -> Company:
    return a_company(3)


@pytest.fixture
def browser(app: Flask, company: Company) -> Browser:
    return signed_in(app)


@pytest.fixture
def party(company: Company) -> Party:
    return company.customer.party


@pytest.mark.row("P-43")
def test_the_line_of_time_shows_notice_delivery_and_view_in_order(
    browser: Browser, party: Party, company: Company
) -> None:
    document = counter.a_document(party, office.folder("c.invoices"), "Facture du jour", "FJ-1", live=False)
    url = f"/backoffice/parties/{party.id}/logbook"
    publishing.publish(document=document, by=office.BY)
    db.session.flush()
    row = db.session.scalars(
        select(Notification)
        .where(Notification.event == "document.published", Notification.party_id == party.id)
        .order_by(Notification.created_at.desc())
    ).first()
    assert row is not None
    row.status, row.sent_at, row.ended_at = Status.DELIVERED, now(), now()
    row.subject, row.address = "Votre facture est là", "compta@boutique.example"
    db.session.flush()
    reader = Reader(by=f"account:{company.customer.account_id}", seat=company.customer)
    sheet = find(document_id=document.id, reader=reader)
    assert sheet is not None
    opened(sheet=sheet, reader=reader)
    key = _key(browser.get(url).text)
    browser.post(url, key=key, kind="call", text="A bien reçu la facture")

    text = browser.get(url).text
    order = [
        "A bien reçu la facture",
        "Document ouvert : Facture du jour",
        "Message : remis",
        "Message envoyé",
        "Message préparé",
        "Document mis à disposition : Facture du jour",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "Document ouvert" not in browser.get(f"{url}?kind=notes").text.partition('id="results"')[2]
    assert "A bien reçu" in browser.get(f"{url}?kind=notes").text


def test_the_line_of_time_is_read_by_key_and_loses_nothing(app: Flask, browser: Browser, party: Party) -> None:
    clerk = a_clerk(email="deux@exemple.fr")
    whole = entries(
        party.id,
        seen=scope_of(clerk, "backoffice:documents:see"),
        records=scope_of(clerk, "backoffice:records:see"),
        notices=True,
        size=500,
    )
    seen, after = [], ""
    while True:
        part = entries(
            party.id,
            seen=scope_of(clerk, "backoffice:documents:see"),
            records=scope_of(clerk, "backoffice:records:see"),
            notices=True,
            after=after,
            size=3,
        )
        seen += part.entries
        if part.after is None:
            break
        after = part.after
    assert seen == whole.entries
    assert len(seen) > 6


@pytest.mark.row("P-43")
def test_what_the_customer_wrote_is_a_message_and_leads_to_its_answer(
    app: Flask, browser: Browser, party: Party, company: Company
) -> None:
    invoice, quote = counter.a_document(party, office.folder("c.invoices"), "Facture FJ-2", "FJ-2"), a_quote(party)
    seat, base = company.customer, f"/backoffice/parties/{party.id}/logbook"
    account, staff = seat.account, f"staff:{company.clerk.id}"
    by = f"account:{account.id}"
    remarks.say(subject=invoice, text="Le montant est faux", by=by, account=account)
    remarks.say(subject=invoice, text="Nous regardons cela", by=staff)
    remarks.note(subject=invoice, text="Il se plaint toujours", by=staff)
    remarks.ask(record=quote, text="Quel délai de pose ?", by=by, account=account, party_id=party.id)

    page = BeautifulSoup(browser.get(f"{base}?kind=messages").text, "html5lib")
    filters = {option["value"]: option.text for option in page.select("select[name=kind] option")}
    assert (filters["notices"], filters["messages"]) == ("Notifications", "Messages échangés")
    lines = page.select("#results li")
    said = [" ".join(each.text.split()) for each in lines]
    assert len(said) == 3
    assert "Devis : question posée" in said[0] and "Quel délai de pose ?" in said[0]
    assert "Message écrit à un tiers : Facture FJ-2" in said[1] and "Nous regardons cela" in said[1]
    assert "Message reçu d’un tiers : Facture FJ-2" in said[2] and "Le montant est faux" in said[2]
    links = [each.a["href"] for each in lines if each.a]
    about = f"/backoffice/documents/{invoice.id}/messages"
    assert links == [f"/backoffice/record/{quote.id}/messages", about, about]
    assert all(browser.get(link).status_code == 200 for link in links)
    assert "Le montant est faux" in browser.get(base).text

    clerk = a_clerk(role="reader", email="lea@exemple.fr")
    role = clerk.grants[0].role
    role.permissions = [each for each in role.permissions if each != "backoffice:records:see"]
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    text = lea.get(f"{base}?kind=messages").text
    assert "Le montant est faux" in text and "Quel délai" not in text
    assert "Rien de cette sorte" in lea.get(f"{base}?kind=records").text


def test_what_is_asked_for_deposited_or_entered_is_told_within_reach(
    app: Flask, browser: Browser, party: Party, company: Company
) -> None:
    deposits, leave = office.folder("c.contracts"), office.folder("e.timesheets")
    deposits.deposit_allowed = leave.deposit_allowed = leave.needs_grant = True
    base = f"/backoffice/parties/{party.id}/logbook"
    requested = requesting.ask(
        party=party, folder=deposits, wanted=Wanted(label="Attestation d’assurance"), by=office.BY
    )
    depositing.deposit(
        seat=company.customer,
        folder=deposits,
        files=[("attestation.pdf", pdf(text="attestation"))],
        by=f"account:{company.customer.account_id}",
        once=uuid7(),
        request=requested,
    )
    order = a_quote(party)
    text = browser.get(f"{base}?kind=deposits").text
    for words in ("Document demandé : Attestation", "Document demandé et fourni", "Document déposé depuis le portail"):
        assert words in text
    assert 'href="/backoffice/requests?family=customers"' in text.partition('id="results"')[2]
    text = browser.get(f"{base}?kind=records").text
    assert f"Devis : validé — {order.number}" in text
    assert f'href="/backoffice/record/{order.id}"' in text

    employee = company.employee.party
    of_employee = f"/backoffice/parties/{employee.id}/logbook"
    requesting.ask(party=employee, folder=leave, wanted=Wanted(label="Arrêt de mai"), by=office.BY)
    assert company.payslip is not None
    remarks.say(
        subject=company.payslip,
        text="Ma prime manque",
        by=f"account:{company.employee.account_id}",
        account=company.employee.account,
    )
    for words in ("Arrêt de mai", "Ma prime manque", "Message reçu"):
        assert words not in browser.get(of_employee).text
    role = company.clerk.grants[0].role_id
    db.session.add(Grant(staff_id=company.clerk.id, role_id=role, folder_id=leave.id))
    may_see_payslips(company.clerk)
    text = browser.get(of_employee).text
    assert "Document demandé : Arrêt de mai" in text and "Ma prime manque" in text


def test_each_kind_of_the_filter_shows_what_it_says(
    app: Flask, browser: Browser, party: Party, company: Company
) -> None:
    document = counter.a_document(party, office.folder("c.invoices"), "Facture FJ-3", "FJ-3")
    customer = Browser(app)
    customer.sign_in(party.code)
    assert customer.get(f"/documents/{document.id}/file").status_code == 200
    page = f"/backoffice/parties/{party.id}"
    browser.get(page)
    browser.post(f"{page}/consent/invoice", state="refused", proof="Appel du 3 mai")
    refusing.refuse(
        signer=company.signing[0].signers[0], reason="Prix trop haut", by=f"account:{company.customer.account_id}"
    )
    granting.withdraw(access=company.customer.access, by=office.BY)

    shown = {kind: browser.get(f"{page}/logbook?kind={kind}").text.partition('id="results"')[2] for kind in KINDS}
    told = {
        "readings": "Document téléchargé : Facture FJ-3",
        "consents": "Factures : Refusé — Appel du 3 mai",
        "signatures": "Signature refusée : Devis à lire",
        "access": "Accès retiré",
    }
    for kind, words in told.items():
        assert [each for each in shown if words in shown[each]] == [kind]


def test_a_call_says_with_whom(browser: Browser, party: Party) -> None:
    contact = add_contact(party=party, card=ContactCard(family_name="Petit", given_name="Anne"), by=office.BY)
    url = f"/backoffice/parties/{party.id}/logbook"
    browser.post(
        url, key=_key(browser.get(url).text), kind="call", contact_id=contact.id, text="Attend la nouvelle facture"
    )
    browser.post(url, key=_key(browser.get(url).text), kind="note", text="Part en congé")
    shown = BeautifulSoup(browser.get(url).text, "html5lib").select("#results li")
    lines = [" ".join(each.text.split()) for each in shown]
    assert lines[0].startswith("Note Part en congé")
    assert lines[1].startswith("Appel avec Anne Petit Attend la nouvelle facture")


def _key(text: str) -> str:
    found = re.search(r'name="key"[^>]*value="([^"]+)"', text)
    assert found
    return found[1]
