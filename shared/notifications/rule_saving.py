"""A rule written on screen: checked, saved as one change that the journal tells, never over somebody else's."""

from dataclasses import asdict, replace

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.clock import now
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.copying import read_copies
from shared.notifications.field_table import BUSINESS
from shared.notifications.models import Template
from shared.notifications.rule_checking import check_copies, checked_conditions, checked_moment
from shared.notifications.rule_events import audiences_for, events_offered, is_fixed, kind_of
from shared.notifications.rule_models import Rule
from shared.notifications.rule_plan import Plan, plan_of, seen_of

LONGEST_LABEL = 80
WHEN = ("event", "moment", "delay", "date_field", "days", "hour", "working_days")


def save(*, rule: Rule | None, plan: Plan, by: str, seen: str = "") -> Rule:
    """Write a new rule, or change one; a new one is on at once, and nothing that happened before is caught up.

    Raises Refused with the field that is wrong, Stale when the rule changed since `seen` (`rule_plan.seen_of`).
    """
    if rule is not None:
        db.session.refresh(rule, with_for_update=True)
        _check_free(rule, seen)
    plan = _checked(plan, rule)
    if rule is None:
        return _add(plan, by)
    before = plan_of(rule)
    changed = sorted(name for name, value in asdict(plan).items() if value != getattr(before, name))
    if not changed:
        return rule
    _write(rule, plan)
    if set(changed) & set(WHEN):
        rule.since, rule.watched_until = now(), None
    rule.shipped_hash = None  # edited: an upgrade leaves it alone
    db.session.flush()
    record("rule.changed", by=by, facts={"rule": rule.label, "event": rule.event, "fields": changed})
    return rule


def standing_audiences() -> dict[str, str]:
    """Event → whom its first rule tells, of every rule that stands."""
    rows = db.session.execute(select(Rule.event, Rule.audience).where(Rule.deleted_at.is_(None)).order_by(Rule.key))
    found: dict[str, str] = {}
    for event, audience in rows:
        found.setdefault(event, audience)
    return found


def _add(plan: Plan, by: str) -> Rule:
    """A click that comes twice makes one rule: two alike would send every message twice."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"rule:{plan.event}", 0))))
    alike = select(Rule).where(Rule.event == plan.event, Rule.label == plan.label, Rule.deleted_at.is_(None))
    for standing in db.session.scalars(alike):
        if plan_of(standing) == plan:
            return standing
    identity = uuid7()
    rule = Rule(id=identity, key=f"own.{identity.hex}", created_by=by, since=now())
    _write(rule, plan)
    db.session.add(rule)
    db.session.flush()
    record("rule.created", by=by, facts={"rule": rule.label, "event": rule.event})
    return rule


def _write(rule: Rule, plan: Plan) -> None:
    for name in Plan.__dataclass_fields__:
        setattr(rule, name, getattr(plan, name))
    template = db.session.get(Template, plan.template_id) if plan.template_id else None
    rule.channels = [template.channel if template else "email"]


def _check_free(rule: Rule, seen: str) -> None:
    if rule.deleted_at is not None:
        raise Stale(_("Cette notification vient d’être supprimée : rétablissez-la avant de la modifier."))
    if is_fixed(rule):
        raise Refused(_("Cette notification est fixe : seul son texte se modifie, dans son modèle."))
    if seen != seen_of(plan_of(rule)):
        raise Stale(_("Cette notification a été modifiée entre-temps. Rien n’est enregistré : comparez, recommencez."))


def _checked(plan: Plan, rule: Rule | None) -> Plan:
    standing = standing_audiences()
    label = " ".join(plan.label.split())
    if not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable():
        raise Refused(_("Donnez-lui un nom de 1 à 80 caractères."), "label")
    if plan.event not in events_offered(standing) and (rule is None or rule.event != plan.event):
        raise Refused(_("Choisissez dans la liste ce qui déclenche cette notification."), "event")
    offered = audiences_for(plan.event, standing.get(plan.event, ""))
    if plan.audience not in offered and (rule is None or (rule.event, rule.audience) != (plan.event, plan.audience)):
        raise Refused(_("Choisissez dans la liste qui la reçoit."), "audience")
    _check_template(plan, rule)
    if len(plan.role) > LONGEST_LABEL:
        raise Refused(_("Cette fonction est trop longue : 80 caractères au plus."), "role")
    plan = replace(plan, label=label, role=" ".join(plan.role.split()), blind_copies=read_copies(plan.blind_copies))
    plan = replace(checked_moment(plan), conditions=checked_conditions(plan))
    check_copies(plan)
    return plan


def _check_template(plan: Plan, rule: Rule | None) -> None:
    if rule is not None and rule.template_id == plan.template_id and rule.event == plan.event:
        return
    template = db.session.get(Template, plan.template_id) if plan.template_id else None
    if template is None or template.deleted_at is not None:
        raise Refused(_("Choisissez un modèle : c’est le texte qui partira."), "template_id")
    if template.context in ("access", "security", "code"):
        raise Refused(_("Un texte d’accès ou de sécurité ne sert qu’à son propre message."), "template_id")
    if (template.context == BUSINESS) != (kind_of(plan.event) is not None):
        raise Refused(
            _("Ce texte parle d’autre chose : ses champs resteraient vides. Choisissez-en un autre."), "template_id"
        )
