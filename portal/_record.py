"""A record as the portal shows it: whether this seat may see it, its state in words, and how its paper is signed."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from flask import abort
from flask_babel import gettext as _
from flask_babel import ngettext

from shared.access.models import Seat
from shared.records.declaring import Kind
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.records.sharing import OWING
from shared.records.visible import seen
from shared.web import refusals, visitors

TONES = {"success": "good", "danger": "bad", "warning": "warn", "info": "news"}
ICONS = {"good": "check-circle-fill", "bad": "x-circle", "warn": "hourglass-split", "news": "clock", "": "info-circle"}


class State(NamedTuple):
    """A pill."""

    key: str
    label: str
    tone: str
    icon: str


def record_or_404(record_id: uuid.UUID, *kinds: str) -> tuple[Record, Seat]:
    """A record that this seat may see; another's answers like one that never was."""
    seat = visitors.seat()
    found = seen(seat=seat, record_id=record_id, kinds=kinds)
    if found is None:
        refusals.refused("portal.denied")
        abort(404)
    return found, seat


def state_of(kind: Kind, status: str | None, due_on: date | None, day: date) -> State:
    """Where it stands; what nobody answered in time has ended, whoever says so later. None: a document alone."""
    ends = "valid_until" in kind.dates
    if ends and status in (None, "validated") and due_on is not None and due_on < day:
        status = "expired"
    if status is None:
        return State("shared", _("Remis"), "news", "file-earmark-check")
    found = kind.status(status)
    tone = TONES.get(found.tone, "")
    return State(status, str(_(found.label)), tone, ICONS[tone])


def days_left(due_on: date | None, day: date) -> str:
    """« encore 3 jours », « dernier jour »; nothing once it is over."""
    if due_on is None or due_on < day:
        return ""
    left = (due_on - day).days
    return ngettext("encore %(num)s jour", "encore %(num)s jours", left) if left else str(_("dernier jour"))


def is_late(record: Record, day: date) -> bool:
    """An invoice past its day, of which something is left to pay."""
    waits = KINDS[record.kind].has_balance and record.status in OWING and record.balance > 0
    return waits and record.due_on is not None and record.due_on < day


def words_of(record: Record, day: date) -> dict[str, Any]:
    """What every page of a record shows at its head."""
    kind = KINDS[record.kind]
    title = f"{_(kind.label)} {record.number}".strip()
    if record.is_credit_note:
        title = f"{_('Avoir')} {record.number}".strip()
    return {"kind": kind, "title": title, "state": state_of(kind, record.status, record.valid_until, day)}
