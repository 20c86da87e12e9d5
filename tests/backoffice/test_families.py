"""Families of parties are data: a new one lives everywhere without a line of code."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from shared.access import granting
from shared.access.models import Access
from shared.documents.models import Document, Folder
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.founding import Kind, found
from shared.people.models import EmailSlot, Family, Party
from tests.factories import office
from tests.factories.counter import a_seat
from tests.factories.identity import PASSWORD, Browser, a_clerk, a_holder
from tests.factories.office import filed

LANDLORDS = {
    "key": "bailleurs",
    "label": "Bailleurs",
    "one": "bailleur",
    "root": "bailleurs",
    "home_label": "espace bailleur",
    "slots": ["card", "billing"],
    "slot_fallback": "card",
    "default_consent": "accepted",
}


def family() -> Family:
    return db.session.scalars(select(Family).where(Family.key == "bailleurs")).one()


def landlords(browser: Browser) -> Family:
    browser.get("/backoffice/families/new")
    assert browser.post("/backoffice/families/new", **LANDLORDS).status_code == 303
    return family()


@pytest.mark.row("P-74")
def test_a_family_made_on_screen_has_folders_accesses_notices_history_and_a_portal(
    browser: Browser, app: Flask
) -> None:
    made = landlords(browser)
    assert (made.root, made.slots, made.default_consent) == ("BAILLEURS", ["card", "billing"], "accepted")
    browser.get("/backoffice/folders/new?family=bailleurs")
    new = {"path": "BAILLEURS/Quittance", "label": "Quittances", "document_class": "other", "retention_class": "other"}
    assert browser.post("/backoffice/folders/new?family=bailleurs", **new).status_code == 303
    receipts = db.session.scalars(select(Folder).where(Folder.label == "Quittances")).one()
    browser.get("/backoffice/folders/many?family=bailleurs")
    for column, value in (("on_portal", "1"), ("notify", "immediate"), ("slot", "billing")):
        sent = {"column": column, "value": value, "confirmed": "1", "ids": [str(receipts.id)]}
        seen = {f"revision-{receipts.id}": str(receipts.revision)}
        assert browser.post("/backoffice/folders/many?family=bailleurs", **sent, **seen).status_code == 303
    browser.get("/backoffice/parties/new?family=bailleurs")
    card = {"code": "B1", "name": "SCI du Port", "email_billing": "loyers@port.example", "locale": "fr"}
    assert browser.post("/backoffice/parties/new?family=bailleurs", **card).status_code == 303
    party = db.session.scalars(select(Party).where(Party.family_id == made.id)).one()
    a_seat(party)
    document = filed(party, receipts)
    db.session.flush()
    (notice,) = db.session.scalars(select(Notification).where(Notification.party_id == party.id)).all()
    assert notice.slot is EmailSlot.BILLING and notice.family_id == made.id
    for address in ("folders", "explorer", "access", "parties", "history"):
        answer = browser.get(f"/backoffice/{address}?family=bailleurs")
        assert answer.status_code == 200, address
        if address != "history":
            tabs = [
                each.get_text(" ", strip=True) for each in BeautifulSoup(answer.text, "html5lib").select(".g-tabs a")
            ]
            assert any(tab.startswith("Bailleurs") for tab in tabs), address
    assert "SCI du Port" in browser.get("/backoffice/history").text
    assert "Quittances" in browser.get(f"/backoffice/parties/{party.id}/folders").text
    assert "loyers@port.example" in browser.get(f"/backoffice/folders/{receipts.id}/audience").text
    seat = a_holder("B2")
    seat.party.family = made
    mine = filed(seat.party, receipts)
    visitor = Browser(app)
    visitor.sign_in("B2", PASSWORD)
    home = visitor.get("/")
    assert home.status_code == 200 and "Quittances" in home.text
    assert visitor.get(f"/documents/{mine.id}").status_code == 200
    assert visitor.get(f"/documents/{document.id}").status_code == 404
    assert granting.grant(party=party, by="command").party_id == party.id
    assert db.session.scalars(select(Access).where(Access.party_id == party.id)).first() is not None
    assert db.session.get_one(Document, document.id).folder_id == receipts.id


def test_what_is_taken_or_cannot_be_is_said_beside_its_field(browser: Browser) -> None:
    landlords(browser)
    wrong = (
        ({"key": "bailleurs"}, "déjà celle"),
        ({"key": "Été 2026"}, "minuscules"),
        ({"key": "paths"}, "minuscules"),
        ({"key": "autres", "root": "Bailleurs"}, "racine BAILLEURS est déjà"),
        ({"key": "autres", "root": "..\\X"}, "capitales"),
        ({"key": "autres", "root": "AUTRES", "label": "BAILLEURS"}, "s’appelle déjà"),
        ({"key": "autres", "root": "AUTRES", "label": "Autres", "slots": ["billing"]}, "fiche"),
        ({"key": "autres", "root": "AUTRES", "label": "Autres", "slot_fallback": "quote"}, "cellule de secours"),
    )
    for values, sentence in wrong:
        browser.get("/backoffice/families/new")
        answer = browser.post("/backoffice/families/new", **(LANDLORDS | values))
        assert answer.status_code == 422 and sentence in answer.text, values
    assert db.session.scalars(select(Event).where(Event.name == "family.created")).all().__len__() == 1


def test_a_family_changes_and_the_second_clerk_is_told(browser: Browser) -> None:
    made = landlords(browser)
    url = f"/backoffice/families/{made.id}/edit"
    form = BeautifulSoup(browser.get(url).text, "html5lib")
    seen = form.select_one("input[name=seen]")
    assert seen is not None
    sent = {**LANDLORDS, "seen": str(seen["value"])}
    assert browser.post(url, **{**sent, "home_label": "espace propriétaire"}).status_code == 303
    assert family().home_label == "espace propriétaire"
    late = browser.post(url, **{**sent, "one": "propriétaire"})
    assert late.status_code == 409 and "Enregistré par Jeanne Roy" in late.text
    soup = BeautifulSoup(late.text, "html5lib")
    rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in soup.select("tbody tr")]
    assert ["Un tiers de cette famille", "bailleur", "propriétaire"] in rows
    assert ["Nom de l’espace sur le portail", "espace propriétaire", "espace bailleur"] in rows
    assert family().one == "bailleur", "nothing is written over unseen"
    marker = soup.select_one("input[name=seen]")
    assert marker is not None
    informed = {**sent, "one": "propriétaire", "home_label": "espace propriétaire", "seen": str(marker["value"])}
    assert browser.post(url, **informed).status_code == 303
    assert (family().one, family().home_label) == ("propriétaire", "espace propriétaire")
    customers = office.family()
    url = f"/backoffice/families/{customers.id}/edit"
    soup = BeautifulSoup(browser.get(url).text, "html5lib")
    field = soup.select_one("input[name=seen]")
    assert field is not None
    as_is = {
        "seen": str(field["value"]),
        "label": "Clients",
        "one": "client",
        "root": "CLIENTS",
        "home_label": "espace client",
        "slots": ["card", "quote", "billing", "reminder"],
        "slot_fallback": "",
        "default_consent": "accepted",
    }
    moved = browser.post(url, **{**as_is, "root": "ACHETEURS"})
    assert moved.status_code == 422 and "elle ne change plus" in moved.text
    lost = browser.post(url, **{**as_is, "slots": ["card", "quote"]})
    assert lost.status_code == 422 and "notifie sur une cellule" in lost.text
    assert browser.post(url, **as_is).status_code == 303


def test_only_whoever_configures_the_whole_company_adds_a_family(app: Flask) -> None:
    office.an_installation()
    clerk = a_clerk()
    for grant in clerk.grants:
        grant.family_id = office.family().id
    browser = Browser(app)
    browser.sign_in_staff()
    assert browser.get("/backoffice/families").status_code == 200
    assert browser.get("/backoffice/families/new").status_code == 403
    assert browser.get(f"/backoffice/families/{office.family('employees').id}/edit").status_code == 404


def test_parties_of_a_family_of_persons_are_no_businesses(browser: Browser) -> None:
    found(
        key="benevoles",
        kind=Kind("Bénévoles", "bénévole", "BENEVOLES", "espace bénévole", of_people=True),
        by="command",
    )
    for key, ticked in (("benevoles", False), ("customers", True)):
        page = BeautifulSoup(browser.get(f"/backoffice/parties/new?family={key}").text, "html5lib")
        box = page.select_one("input[name=is_business]")
        assert (box is not None and box.has_attr("checked")) is ticked
