"""What the address bar of a list of records says: read for the screen, the export and the counts alike."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _

from shared.clock import today
from shared.errors import Refused
from shared.records import typed as reading
from shared.records.declaring import Kind
from shared.records.listing import Filter, late_field
from shared.settings.reading import company


@dataclass(frozen=True)
class Asked:
    """The filter, what was typed as it was typed, and what could not be read of it."""

    filter: Filter
    typed: dict[str, str]
    wrong: list[str] = field(default_factory=list)

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked beside the kind."""
        return any(self.typed.values())

    @property
    def is_detailed(self) -> bool:
        """Whether the criteria that are folded away serve."""
        return any(self.typed[name] for name in ("since", "until", "least", "most"))


def asked_of(kind: Kind) -> Asked:
    """A value that means nothing narrows nothing, and is said."""
    names = ("q", "status", "late", "party", "since", "until", "least", "most")
    typed = {name: " ".join(request.args.get(name, "").split())[:100] for name in names}
    wrong: list[str] = []
    since, until = (_day(typed[name], wrong) for name in ("since", "until"))
    least, most = (_amount(typed[name], wrong) for name in ("least", "most"))
    known = {status.key for status in kind.statuses}
    chosen = Filter(
        kind=kind.key,
        party_id=_uuid(typed["party"]),
        status=typed["status"] if typed["status"] in known else "",
        text=typed["q"],
        late=typed["late"] == "1" and bool(late_field(kind)),
        since=since,
        until=until,
        least=least,
        most=most,
        today=today(),
        zone=company().time_zone,
    )
    return Asked(chosen, typed, wrong)


def statuses_of(kind: Kind) -> list[tuple[str, Any]]:
    """The choices of the list of statuses."""
    return [("", _("tous")), *((status.key, _(status.label)) for status in kind.statuses)]


def _amount(text: str, wrong: list[str]) -> Decimal | None:
    try:
        return reading.amount(text, "amount")
    except Refused as refusal:
        wrong.append(refusal.sentence)
        return None


def _day(text: str, wrong: list[str]) -> date | None:
    try:
        return reading.day(text, "issued_on")
    except Refused as refusal:
        wrong.append(refusal.sentence)
        return None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
