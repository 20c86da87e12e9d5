"""The space of an employee: the newest payslip on top, the announced document first, nothing opened without login."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from shared.access import granting, initial
from shared.access.models import Access, Link, LinkPurpose, Seat
from shared.access.synchronising import synchronise
from shared.clock import today
from shared.documents.models import Document
from shared.documents.previewing import page_text
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.field_table import DOCUMENT
from shared.notifications.fields import Context, check, offered
from shared.notifications.models import Notification, Template, TemplateVersion
from shared.notifications.resolving import Ready, resolve
from shared.people.leaving import record_departure
from shared.people.models import Contact, EmailSlot
from shared.settings.reading import company
from tests.factories import bulk, counter, office, post
from tests.factories.identity import Browser, a_clerk, a_holder, path_of

HOME = "camille@maison.example"


@pytest.fixture
def seat(app: Flask) -> Seat:
    post.an_installation()
    party = office.customer("E0042", "Camille Martin", key="employees", addresses={EmailSlot.CARD: HOME})
    return a_holder(party=party)


def a_payslip(seat: Seat, month: int) -> Document:
    data, day = f"%PDF {month}".encode(), date(2026, month, 28)
    return counter.a_document(seat.party, office.folder("e.payslips"), f"Bulletin {month:02}", data=data, issued_on=day)


def first_card(page: str) -> str:
    card = BeautifulSoup(page, "html5lib").select_one("main article h3")
    assert card is not None
    return card.get_text(strip=True)


@pytest.mark.row("FR-04")
def test_the_newest_payslip_is_on_top_and_everything_is_one_tap_away(app: Flask, seat: Seat) -> None:
    for month in (3, 5, 4):
        a_payslip(seat, month)
    counter.a_document(seat.party, office.folder("e.contracts"), "Contrat", data=b"%PDF c")
    browser = Browser(app)
    browser.sign_in("E0042")
    home = browser.get("/").text
    assert first_card(home) == "Bulletin 05" and home.count(">Bulletin 05<") == 1
    assert 'href="/documents/zip"' in home and 'href="/documents/payslips"' in home
    assert "Contrat" in home and "coffre" not in home.lower()


@pytest.mark.row("P-86")
def test_the_link_to_the_space_shows_the_announced_document_on_top(app: Flask, seat: Seat) -> None:
    a_payslip(seat, 5)
    amendment = counter.a_document(seat.party, office.folder("e.contracts"), "Avenant télétravail", data=b"%PDF a")
    a_payslip(seat, 6)
    link = counter._kept(
        Link(
            purpose=LinkPurpose.TARGET,
            party_id=seat.party_id,
            document_id=amendment.id,
            target="home",
            expires_at=counter.a_link(amendment).expires_at,
        )
    )
    browser = Browser(app)
    assert browser.get(path_of(link)).location == f"/sign-in?next={path_of(link)}"
    browser.sign_in("E0042")
    landing = browser.get(path_of(link)).location
    assert landing == f"/?new={amendment.id}"
    assert first_card(browser.get(landing).text) == "Avenant télétravail"


def answer_to(seat: Seat, document: Document) -> Ready:
    [line] = post.lines(document)
    rows = db.session.execute(Notification.__table__.select().where(Notification.id == line.id)).mappings().all()
    [answer] = resolve(db.session.connection(), rows)
    assert isinstance(answer, Ready)
    return answer


@pytest.mark.row("P-87")
def test_the_immediate_link_of_an_employee_asks_for_the_login_then_opens_the_document(app: Flask, seat: Seat) -> None:
    folder = office.folder("e.to_sign")
    document = post.announced(seat.party, folder, "CTR-1")
    answer_to(seat, document)
    link = db.session.scalars(select(Link).where(Link.document_id == document.id)).one()
    browser = Browser(app)
    asked = browser.get(path_of(link))
    assert asked.location == f"/sign-in?next={path_of(link)}" and document.title not in asked.text
    browser.sign_in("E0042")
    assert browser.get(path_of(link)).location == f"/documents/{document.id}"
    stray = counter.a_link(document)  # as an earlier release mailed it
    outside = Browser(app)
    assert outside.get(path_of(stray)).location == f"/sign-in?next={path_of(stray)}"


@pytest.mark.row("P-90")
def test_an_employee_s_text_has_its_own_fields_and_neither_amount_nor_social_number(app: Flask, seat: Seat) -> None:
    theirs = Context(DOCUMENT, "employees")
    names = {field.name for field in offered(theirs)}
    assert {"civilité", "nom", "matricule", "lien", "domaine", "société", "document"} <= names
    assert not {"montant", "échéance", "nir"} & names
    assert "matricule" not in {field.name for field in offered(Context(DOCUMENT, "customers"))}
    for typed in ("#montant#", "#NIR#", "#numéro_de_sécurité_sociale#"):
        with pytest.raises(Refused) as refused:
            check("Bulletin", f"Voici {typed} : #lien#", theirs)
        assert typed.strip("#").split("_")[0].lower() in refused.value.sentence.lower()

    company().domain = "exemple.fr"
    db.session.add(company())
    main = db.session.scalars(select(Contact).where(Contact.party_id == seat.party_id)).one()
    main.is_main, main.person.civility = True, "Mme"
    template = db.session.scalars(select(Template).where(Template.key == "document.published.payslips")).one()
    body = "#civilité# #nom# (#matricule#), #société# #domaine# #document# #lien#"
    text = db.session.scalars(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id, TemplateVersion.locale == "fr", TemplateVersion.is_current
        )
    ).one()
    text.body = body
    db.session.flush()
    merged = answer_to(seat, post.announced(seat.party, office.folder("e.payslips"), "2026-06")).body
    assert "Mme Camille Martin (E0042)" in merged and "#" not in merged.replace("•••", "")


@pytest.mark.row("P-90")
def test_the_editor_of_the_payslips_text_offers_the_same_and_refuses_an_amount(app: Flask, seat: Seat) -> None:
    a_clerk()
    browser = Browser(app)
    browser.sign_in_staff()
    template = db.session.scalars(select(Template).where(Template.key == "document.published.payslips")).one()
    url = f"/backoffice/templates/{template.id}"
    page = browser.get(url).text
    assert "#matricule#" in page and "#montant#" not in page
    answer = browser.post(url, subject="Bulletin", body="Net : #montant# #lien#", seen=1)
    assert answer.status_code == 422 and "montant" in answer.text


@pytest.mark.row("P-92")
def test_without_an_address_a_letter_and_a_phone_are_enough_and_the_departure_takes_nothing(app: Flask) -> None:
    post.an_installation()
    a_clerk()
    party = office.customer("E7", "Ali Diallo", key="employees")
    granting.allow(access=granting.grant(party=party, by="command"), by="command")
    access = db.session.scalars(select(Access).where(Access.party_id == party.id)).one()
    initial.draw(access=access, by="command")
    code = initial.show(access=access, by="command")
    slip = counter.a_document(party, office.folder("e.payslips"), "Bulletin de mai", data=b"%PDF mai")
    clerk = Browser(app)
    clerk.sign_in_staff()
    clerk.get("/backoffice/access?family=employees")
    bulk.done(clerk, bulk.preview_filter(clerk, "letters", "family=employees&address=missing"), "family=employees")
    letter = clerk.post(f"/backoffice/access/bulk/{bulk.the_action().id}/letters")
    printed = " ".join(page_text(letter.data, 0).split())
    assert "Ali Diallo" in printed and "Identifiant E7" in printed and code in printed
    synchronise()

    phone = Browser(app)
    assert phone.sign_in("E7", code).location.endswith("/choose-password")
    phone.get("/choose-password")
    assert phone.post("/choose-password", password="girafe tambour lavande").status_code == 303
    assert phone.client.get(f"/documents/{slip.id}/file").data == b"%PDF mai"
    record_departure(party=party, left_on=today() - timedelta(days=40), by="command")
    db.session.flush()
    again = Browser(app)
    again.sign_in("E7", "girafe tambour lavande")
    assert again.client.get(f"/documents/{slip.id}/file").data == b"%PDF mai"
    assert again.client.get("/documents/zip?class=payslip").status_code == 200
