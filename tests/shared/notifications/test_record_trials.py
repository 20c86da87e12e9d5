"""A text about records is tried on a real one: every field of the list reads as that record has it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from shared.clock import today
from shared.extensions import db
from shared.notifications.entrusting import context_for
from shared.notifications.fields import offered
from shared.notifications.models import Template
from shared.notifications.rule_models import Rule, RuleType
from shared.notifications.shipping import RULES, ship_messages
from shared.notifications.trying import lacking, try_on
from shared.people.models import Grant
from shared.people.scopes import Scope
from tests.factories import post, records, told

EVERYWHERE = Scope((Grant(),))


@pytest.fixture(autouse=True)
def installation(db_session: scoped_session[Session]) -> None:
    post.an_installation()


def template(key: str) -> Template:
    return db.session.scalars(select(Template).where(Template.key == key)).one()


@pytest.mark.row("A-07")
def test_every_field_of_the_list_reads_as_the_record_has_it() -> None:
    party, due = told.a_party("dubois"), today() + timedelta(days=200)
    values = {"amount": Decimal("671.15"), "net_amount": None, "due_on": due, "memo": "Par la cour."}
    records.an_invoice(party, number="FA-1", **values)
    found = template("invoice.sent")
    body = "\n".join(f"{field.name} = #{field.name}#" for field in offered(context_for(found)))
    trial = try_on(subject="#numéro#", body=body, template=found, locale="fr", party_id=party.id, scope=EVERYWHERE)
    lines = trial.body.splitlines()
    said = {name: value.strip() for name, is_one, value in (line.partition(" =") for line in lines) if is_one}
    wanted = {"numéro": "FA-1", "échéance": format_date(due, "long", "fr"), "mémo": "Par la cour.", "type": "Facture"}
    wanted |= {"statut": "Validée", "nom": "Dubois", "code": party.code, "titre": "Enseigne lumineuse"}
    assert wanted.items() <= said.items()
    assert said["montant"].startswith("671,15") and said["solde"].startswith("671,15")
    assert trial.subject == "FA-1" and said["liste"].startswith("Facture FA-1 — 671,15")
    assert set(said) == {field.name for field in offered(context_for(found))}
    only_others = {"validité", "date_d_acceptation", "rendez_vous", "code_d_état", "domaine"}  # none here
    assert set(trial.missing) <= only_others


def test_the_records_for_which_a_text_would_have_a_hole_are_named() -> None:
    records.an_invoice(told.a_party("dubois"), due_on=None)
    records.a_quote(told.a_party("martin"))
    found = template("invoice.sent")
    asked = {"subject": "#numéro#", "body": "Avant le #échéance#.", "template": found, "locale": "fr"}
    assert lacking(**asked, scope=EVERYWHERE) == [("Dubois", ["échéance"])]  # type: ignore[arg-type]


def test_every_rule_of_the_product_stands_under_a_heading() -> None:
    headings = db.session.scalars(select(RuleType)).all()
    under = {event for each in headings for event in each.events}
    assert {rule.event for rule in RULES} <= under
    assert {"Dossier d’intervention", "Bon de commande", "Devis", "Facture"} <= {each.label for each in headings}


def test_an_upgrade_leaves_what_was_edited_or_deleted() -> None:
    edited, gone = told.rule("order.ready", label="Venez la chercher", shipped_hash=None), told.rule("order.sent")
    gone.deleted_at = gone.since
    untouched = told.rule("quote.validated", label="Ancien nom", shipped_hash="autre")
    off = told.rule("invoice.sent", on=False)
    ship_messages()
    db.session.flush()
    assert edited.label == "Venez la chercher" and gone.deleted_at is not None and not off.enabled
    assert untouched.label == "Un devis est envoyé"
    assert db.session.scalars(select(Rule.key).group_by(Rule.key).having(db.func.count() > 1)).all() == []
