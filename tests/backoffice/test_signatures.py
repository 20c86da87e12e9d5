"""« Signatures » in the back office: asked from a document, followed, reminded, cancelled, asked of many."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from shared import jobs
from shared.clock import now
from shared.documents.models import Document
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import EmailSlot, Party, Staff
from shared.signatures.batch_models import SigningBatch, SigningBatchLine
from shared.signatures.finding import request_of
from shared.signatures.models import Circuit, RequestState, SignatureRequest, SignerState
from shared.signatures.questioning import ask_question
from shared.signatures.refusing import refuse
from tests.factories import post
from tests.factories.identity import Browser, a_clerk
from tests.factories.office import BY, customer, filed, folder
from tests.house.test_queries import questions
from tests.shared.signatures.papers import plain


@pytest.fixture
def clerk(app: Flask) -> Iterator[Staff]:
    post.an_installation()
    yield a_clerk()


def a_party(code: str = "C1", name: str = "Ateliers Dubois") -> Party:
    return customer(code, name, addresses={EmailSlot.CARD: f"{code.lower()}@exemple.fr"})


def a_contract(party: Party, where: str = "c.contracts") -> Document:
    return filed(party, folder(where), plain(text=f"Contrat {now()}"), "contrat.pdf", title="Contrat d’entretien")


def a_request(party: Party | None = None) -> SignatureRequest:
    made = request_of(a_contract(party or a_party(), "c.to_sign").id)
    assert made is not None
    db.session.commit()
    jobs.prepare_signatures(str(made.id))
    return db.session.get_one(SignatureRequest, made.id, populate_existing=True)


def test_staff_ask_from_the_document_with_ranks_a_countersignature_and_copies(browser: Browser, clerk: Staff) -> None:
    party = a_party()
    document, contact = a_contract(party), add_contact(party=party, card=ContactCard("Roy", "Léa"), by=BY)
    page = browser.get(f"/backoffice/documents/{document.id}").text
    assert f"/backoffice/documents/{document.id}/signature" in page
    url = f"/backoffice/documents/{document.id}/signature"
    assert browser.get(url).status_code == 200
    wrong = browser.post(url, copies="pas une adresse", **{f"rank-{contact.id}": 1})
    assert wrong.status_code == 422 and "pas une adresse" in wrong.text and request_of(document.id) is None
    sent = {f"rank-{contact.id}": 1, f"rank-{clerk.id}": 2}
    done = browser.post(url, copies="avocat@exemple.fr", message="Merci", level="reinforced", **sent)
    made = request_of(document.id)
    assert made is not None and done.status_code == 303 and done.location.endswith(f"/signatures/{made.id}")
    assert [(each.rank, each.role.value) for each in made.signers] == [(1, "party"), (2, "company")]
    assert (made.level.value, made.copies, made.message) == ("reinforced", ["avocat@exemple.fr"], "Merci")
    again = browser.post(url)
    assert again.status_code == 422 and "déjà en cours" in again.text


def test_the_page_of_a_request_shows_its_steps_and_reminds_answers_and_cancels(browser: Browser) -> None:
    request = a_request()
    (signer,) = request.signers
    question = ask_question(signer=signer, text="Quel délai ?", by="system")
    url = f"/backoffice/signatures/{request.id}"
    page = browser.get(url).text
    assert "Quel délai ?" in page and "Document préparé et certifié" in page and "attendu" in page
    assert browser.client.get(f"{url}/file").data.startswith(b"%PDF")
    assert browser.client.get(f"{url}/proof/pdf").status_code == 404
    answered = f"{url}/questions/{question.id}"
    refused = browser.post(answered, text="x" * 1001)
    assert refused.status_code == 422 and "dépasse mille" in refused.text and "x" * 1001 in refused.text
    assert browser.post(answered, text="Dix jours").status_code == 303
    late = browser.post(answered, text="Onze jours")
    assert late.status_code == 422 and "déjà répondu" in late.text and "Onze jours" in late.text
    assert browser.post(f"{url}/remind").status_code == 303
    assert browser.post(f"{url}/cancel", because="Erreur").status_code == 303
    db.session.expire_all()
    assert request.state is RequestState.CANCELLED and question.answer == "Dix jours"
    told = set(db.session.scalars(select(Notification.event)))
    assert {"signature.reminded", "signature.asked"} <= told
    assert "sans-valeur" in browser.client.get(f"{url}/file").headers["Content-Disposition"]
    assert browser.get(f"/backoffice/documents/{request.document_id}").text.count("annulé") >= 1


def test_a_refusal_is_taken_back_from_its_page(browser: Browser) -> None:
    request = a_request()
    refuse(signer=request.signers[0], reason="Trop cher", by="system")
    url = f"/backoffice/signatures/{request.id}"
    assert "Trop cher" in browser.get(url).text
    browser.post(f"{url}/undo-refusal")
    db.session.expire_all()
    assert request.state is RequestState.OPEN and request.signers[0].state is SignerState.ASKED


def test_the_list_keeps_its_filters_in_the_address_and_asks_few_questions(browser: Browser) -> None:
    one, other = a_request(), request_of(a_contract(a_party("C2", "Boulangerie"), "c.to_sign").id)
    assert other is not None
    assert "Ateliers Dubois" in browser.get("/backoffice/signatures").text
    preparing = browser.get("/backoffice/signatures?state=preparing").text
    assert "Boulangerie" in preparing and "Ateliers Dubois" not in preparing
    assert "Aucune demande" in browser.get("/backoffice/signatures?family=employees").text
    assert "Aucune demande" in browser.get(f"/backoffice/signatures?folder={folder('c.quotes').id}").text
    for url in ("/backoffice/signatures", f"/backoffice/signatures/{one.id}"):
        with questions() as asked:
            browser.get(url)
        assert len(asked) <= 8, asked


def test_read_only_staff_see_and_change_nothing(app: Flask, browser: Browser) -> None:
    request = a_request()
    a_clerk("reader", "lecture@exemple.fr")
    reader = Browser(app)
    reader.sign_in_staff("lecture@exemple.fr")
    url = f"/backoffice/signatures/{request.id}"
    assert reader.get(url).status_code == 200
    before = db.session.scalar(select(func.count()).select_from(Notification))
    for path in ("/remind", "/cancel", "/retake", "/undo-refusal"):
        assert reader.post(url + path).status_code == 403
    assert reader.post(f"/backoffice/documents/{request.document_id}/signature").status_code == 403
    assert reader.post("/backoffice/signatures/circuits", label="X").status_code == 403
    assert reader.post("/backoffice/signatures/bulk").status_code == 403
    db.session.expire_all()
    assert request.state is RequestState.OPEN
    assert db.session.scalar(select(func.count()).select_from(Notification)) == before
    assert db.session.scalar(select(func.count()).where(Event.name == "staff.denied")) == 7


def test_a_circuit_bound_to_a_folder_says_who_signs_there(browser: Browser, clerk: Staff) -> None:
    browser.get("/backoffice/signatures/circuits/new")
    steps = {"rank-1": 1, "who-1": "contact", "role-1": "Direction", "rank-2": 2, "who-2": str(clerk.id)}
    sent = {"label": "Contrats", "folder_id": str(folder("c.to_sign").id), "due_days": 30, **steps}
    assert browser.post("/backoffice/signatures/circuits", **{**sent, "role-1": ""}).status_code == 422
    assert browser.post("/backoffice/signatures/circuits", **sent).status_code == 303
    made = db.session.scalars(select(Circuit)).one()
    party = a_party()
    director = add_contact(party=party, card=ContactCard("Roy", "Léa", role="direction"), by=BY)
    request = request_of(a_contract(party, "c.to_sign").id)
    assert request is not None and request.circuit_id == made.id and request.due_on is not None
    assert [each.contact_id or each.staff_id for each in request.signers] == [director.id, clerk.id]
    page = browser.get(f"/backoffice/signatures/circuits/{made.id}").text
    assert "Direction" in page
    stale = browser.post("/backoffice/signatures/circuits", circuit_id=made.id, revision=0, **sent)
    assert stale.status_code == 409
    two_clerks_on_a_circuit(browser, made, sent)
    browser.get(f"/backoffice/signatures/circuits/{made.id}")
    assert browser.post(f"/backoffice/signatures/circuits/{made.id}/delete").status_code == 303
    other = request_of(a_contract(a_party("C2"), "c.to_sign").id)
    assert other is not None and len(other.signers) == 1


def two_clerks_on_a_circuit(browser: Browser, made: Circuit, sent: dict[str, Any]) -> None:
    seen, url = made.revision, "/backoffice/signatures/circuits"
    copies = BeautifulSoup(browser.get(f"{url}/{made.id}").text, "html5lib").select_one("textarea[name=copies]")
    assert copies is not None and copies.get_text(strip=True) == "", "nobody in copy is an empty field"
    first = sent | {"role-1": "Gérance", "due_days": 15}
    assert browser.post(url, circuit_id=made.id, revision=seen, **first).status_code == 303
    second = sent | {"label": "Contrats cadres"}
    wrong = browser.post(url, circuit_id=made.id, revision=seen, **(second | {"label": ""}))
    bad = BeautifulSoup(wrong.text, "html5lib")
    kept = bad.select_one("input[name=revision]")
    assert kept is not None and kept["value"] == str(seen), "a form sent back for a mistake has not seen their text"
    late = BeautifulSoup(browser.post(url, circuit_id=made.id, revision=seen, **second).text, "html5lib")
    said = late.get_text()
    assert "Enregistré par Jeanne Roy" in said and "1. Gérance ; 2. " in said and "1. Direction ; 2. " in said
    marker = late.select_one("input[name=revision]")
    assert marker is not None and marker["value"] == str(made.revision)
    assert browser.post(url, circuit_id=made.id, revision=marker["value"], **second).status_code == 303
    db.session.refresh(made)
    assert (made.label, made.due_days) == ("Contrats cadres", 30)


def test_one_pdf_is_asked_of_every_party_of_the_filter_after_a_preview(browser: Browser) -> None:
    first, second, _third = a_party("A1"), a_party("A2"), a_party("B1", "Boulangerie")
    browser.get("/backoffice/signatures/bulk")
    fields = {"csrf_token": browser.token, "folder_id": str(folder("c.to_sign").id), "q": "Ateliers", "title": "Charte"}
    file = (io.BytesIO(plain(text="Charte")), "charte.pdf")
    answer = browser.client.post("/backoffice/signatures/bulk", data={**fields, "file": file})
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.location).text
    assert "2 signatures seront demandées" in page and "Boulangerie" not in page
    assert db.session.scalar(select(func.count()).select_from(SignatureRequest)) == 0
    assert browser.post(answer.location, seen=3).status_code == 409
    browser.get(answer.location)
    assert browser.post(answer.location, seen=2).status_code == 303
    batch = db.session.scalars(select(SigningBatch)).one()
    jobs.ask_signatures(str(batch.id))
    asked = db.session.scalars(select(SignatureRequest)).all()
    assert {each.party_id for each in asked} == {first.id, second.id} and len(asked) == 2
    assert "2 signatures demandées" in browser.get(answer.location).text
    jobs.ask_signatures(str(batch.id))
    assert db.session.scalar(select(func.count()).select_from(SignatureRequest)) == 2


def test_documents_not_asked_for_yet_are_asked_and_what_cannot_be_is_said(browser: Browser) -> None:
    good, bad = a_contract(a_party("A1")), a_contract(a_party("A2"))
    browser.get("/backoffice/signatures/bulk")
    sent = browser.post("/backoffice/signatures/bulk", folder_id=folder("c.contracts").id)
    browser.get(sent.location)
    assert browser.post(sent.location, seen=2).status_code == 303
    browser.get(f"/backoffice/documents/{bad.id}/signature")
    browser.post(f"/backoffice/documents/{bad.id}/signature")
    batch = db.session.scalars(select(SigningBatch)).one()
    jobs.ask_signatures(str(batch.id))
    lines = db.session.scalars(select(SigningBatchLine).order_by(SigningBatchLine.position)).all()
    assert lines[0].document_id == good.id and lines[0].request_id and "déjà en cours" in lines[1].why
    soup = BeautifulSoup(browser.get(sent.location).text, "html5lib")
    assert "déjà en cours" in soup.get_text()
