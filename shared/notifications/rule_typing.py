"""The headings of « Paramétrage notification(s) »: a type groups events that exist, with no programming."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.notifications.rule_events import events_of_types
from shared.notifications.rule_models import RuleType
from shared.notifications.rule_saving import standing_audiences

LONGEST_LABEL = 60


def save_type(*, rule_type: RuleType | None, label: str, events: Sequence[str], by: str) -> RuleType:
    """A new type, last of the list, or another name and other events. Raises Refused with the field that is wrong."""
    label = _free_label(label, rule_type)
    wanted = list(dict.fromkeys(events))
    if not wanted:
        raise Refused(_("Choisissez au moins un événement."), "events")
    standing = set(rule_type.events) if rule_type else set()
    if not set(wanted) <= events_of_types(standing_audiences()).keys() | standing:
        raise Refused(_("Un de ces événements n’existe pas : reprenez la liste."), "events")
    if rule_type is None:
        return _add(label, wanted, by)
    if (rule_type.label, rule_type.events) != (label, wanted):
        rule_type.label, rule_type.events = label, wanted
        db.session.flush()
        record("rule_type.changed", by=by, facts={"type": label, "events": wanted})
    return rule_type


def delete_type(*, rule_type: RuleType, by: str) -> None:
    """Its rules stay, under the heading of what they are about."""
    if rule_type.deleted_at is None:
        rule_type.deleted_at = now()
        db.session.flush()
        record("rule_type.deleted", by=by, facts={"type": rule_type.label})


def restore_type(*, rule_type: RuleType, by: str) -> None:
    """Bring the heading back. Raises Refused when another one took its name meanwhile."""
    if rule_type.deleted_at is not None:
        _free_label(rule_type.label, rule_type)
        rule_type.deleted_at = None
        db.session.flush()
        record("rule_type.restored", by=by, facts={"type": rule_type.label})


def standing_types() -> Sequence[RuleType]:
    """In the order of the screen."""
    query = select(RuleType).where(RuleType.deleted_at.is_(None)).order_by(RuleType.position, RuleType.id)
    return db.session.scalars(query).all()


def deleted_types() -> Sequence[RuleType]:
    """Those that may be brought back, the last deleted first."""
    query = select(RuleType).where(RuleType.deleted_at.is_not(None)).order_by(RuleType.deleted_at.desc())
    return db.session.scalars(query.limit(20)).all()


def _add(label: str, events: list[str], by: str) -> RuleType:
    last = db.session.scalar(select(func.max(RuleType.position)))
    identity = uuid7()
    made = RuleType(id=identity, key=f"own.{identity.hex}", label=label, events=events, position=(last or 0) + 1)
    db.session.add(made)
    db.session.flush()
    record("rule_type.created", by=by, facts={"type": label, "events": events})
    return made


def _free_label(label: str, own: RuleType | None) -> str:
    label = " ".join(label.split())
    if not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable():
        raise Refused(_("Donnez-lui un nom de 1 à 60 caractères."), "label")
    for other in standing_types():
        if (own is None or other.id != own.id) and fold(other.label) == fold(label):
            raise Refused(_("Un type s’appelle déjà « %(label)s ».", label=other.label), "label")
    return label
