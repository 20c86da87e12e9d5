"""What an event itself says, as fields of a message."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.notifications.values import Value

# What an event says, and the field that shows it.
FACTS = {
    "device": "appareil",
    "piece": "piece",
    "folder_label": "repertoire",
    "party": "nom",
    "note": "commentaire",
}
DAYS = {"effective_on": "date_d_effet", "due_on": "avant_le"}


def fact_values(facts: Mapping[str, Any]) -> dict[str, Value]:
    """The fields that the facts of an event fill; days come as dates, written in the reader's language."""
    days: dict[str, Value] = {
        DAYS[key]: date.fromisoformat(value) for key, value in facts.items() if key in DAYS and value
    }
    return days | {FACTS[key]: value for key, value in facts.items() if key in FACTS}
