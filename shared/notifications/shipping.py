"""The texts and rules that come with the product: an upgrade replaces what nobody touched and leaves the rest."""

from hashlib import sha256

from sqlalchemy import select

from shared.clock import now
from shared.extensions import db
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.rule_models import Rule
from shared.notifications.shipped import Shipped, shipped_messages
from shared.notifications.shipped_record_rules import RECORD_RULES
from shared.notifications.shipped_rules import PRODUCT_RULES, ShippedRule
from shared.notifications.shipped_types import ship_types
from shared.people.models import Family

RULES = (*PRODUCT_RULES, *RECORD_RULES)
SHIPPED = (
    "label",
    "audience",
    "moment",
    "slot",
    "date_field",
    "days",
    "working_days",
    "groups",
    "attaches",
    "conditions",
)


def ship_messages() -> None:
    """Bring texts and rules to what this release ships. Running it twice changes nothing."""
    templates = {row.key: row for row in db.session.scalars(select(Template).where(Template.is_shipped))}
    messages = shipped_messages()
    names = {message.key: message.label for message in messages if message.locale == "fr"}
    for message in messages:
        template = templates.get(message.key)
        if template is None:
            template = templates[message.key] = _new_template(message)
        if template.label == message.label:  # nobody renamed it: screens speak French first, whatever comes first here
            template.label = names.get(message.key, message.label)
        if message.family and template.family_id is None:
            template.family_id = db.session.scalar(select(Family.id).where(Family.key == message.family))
        if template.deleted_at is None:
            _ship_text(template, message)
    rules = {row.key: row for row in db.session.scalars(select(Rule).where(Rule.is_shipped))}
    for rule in RULES:
        _ship_rule(rules.get(rule.name), rule, templates)
    ship_types(frozenset(rule.event for rule in RULES))
    db.session.flush()


def _new_template(message: Shipped) -> Template:
    template = Template(
        key=message.key,
        label=message.label,
        context=message.context,
        channel=message.channel,
        kind=message.kind,
        is_shipped=True,
    )
    db.session.add(template)
    db.session.flush()
    return template


def _ship_text(template: Template, message: Shipped) -> None:
    current = db.session.scalars(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id,
            TemplateVersion.locale == message.locale,
            TemplateVersion.is_current,
        )
    ).first()
    mark = message.digest
    if current is not None:
        if current.shipped_hash is None or current.shipped_hash == mark:
            return
        current.is_current = False
        db.session.flush()  # only one text is current
    db.session.add(
        TemplateVersion(
            template_id=template.id,
            locale=message.locale,
            number=current.number + 1 if current else 1,
            subject=message.subject,
            body=message.body,
            shipped_hash=mark,
        )
    )


def _ship_rule(row: Rule | None, rule: ShippedRule, templates: dict[str, Template]) -> None:
    mark = sha256(repr(rule).encode()).hexdigest()
    if row is None:
        row = Rule(key=rule.name, event=rule.event, is_shipped=True, channels=["email"], enabled=rule.enabled)
        row.since = now()
        db.session.add(row)
    elif row.shipped_hash in (None, mark) or row.deleted_at is not None:
        return
    for name in SHIPPED:
        setattr(row, name, getattr(rule, name))
    row.template_id = templates[rule.template].id if rule.template else None
    row.shipped_hash = mark
