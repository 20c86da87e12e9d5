"""Under which heading each rule stands: its type, else what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Row

from shared.notifications.rule_events import kind_of
from shared.notifications.rule_listing import types_of
from shared.notifications.rule_models import RuleType


@dataclass
class Group:
    """One heading with its rules; `type` is None where no type of the screen holds them."""

    key: str
    label: str
    type: RuleType | None = None
    rows: list[Row[Any]] = field(default_factory=list)


def groups_of(rows: Sequence[Row[Any]], types: Sequence[RuleType]) -> list[Group]:
    """The types first, empty ones too, then the other records, then the product's own."""
    groups = {f"t.{each.id}": Group(str(each.id), each.label, each) for each in types}
    held = types_of(types)
    rest: dict[str, Group] = {}
    for row in rows:
        mine = held.get(row.Rule.event)
        if mine is not None:
            groups[f"t.{mine.id}"].rows.append(row)
            continue
        key, label = _about(row.Rule.event)
        rest.setdefault(key, Group(key, label)).rows.append(row)
    order = [*(key for key, _label in _headings()), *sorted(rest)]
    return [*groups.values(), *(rest[key] for key in dict.fromkeys(order) if key in rest)]


def tabs_of(groups: Sequence[Group], chosen: str) -> list[dict[str, Any]]:
    """« Toutes », then one a heading, with how many stand under it."""
    whole = {"label": _("Toutes"), "url": url_for("backoffice.rules"), "current": not chosen}
    url = "backoffice.rules"
    return [
        whole,
        *(
            {
                "label": each.label,
                "url": url_for(url, type=each.key),
                "current": each.key == chosen,
                "count": len(each.rows),
            }
            for each in groups
        ),
    ]


def _about(event: str) -> tuple[str, str]:
    kind = kind_of(event)
    if kind is not None:
        return kind.key, str(_(kind.plural))
    word = event.partition(".")[0]
    if event.startswith(("document.request", "document.deposited", "document.expiring")):
        word = "deposit"
    headings = dict(_headings())
    key = {"notice": "document", "notification": "document", "account": "access", "staff": "access"}.get(word, word)
    return (key, headings[key]) if key in headings else ("other", _("Autres messages"))


def _headings() -> list[tuple[str, str]]:
    return [
        ("document", _("Documents")),
        ("deposit", _("Documents demandés et déposés")),
        ("access", _("Accès et mots de passe")),
        ("signature", _("Signatures")),
        ("payslip", _("Bulletins de paie électroniques")),
        ("other", _("Autres messages")),
    ]
