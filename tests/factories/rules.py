"""Rules, their types and the records that they are about."""

import uuid

from sqlalchemy import select

from shared.events.models import Event
from shared.events.recording import record as happened
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.rule_models import Rule, RuleType
from shared.notifications.rule_plan import Plan
from shared.notifications.rule_saving import save
from shared.people.models import Party
from shared.records.kinds import KINDS
from shared.records.models import Record

BY = "command"


def a_text(
    subject: str = "Votre pièce", body: str = "Bonjour #nom#.\n\n#signature#", context: str = "record"
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
