"""A rule as it is typed: what `rule_saving` checks and writes, and what `rule_counting` counts before it is saved."""

import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from shared.marking import mark_of
from shared.notifications.rule_models import Rule
from shared.people.models import EmailSlot

NOW, FOLDER, AFTER, DATE = "now", "folder", "after", "date"
MOMENTS = (NOW, AFTER, DATE)  # FOLDER is the shipped rule's on documents


@dataclass(frozen=True)
class Plan:
    """When, to whom, what, how. `conditions`: family_ids, folder_ids, statuses, state_codes, amount_from, amount_to."""

    label: str
    event: str
    audience: str
    template_id: uuid.UUID | None
    conditions: dict[str, Any] = field(default_factory=dict)
    moment: str = NOW
    delay: int = 0  # minutes
    date_field: str = ""
    days: int = 0  # before the date when negative
    hour: int = 9
    working_days: bool = False
    automatic: bool = True
    groups: bool = False
    attaches: bool = False
    slot: EmailSlot | None = None
    role: str = ""
    blind_copies: str = ""


def plan_of(rule: Rule) -> Plan:
    """A rule as it stands."""
    return Plan(**{name: getattr(rule, name) for name in Plan.__dataclass_fields__})


def seen_of(plan: Plan) -> str:
    """Changes when anything of the rule does: what a form brings back, so that nobody overwrites another's save."""
    return mark_of(asdict(plan))
