"""Rules, their types and the records that they are about."""

import uuid

from sqlalchemy import select

from shared.events.models import Event
from shared.events.recording import record as happened
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.notifications.models import Notification, Template, TemplateVersion
from shared.notifications.rule_models import Rule, RuleType
from shared.notifications.rule_plan import Plan
from shared.notifications.rule_saving import save
from shared.notifications.rule_switching import delete
from shared.notifications.rule_typing import save_type
from shared.people.models import Contact, EmailSlot, Party, Person
from shared.records.coding import add_code
from shared.records.kinds import KINDS
from shared.records.models import Record
from tests.factories import office

BY = "command"


def a_text(
    subject: str = "Votre pièce", body: str = "Bonjour #nom#.\n\n#signature#", context: str = "business"
) -> Template:
    """A text of one's own for messages about records."""
    identity = uuid7()
    made = Template(id=identity, key=f"own.{identity.hex}", label=f"Texte {identity.hex[-6:]}", context=context)
    db.session.add(made)
    db.session.flush()
    db.session.add(TemplateVersion(template_id=made.id, number=1, subject=subject, body=body, by=BY))
    db.session.flush()
    return made


def a_record(party: Party, kind: str = "quote", status: str = "", **facts: object) -> Record:
    """A row as it stands, without an event."""
    status = status or KINDS[kind].statuses[0].key
    number = str(facts.pop("number", f"{kind[:2].upper()}-{uuid.uuid4().hex[:6]}"))
    made = Record(id=uuid7(), kind=kind, status=status, party_id=party.id, number=number, number_folded=fold(number))
    made.created_by, made.is_open = BY, KINDS[kind].status(status).open
    for name, value in facts.items():
        setattr(made, name, value)
    db.session.add(made)
    db.session.flush()
    return made


def moved(record: Record, event: str, status: str = "", **facts: object) -> Event:
    """What a move of the record says, and the state where it leads."""
    if status:
        record.status, record.is_open = status, KINDS[record.kind].status(status).open
    told = {"record": str(record.id), "number": record.number, "kind": record.kind, **facts}
    name = f"{record.kind}.{event}"
    return happened(name, by=BY, party_id=record.party_id, record_id=record.id, facts=told)


def a_rule(event: str = "quote.validated", template: Template | None = None, **fields: object) -> Rule:
    """A rule written on screen by the verb; on, at once, to the party."""
    text = template or a_text()
    given = {"label": f"Essai {event}", "audience": "record_party", **fields}
    return save(rule=None, plan=Plan(event=event, template_id=text.id, **given), by=BY)  # type: ignore[arg-type]


def a_type(label: str) -> RuleType:
    return db.session.scalars(select(RuleType).where(RuleType.label == label, RuleType.deleted_at.is_(None))).one()


def pages_of_rules(party: Party, rows: int, words: str = "") -> dict[str, list[str]]:
    """Page of the back office → its addresses: rules of every shape, types, state codes, proposals, a simulation."""
    text = a_text(f"Objet{words}", f"Bonjour #nom#{words}")
    text.label = f"Texte{words}"[:80]
    code = add_code(kind="intervention", code=f"C{uuid.uuid4().hex[:6]}", label=f"Planifiée{words}"[:80], by=BY)
    family, folder = str(party.family_id), str(office.folder("c.invoices").id)
    rules = [
        a_rule(
            "quote.accepted",
            text,
            label=f"Devis{words}"[:80],
            conditions={"family_ids": [family]},
            slot=EmailSlot.QUOTE,
        ),
        a_rule("invoice.reminded", text, moment="date", date_field="due_on", days=-3, groups=True, working_days=True),
        a_rule("intervention.state_entered", text, conditions={"state_codes": [code.code]}, moment="after", delay=120),
        a_rule("invoice.paid", text, conditions={"folder_ids": [folder], "amount_from": "10.50"}, attaches=True),
        a_rule("order.validated", text, automatic=False, audience="record_contacts", role=f"Achats{words}"[:80]),
    ]
    deleted = a_rule("order.delivered", text, label="Supprimée")
    delete(rule=deleted, by=BY)
    kept = save_type(rule_type=None, label=f"Chantier{words}"[:60], events=["order.ready", "quote.accepted"], by=BY)
    orders = [a_record(party, "order", "validated", number=f"BC-{uuid.uuid4().hex[:8]}") for _ in range(rows)]
    contacts = Contact(party_id=party.id, person=Person(family_name="Durand"), role=f"Achats{words}"[:80])
    contacts.email = "achats@boutique.example"
    db.session.add(contacts)
    db.session.flush()
    for order in orders:
        moved(order, "validated")
    draft = db.session.scalars(select(Notification).where(Notification.rule_id == rules[-1].id)).first()
    assert draft is not None
    fixed = db.session.scalars(select(Rule).where(Rule.event == "account.reset_requested")).one()
    events = ("quote.validated", "invoice.reminded", "intervention.state_entered")
    simulated = f"?record={orders[0].id}&event=order.validated"
    return {
        "rules": ["/rules", f"/rules?type={kept.id}", f"/rules?deleted={deleted.id}"],
        "rule_new": ["/rules/new", f"/rules/new?type={kept.id}", *(f"/rules/new?event={event}" for event in events)],
        "rule": [f"/rules/{each.id}" for each in (*rules, deleted, fixed)],
        "rule_simulation": [f"/rules/simulation{each}" for each in ("", "?q=introuvable", simulated)],
        "rule_types": ["/rules/types"],
        "rule_type_new": ["/rules/types/new"],
        "rule_type": [f"/rules/types/{kept.id}"],
        "state_codes": ["/state-codes"],
        "state_code": [f"/state-codes/{code.id}"],
        "proposals": ["/proposals"],
        "proposal": [f"/proposals/{draft.id}"],
    }
