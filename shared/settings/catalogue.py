"""The keys of `Setting`, what each holds and its default."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Key:
    """One setting: its default, and the values allowed where they are few."""

    default: Any
    allowed: tuple[Any, ...] = ()


CATALOGUE: dict[str, Key] = {
    "synchronisation": Key("automatic", ("automatic", "manual")),
    "grouping_window_seconds": Key(120),
    "activation_link_hours": Key(72),
    "reset_link_hours": Key(2),
    "document_link_days": Key(30),
    "initial_password_days": Key(30),
}
