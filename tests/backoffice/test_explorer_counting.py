"""The page before an action on ticked documents says the numbers of what is then done."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from shared.documents import publishing, repairing
from shared.documents.models import Document, Publication
from shared.extensions import db, uuid7
from shared.notifications.models import Notification
from shared.people.models import EmailSlot
from tests.backoffice.test_explorer import choose
from tests.factories import office
from tests.factories.identity import Browser
from tests.factories.office import customer, filed, folder
from tests.factories.rules import a_text
from tests.factories.signing import a_request


def messages() -> int:
    return db.session.scalar(select(func.count()).select_from(Notification)) or 0


def said(answer: TestResponse) -> str:
    return " ".join(BeautifulSoup(answer.text, "html5lib").get_text(" ").split()).replace(" ,", ",")


def confirmed(browser: Browser, counted: TestResponse) -> TestResponse:
    """What the button of the page sends."""
    form = BeautifulSoup(counted.text, "html5lib").select_one("form[action*='explorer/selection']")
    assert form is not None
    data: dict[str, list[str]] = {}
    for field in form.select("input[name]"):
        data.setdefault(str(field["name"]), []).append(str(field.get("value", "")))
    return browser.client.post("/backoffice/explorer/selection", data=data)


@pytest.mark.row("P-67")
def test_a_forced_notice_makes_as_many_messages_as_it_said(browser: Browser) -> None:
    party = customer(addresses=dict.fromkeys(EmailSlot, "compta@exemple.fr"))
    invoices = [filed(party, folder()) for _ in range(2)]
    quote, off = filed(party, folder("c.quotes")), filed(party, folder("c.contracts"))
    publishing.withdraw(document=off, by=office.BY)
    before = messages()
    counted = choose(browser, "resend", *invoices, quote, off, forced="1", key=str(uuid7()))
    told = said(counted)
    assert "3 documents seront annoncés, chez 1 tiers." in told, told
    assert "2 messages seront faits." in told
    assert "1 document ne sera pas annoncé : pas sur le portail." in told
    assert messages() == before, "only counted"
    answer = confirmed(browser, counted)
    assert messages() == before + 2
    assert "2 messages prêts à partir" in said(browser.get(answer.location))
    again = confirmed(browser, counted)
    assert messages() == before + 2 and "2 messages prêts à partir" in said(browser.get(again.location))


def test_what_a_message_would_lack_is_said_with_its_party_before_it_is_made(browser: Browser) -> None:
    text = a_text("Facture", "Bonjour #nom#, vous devez #montant#.", context="documents")
    folder().template_id = text.id
    alpha = customer(name="Alpha", addresses={EmailSlot.BILLING: "a@exemple.fr"})
    beta = customer(name="Beta", addresses={EmailSlot.BILLING: "b@exemple.fr"})
    gamma = customer(name="Gamma")
    whole, bare, nowhere = filed(alpha, folder(), amount=12), filed(beta, folder()), filed(gamma, folder(), amount=3)
    before = messages()
    told = said(choose(browser, "resend", whole, bare, nowhere))
    assert "3 messages seront faits." in told
    assert "1 message restera en brouillon" in told and "Beta : Il manque une valeur pour #montant#" in told
    assert "Alpha :" not in told and "1 message attendra une adresse" in told and "Gamma :" in told
    alone = choose(browser, "resend", bare)
    assert alone.status_code == 200 and "Beta : Il manque une valeur" in said(alone), "one alone is asked about too"
    assert messages() == before
    assert choose(browser, "resend", whole).status_code == 303 and messages() == before + 1


def test_moving_counts_what_will_be_refused(browser: Browser) -> None:
    party = customer(addresses={EmailSlot.CARD: "a@exemple.fr"})
    free, kept = filed(party, folder(), title="Libre"), a_request(party).document
    told = said(choose(browser, "move", free, kept))
    assert "1 document sera déplacé" in told and "1 document ne change pas : une signature est demandée" in told
    target = folder("c.contracts")
    twin, _there = filed(party, folder(), b"jumeau", title="Jumeau"), filed(party, target, b"jumeau")
    answer = choose(browser, "move", free, twin, sure="1", folder_id=str(target.id))
    told = said(answer)
    assert answer.status_code == 422 and "1 document ne peut pas y aller : rien n’a été déplacé." in told
    assert "Jumeau : Ce répertoire contient déjà exactement ce document." in told
    assert "1 document sera déplacé" in told
    db.session.expire_all()
    assert db.session.get_one(Document, free.id).folder_id == folder().id


def test_a_repair_says_how_far_it_is(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [filed(customer(), folder()) for _ in range(3)]
    db.session.execute(delete(Publication).where(Publication.document_id.in_([each.id for each in documents])))
    comparison = office.a_comparison()
    browser.get("/backoffice/comparison")
    assert browser.post(f"/backoffice/comparison/{comparison.id}/repair").status_code == 303
    assert "Réparation en cours 0 / 3" in said(browser.get("/backoffice/comparison"))
    monkeypatch.setattr("shared.documents.repairing.BATCH", 2)
    assert repairing.advance_repair(comparison_id=comparison.id)
    assert "Réparation en cours 2 / 3" in said(browser.get("/backoffice/comparison"))
    assert not repairing.advance_repair(comparison_id=comparison.id)
    assert "Réparation en cours" not in said(browser.get("/backoffice/comparison"))
