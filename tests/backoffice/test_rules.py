"""« Paramétrage notification(s) »: all that is sent is listed; added, changed, switched, deleted, brought back."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.clock import now
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.claiming import COLUMNS
from shared.notifications.models import Notification, Status, Template
from shared.notifications.resolving import Ready, foretell
from shared.notifications.rule_models import Rule, RuleType
from shared.notifications.rule_plan import plan_of, seen_of
from shared.notifications.rule_saving import save
from shared.notifications.rules import SILENT
from shared.notifications.shipping import RULES, ship_messages
from shared.people.models import EmailSlot, Party
from tests.factories import office, post
from tests.factories.identity import Browser, a_clerk
from tests.factories.rules import a_record, a_rule, a_text, moved

URL = "/backoffice/rules"


@pytest.fixture
def party(browser: Browser) -> Party:
    return office.customer("4", "Ma jolie boutique", addresses=dict.fromkeys(EmailSlot, "compta@boutique.example"))


def lines_of(rule: Rule) -> list[Notification]:
    query = select(Notification).where(Notification.rule_id == rule.id).order_by(Notification.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def reading(line: Notification) -> Ready:
    """What the line would say if it left now."""
    rows = db.session.execute(select(*COLUMNS).where(Notification.id == line.id)).mappings().all()
    answer = foretell(db.session.connection(), rows)[0]
    assert isinstance(answer, Ready), answer
    return answer


def refusals(answer: TestResponse) -> list[str]:
    return (
        re.findall(r"g-field__error.*?<span>(.*?)</span>", answer.text)
        or re.findall(r"<li>(.*?)</li>", answer.text)[-3:]
    )


def written(**fields: object) -> dict[str, object]:
    return {
        "label": "Mon devis à moi",
        "event": "quote.validated",
        "moment": "now",
        "audience": "record_party",
        "slot": "",
        "staff_role": "",
        "unit": "hours",
        "side": "before",
        "hour": 9,
        "automatic": "1",
        **fields,
    }


@pytest.mark.row("A-01")
def test_every_message_that_the_product_can_send_is_on_the_page_and_none_is_sent_from_elsewhere(
    browser: Browser, party: Party
) -> None:
    page = browser.get(URL)
    assert page.status_code == 200
    for rule in db.session.scalars(select(Rule)):
        assert f"{URL}/{rule.id}" in page.text, rule.label
    for folder in (office.folder("c.invoices"),):
        assert f"#f-{folder.id}" in page.text  # the shipped rule on documents, once a folder that notifies
    # What no rule of the page asks for is not sent, whatever happens.
    for rule in db.session.scalars(select(Rule)):
        rule.enabled = False
    db.session.flush()
    for event in ("validated", "accepted", "refused"):
        moved(a_record(party), event)
    post.announced(party, post.invoices())
    assert post.lines() == []


def test_what_protects_an_account_cannot_be_switched_off(browser: Browser) -> None:
    reset = db.session.scalars(select(Rule).where(Rule.event == "account.reset_requested")).one()
    browser.get(URL)
    answer = browser.post(f"{URL}/{reset.id}/switch", enabled="off")
    assert answer.status_code == 303
    db.session.refresh(reset)
    assert reset.enabled
    assert "part toujours" in browser.get(f"{URL}/{reset.id}").text


@pytest.mark.row("A-03")
def test_a_rule_added_on_screen_sends_a_changed_one_says_its_new_text_a_deleted_one_keeps_its_past(
    browser: Browser, party: Party
) -> None:
    first, second = a_text("Votre devis", "Bonjour #nom#."), a_text("Le devis est là", "Bonjour encore #nom#.")
    assert browser.get(f"{URL}/new?event=quote.validated").status_code == 200
    answer = browser.post(URL, **written(template_id=first.id))
    assert answer.status_code == 303, refusals(answer)
    rule = db.session.scalars(select(Rule).where(Rule.label == "Mon devis à moi")).one()
    moved(a_record(party), "validated", "validated")
    (line,) = lines_of(rule)
    assert reading(line).rendered.subject == "Votre devis"

    page = browser.get(f"{URL}/{rule.id}")
    seen = page.text.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    answer = browser.post(f"{URL}/{rule.id}", **written(template_id=second.id, seen=seen))
    assert answer.status_code == 303, refusals(answer)
    moved(a_record(party), "validated", "validated")
    assert [reading(each).rendered.subject for each in lines_of(rule)] == ["Votre devis", "Le devis est là"]

    answer = browser.post(f"{URL}/{rule.id}/delete")
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert "Annuler la suppression" in page.text
    moved(a_record(party), "validated", "validated")
    assert len(lines_of(rule)) == 2  # nothing more, and what there was still reads
    assert "Mon devis à moi" not in browser.get(f"{URL}?type=quote").text.partition("Supprimées")[0]
    assert browser.get(f"/backoffice/history/{line.id}").status_code == 200
    assert browser.post(f"{URL}/{rule.id}/restore").status_code == 303
    moved(a_record(party), "validated", "validated")
    assert len(lines_of(rule)) == 3
    names = set(db.session.scalars(select(Event.name).where(Event.name.like("rule.%"))))
    assert names == {"rule.created", "rule.changed", "rule.deleted", "rule.restored"}


def test_a_shipped_rule_that_was_deleted_does_not_come_back_with_an_upgrade(browser: Browser) -> None:
    rule = db.session.scalars(select(Rule).where(Rule.event == "document.signed")).one()
    browser.get(URL)
    browser.post(f"{URL}/{rule.id}/delete")
    ship_messages()
    db.session.refresh(rule)
    assert rule.deleted_at is not None
    assert "Rétablir" in browser.get(f"{URL}/{rule.id}").text


def test_the_switch_answers_in_place_with_the_way_back(browser: Browser) -> None:
    rule = a_rule()
    browser.get(URL)
    headers = {"HX-Request": "true", "HX-Target": f"div#etat-{rule.id}", "X-CSRFToken": browser.token}
    answer = browser.client.post(f"{URL}/{rule.id}/switch", data={"enabled": "off"}, headers=headers)
    assert answer.status_code == 200 and "Désactivée" in answer.text and "Annuler" in answer.text
    db.session.refresh(rule)
    assert not rule.enabled
    answer = browser.client.post(f"{URL}/{rule.id}/switch", data={"enabled": "on", "undo": "1"}, headers=headers)
    assert "Annuler" not in answer.text
    db.session.refresh(rule)
    assert rule.enabled


def test_a_save_never_overwrites_somebody_elses(browser: Browser) -> None:
    rule = a_rule()
    page = browser.get(f"{URL}/{rule.id}")
    seen = page.text.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    first = written(template_id=rule.template_id, seen=seen, label="Renommée par un collègue", working_days="y")
    assert browser.post(f"{URL}/{rule.id}", **first).status_code == 303
    second = written(template_id=rule.template_id, seen=seen, label="Autrement")
    answer = browser.post(f"{URL}/{rule.id}", **second)
    assert answer.status_code == 409 and "modifiée entre-temps" in answer.text
    assert "Enregistré par Jeanne Roy" in answer.text
    soup = BeautifulSoup(answer.text, "html5lib")
    rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in soup.select("tbody tr")]
    assert ["Nom de la notification", "Renommée par un collègue", "Autrement"] in rows
    assert [row[1:] for row in rows if row[1] == "oui"] == [["oui", "non"]], "what was not touched is shown too"
    db.session.refresh(rule)
    assert rule.label == "Renommée par un collègue"
    marker = soup.select_one("#regle input[name=seen]")
    assert marker is not None
    assert browser.post(f"{URL}/{rule.id}", **(second | {"seen": str(marker["value"])})).status_code == 303
    db.session.refresh(rule)
    assert rule.label == "Autrement", "saved again, it was seen"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"label": ""}, "Donnez-lui un nom"),
        ({"moment": "after", "delay": 0}, "délai"),
        ({"amount_from": "mille"}, "montant"),
        ({"amount_from": "200", "amount_to": "100"}, "plus petit"),
        ({"template_id": ""}, "Choisissez un modèle"),
        ({"blind_copies": "pas une adresse"}, "pas une adresse"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_lost(
    browser: Browser, fields: dict[str, object], sentence: str
) -> None:
    text = a_text()
    browser.get(f"{URL}/new?event=quote.validated")
    answer = browser.post(URL, **{**written(template_id=text.id, role="Achats"), **fields})
    assert answer.status_code == 422 and sentence in answer.text and "Achats" in answer.text
    assert db.session.scalars(select(Rule).where(Rule.label == "Mon devis à moi")).first() is None


@pytest.mark.row("A-23")
def test_a_rule_about_a_record_offers_the_texts_of_records_and_refuses_any_other(browser: Browser) -> None:
    offered = browser.get(f"{URL}/new?event=intervention.state_entered").text
    shipped = {each.key: each for each in db.session.scalars(select(Template).where(Template.is_shipped))}
    assert str(shipped["intervention.state_entered"].id) in offered and str(shipped["quote.validated"].id) in offered
    for key in ("document.published", "payslip.notice_given", "access.opened"):
        assert str(shipped[key].id) not in offered, key
    made = browser.post(URL, **written(template_id=shipped["quote.validated"].id))
    assert made.status_code == 303, refusals(made)
    rule = db.session.scalars(select(Rule).where(Rule.label == "Mon devis à moi")).one()
    plan = replace(plan_of(rule), template_id=shipped["payslip.notice_given"].id)
    with pytest.raises(Refused) as refusal:
        save(rule=rule, plan=plan, by="command", seen=seen_of(plan_of(rule)))
    assert refusal.value.field == "template_id"


def test_a_double_click_makes_one_rule(browser: Browser) -> None:
    browser.get(f"{URL}/new?event=quote.validated")
    typed = written(template_id=a_text().id, amount_from="10", slot="quote")
    answers = [browser.post(URL, **typed) for _click in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(db.session.scalars(select(Rule).where(Rule.label == "Mon devis à moi")).all()) == 1
    assert browser.post(URL, **typed | {"amount_from": "20"}).headers["Location"] != answers[0].headers["Location"]


def test_a_rule_without_its_text_does_not_come_back(browser: Browser, party: Party) -> None:
    text = a_text()
    rule = a_rule("quote.validated", text)
    browser.get(URL)
    browser.post(f"{URL}/{rule.id}/delete")
    assert browser.post(f"/backoffice/templates/{text.id}/delete").status_code == 303
    answer = browser.post(f"{URL}/{rule.id}/restore")
    assert "a été supprimé" in browser.get(answer.headers["Location"]).text
    db.session.refresh(rule)
    assert rule.deleted_at is not None
    moved(a_record(party), "validated", "validated")


def test_a_message_whose_text_was_deleted_is_not_sent_again(browser: Browser, party: Party) -> None:
    text = a_text()
    rule = a_rule("quote.validated", text)
    moved(a_record(party), "validated", "validated")
    (line,) = lines_of(rule)
    line.status, line.sent_at, text.deleted_at = Status.SENT, now(), now()
    db.session.flush()
    browser.get(URL)
    answer = browser.post(f"/backoffice/history/{line.id}/resend")
    assert answer.status_code == 303 and "a été supprimé" in browser.get(answer.headers["Location"]).text


def test_nobody_is_copied_about_payslips(browser: Browser) -> None:
    rule = db.session.scalars(select(Rule).where(Rule.event == "payslip.notice_given")).one()
    with pytest.raises(Refused) as refusal:
        save(rule=rule, plan=replace(plan_of(rule), blind_copies="a@x.fr"), by="command", seen=seen_of(plan_of(rule)))
    assert refusal.value.field == "blind_copies"


@pytest.mark.parametrize(
    "wrong",
    [{"days": "99999999999"}, {"date_field": "password_hash"}, {"hour": "99"}, {"family_ids": ["pas-un-identifiant"]}],
)
def test_counting_what_is_badly_typed_answers_a_sentence(browser: Browser, wrong: dict[str, object]) -> None:
    browser.get(f"{URL}/new?event=invoice.reminded")
    typed = written(event="invoice.reminded", date_field="due_on", days=7, template_id=a_text().id)
    answer = browser.post(f"{URL}/count", **typed | wrong)
    assert answer.status_code == 200 and "Aurait" not in answer.text


def test_an_amount_is_read_as_it_is_written_in_french(browser: Browser, party: Party) -> None:
    browser.get(f"{URL}/new?event=quote.validated")
    answer = browser.post(URL, **written(template_id=a_text().id, amount_from="1 234,56"))
    assert answer.status_code == 303, refusals(answer)
    rule = db.session.scalars(select(Rule).where(Rule.label == "Mon devis à moi")).one()
    assert rule.conditions == {"amount_from": "1234.56"}
    moved(a_record(party, amount=1000), "validated", "validated")
    moved(a_record(party, amount=2000), "validated", "validated")
    assert len(lines_of(rule)) == 1


@pytest.mark.row("A-02")
def test_the_four_types_stand_and_a_new_one_groups_events_that_exist(browser: Browser) -> None:
    four = {"Dossier d’intervention", "Bon de commande", "Devis", "Facture"}
    assert four <= set(db.session.scalars(select(RuleType.label).where(RuleType.deleted_at.is_(None))))
    page = browser.get(URL)
    assert all(label in page.text for label in four)
    browser.get(f"{URL}/types/new")
    answer = browser.post(f"{URL}/types", label="Suivi de chantier", events=["order.ready", "intervention.done"])
    assert answer.status_code == 303, refusals(answer)
    made = db.session.scalars(select(RuleType).where(RuleType.label == "Suivi de chantier")).one()
    assert made.events == ["order.ready", "intervention.done"]
    page = browser.get(answer.headers["Location"])
    assert "Suivi de chantier" in page.text
    offered = browser.get(f"{URL}/new?type={made.id}").text
    assert "event=order.ready" in offered and "event=quote.validated" not in offered
    twice = browser.post(f"{URL}/types", label="suivi de CHANTIER", events=["order.ready"])
    assert twice.status_code == 422 and "déjà" in twice.text
    assert browser.post(f"{URL}/types/{made.id}/delete").status_code == 303
    assert browser.post(f"{URL}/types/{made.id}/restore").status_code == 303


def test_rules_are_shown_to_all_who_may_see_and_changed_by_those_who_may(app: Flask) -> None:
    post.an_installation()
    a_clerk("reader", "lecteur@exemple.fr")
    reader = Browser(app)
    reader.sign_in_staff("lecteur@exemple.fr")
    rule = db.session.scalars(select(Rule).where(Rule.event == "document.signed")).one()
    assert reader.get(f"{URL}/{rule.id}").status_code in (200, 403)
    assert reader.post(f"{URL}/{rule.id}/delete").status_code == 403
    db.session.refresh(rule)
    assert rule.deleted_at is None
    assert RULES and rule.event not in SILENT
