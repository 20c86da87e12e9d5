"""« Propositions »: nothing leaves until it is confirmed; edited words reach the recipient and no template."""

import itertools
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared.clock import today
from shared.extensions import db
from shared.notifications.claiming import COLUMNS
from shared.notifications.models import Notification, Reason, Status, TemplateVersion
from shared.notifications.resolving import Ready, foretell
from shared.notifications.rule_models import Rule
from shared.notifications.sending import drain
from shared.people.models import EmailSlot, Grant, Party, Role
from shared.todos.models import Todo, TodoKind
from tests.engines import Machine
from tests.factories import office, post
from tests.factories.identity import Browser, a_clerk
from tests.factories.rules import a_record, a_rule, a_text, moved
from tests.sink import Sink

URL = "/backoffice/proposals"
DAY, YEAR = today(), timedelta(days=365)


def a_customer(code: str, address: str = "compta@boutique.example") -> Party:
    return office.customer(code, f"Client {code}", addresses=dict.fromkeys(EmailSlot, address) if address else {})


def waiting() -> list[Notification]:
    query = select(Notification).where(Notification.is_proposal).order_by(Notification.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


@pytest.mark.row("A-11", "A-15")
def test_an_order_validated_and_a_deposit_open_a_filled_draft_that_leaves_with_its_edited_words_once_confirmed(
    machine: Machine, sink: Sink
) -> None:
    with machine.app.app_context():
        post.an_installation()
        a_clerk()
        db.session.commit()
        _propose_and_send(machine, sink)


def _propose_and_send(machine: Machine, sink: Sink) -> None:
    browser = Browser(machine.app)
    browser.sign_in_staff()
    text = a_text("Votre commande #numéro#", "Bonjour #nom#,\n\nVotre commande #numéro# est en cours.")
    for shipped in db.session.scalars(select(Rule).where(Rule.event.startswith("order."))):
        shipped.enabled = False
    for event in ("order.validated", "order.deposit_received"):
        a_rule(event, text, automatic=False, label=f"Confirmation {event}")
    order = a_record(a_customer("4"), "order", number="BC-2026-12")
    moved(order, "validated", "validated")
    moved(order, "deposit_received")
    db.session.commit()
    ours = [each for each in waiting() if each.template_id == text.id]
    assert [each.reason for each in ours] == [Reason.DRAFT, Reason.DRAFT]
    drain("email")
    assert sink.to("compta@boutique.example") == []
    listed = browser.get(URL)
    assert "BC-2026-12" in listed.text and "Client 4" in listed.text
    assert f"{URL}/{ours[0].id}/draft" in browser.get(f"{URL}/{ours[0].id}").text
    opened = browser.get(f"{URL}/{ours[0].id}/draft")
    assert "Votre commande BC-2026-12 est en cours." in opened.text and "Bonjour Client 4," in opened.text
    wrong = browser.post(f"{URL}/{ours[0].id}", action="confirm", subject="Bonjour #inconnu_ici#", body="Corps changé")
    assert wrong.status_code == 422 and "inconnu_ici" in wrong.text and "Corps changé" in wrong.text
    versions = select(func.count()).select_from(TemplateVersion)
    before = db.session.scalar(versions)
    words = {
        "subject": "Commande BC-2026-12 : du nouveau",
        "body": "Bonjour Client 4.\n\nLa livraison est avancée à jeudi.",
    }
    assert browser.post(f"{URL}/{ours[0].id}", action="confirm", **words).status_code == 303
    assert browser.post(f"{URL}/{ours[1].id}", action="drop").status_code == 303
    db.session.rollback()
    drain("email")
    (received,) = sink.to("compta@boutique.example")
    assert received.subject.replace("\xa0", " ") == words["subject"] and "avancée à jeudi" in received.text
    db.session.expire_all()
    assert (ours[0].status, ours[1].status) == (Status.SENT, Status.CANCELLED)
    assert "avancée à jeudi" in browser.get(f"/backoffice/history/{ours[0].id}").text
    assert db.session.scalar(versions) == before
    current = db.session.scalars(select(TemplateVersion).where(TemplateVersion.template_id == text.id)).one()
    assert current.body.endswith("Votre commande #numéro# est en cours.")


@pytest.mark.row("A-04")
def test_a_run_with_three_addresses_missing_says_so_first_sends_the_others_and_leaves_three_to_do(
    browser: Browser,
) -> None:
    text = a_text()
    a_rule("invoice.validated", text, automatic=False)
    for number in range(100):
        party = a_customer(f"P{number}", "" if number < 3 else f"p{number}@boutique.example")
        moved(a_record(party, "invoice"), "validated", "validated")
    ids = [str(each.id) for each in waiting() if each.template_id == text.id]
    assert len(ids) == 100
    browser.get(URL)
    told = browser.post(f"{URL}/selection", action="confirm", ids=ids)
    assert "3 destinataires sur 100 n’ont pas d’adresse" in told.text and "97 messages" in told.text
    assert len([each for each in waiting() if each.template_id == text.id]) == 100  # said, and nothing done yet
    assert browser.post(f"{URL}/selection/apply", action="confirm", ids=ids).status_code == 303
    read = select(*COLUMNS).where(Notification.template_id == text.id, Notification.reason == Reason.NONE)
    answers = foretell(db.session.connection(), db.session.execute(read).mappings().all())
    assert sum(isinstance(each, Ready) for each in answers) == 97
    todos = db.session.scalars(select(Todo).where(Todo.kind == TodoKind.NO_ADDRESS)).all()
    assert sorted(each.party.code for each in todos if each.party) == ["P0", "P1", "P2"]
    page = browser.get("/backoffice/todo")
    assert page.text.count("Aucune adresse : le message attend") == 3
    answer = browser.post(f"/backoffice/todo/{todos[0].id}/correct", address="neuve@boutique.example", seen="")
    assert answer.status_code == 303
    db.session.expire_all()
    assert todos[0].outcome == "corrected"


def test_a_run_says_which_proposals_no_longer_apply_and_does_not_count_them_as_leaving(browser: Browser) -> None:
    a_rule("order.validated", automatic=False)
    party = a_customer("4")
    first, second = (a_record(party, "order", number=f"BC-{n}") for n in (1, 2))
    for each in (first, second):
        moved(each, "validated", "validated")
    second.status = "cancelled"
    db.session.flush()
    ids = [str(each.id) for each in waiting()]
    browser.get(URL)
    told = browser.post(f"{URL}/selection", action="confirm", ids=ids).text
    assert (
        "1 message n’a plus d’objet" in told and "1 message part avec son texte" in told and "BC-2 : La pièce" in told
    )
    answer = browser.post(f"{URL}/selection/apply", action="confirm", ids=ids)
    said = browser.get(answer.headers["Location"]).text
    assert "1 message part. 1 n’a plus d’objet" in said


def test_a_proposal_decided_by_a_colleague_is_said_and_left_as_it_is(browser: Browser) -> None:
    a_rule("order.validated", automatic=False)
    moved(a_record(a_customer("4"), "order"), "validated", "validated")
    draft = waiting()[0]
    browser.get(URL)
    assert browser.post(f"{URL}/{draft.id}", action="drop").status_code == 303
    again = browser.post(f"{URL}/{draft.id}", action="drop")
    assert again.status_code == 303 and again.headers["Location"].endswith(f"/history/{draft.id}")
    assert "Aucune proposition" in browser.post(f"{URL}/selection", action="confirm", ids=[str(draft.id)]).text


def test_one_proposal_out_of_reach_and_none_leaves_and_it_is_listed(app: Flask, browser: Browser) -> None:
    a_rule("order.validated", automatic=False)
    near, far = a_customer("4"), office.customer("F1", "Fournisseur Secret", key="suppliers")
    for party in (near, far):
        moved(a_record(party, "order"), "validated", "validated")
    mine, theirs = sorted(waiting(), key=lambda each: each.party_id != near.id)
    clerk = a_clerk("manager", email="lea@exemple.fr")
    clerk.grants[0].family_id = near.family_id
    reader = db.session.scalars(select(Role).where(Role.key == "reader")).one()
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    lea.get(URL)
    ids = [str(mine.id), str(theirs.id)]
    for action, path in itertools.product(("confirm", "drop"), ("selection", "selection/apply")):
        answer = lea.post(f"{URL}/{path}", action=action, ids=ids)
        assert answer.status_code == 404 and "1 ligne n’est plus à votre portée" in answer.text.replace("\xa0", " ")
        assert "Secret" not in answer.text
    db.session.add(Grant(staff_id=clerk.id, role_id=reader.id, family_id=far.family_id))
    db.session.flush()
    db.session.expire_all()
    for action, path in itertools.product(("confirm", "drop"), ("selection", "selection/apply")):
        answer = lea.post(f"{URL}/{path}", action=action, ids=ids)
        assert answer.status_code == 403 and "Fournisseur Secret" in answer.text and "Client 4" not in answer.text
    assert len(waiting()) == 2, "nothing was done"


def test_the_page_before_a_run_says_what_was_decided_meanwhile_and_what_lacks_a_value(browser: Browser) -> None:
    a_rule("order.validated", a_text("Commande", "Bonjour #nom#, le #échéance#."), automatic=False, label="Commande")
    whole, bare, gone = (a_record(a_customer(code), "order", number=f"BC-{code}") for code in "456")
    whole.due_on = DAY + YEAR
    for each in (whole, bare, gone):
        moved(each, "validated", "validated")
    ids = [str(each.id) for each in waiting()]
    browser.get(URL)
    last = next(each for each in waiting() if each.party_id == gone.party_id)
    browser.post(f"{URL}/{last.id}", action="drop")
    told = " ".join(browser.post(f"{URL}/selection", action="confirm", ids=ids).text.split())
    assert "1 proposition cochée n’attend plus" in told and f"/backoffice/history/{last.id}" in told
    assert "1 message restera en brouillon" in told and "Client 5, BC-5 : Il manque une valeur pour #échéance#" in told
    assert "1 message part avec son texte" in told
    answer = browser.post(f"{URL}/selection/apply", action="confirm", ids=ids)
    said = " ".join(browser.get(answer.headers["Location"]).text.split())
    assert "1 message part. 1 reste en brouillon" in said and "1 avait déjà été décidé." in said


def test_a_simulation_says_who_would_receive_what_and_why_not_and_writes_nothing(browser: Browser) -> None:
    a_rule("quote.validated", a_text("Devis #numéro#", "Bonjour #nom#, voici #numéro#."), label="Devis parti")
    a_rule("quote.validated", conditions={"amount_from": "5000"}, label="Gros devis")
    off = a_rule("quote.validated", label="Éteinte")
    off.enabled = False
    reached, nowhere = a_customer("4"), a_customer("5", "")
    quote, other = (a_record(party, amount=100, number=f"DE-{party.code}") for party in (reached, nowhere))
    browser.get("/backoffice/rules/simulation?q=DE-")
    before = db.session.scalar(select(func.count()).select_from(Notification))
    told = browser.post("/backoffice/rules/simulation", record=quote.id, event="quote.validated")
    assert "Partirait" in told.text and "voici DE-4" in told.text and "compta@boutique.example" in told.text
    assert "hors des bornes" in told.text and "désactivée" in told.text
    dunned = a_rule("invoice.reminded", moment="date", date_field="due_on", days=7)
    late, soon = (a_record(reached, "invoice", "validated", amount=9, due_on=due) for due in (DAY - YEAR, DAY + YEAR))
    event = "invoice.reminded"
    gone = browser.post("/backoffice/rules/simulation", record=late.id, event=event)
    assert dunned.label in gone.text and "Son moment est passé" in gone.text and "Partirait" not in gone.text
    assert "Partirait" in browser.post("/backoffice/rules/simulation", record=soon.id, event=event).text
    missed = browser.post("/backoffice/rules/simulation", record=other.id, event="quote.validated")
    assert "Ne partirait pas" in missed.text and "Aucune adresse" in missed.text
    assert db.session.scalar(select(func.count()).select_from(Notification)) == before
    db.session.refresh(quote)
    assert quote.status == "draft"
