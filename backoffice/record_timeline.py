"""« Chronologie »: what happened to a record, in the words of its events."""

import uuid
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.record_notifications import event_words
from backoffice.record_page import tab
from backoffice.record_reach import record_for
from shared.events.actors import names_of
from shared.events.models import Event
from shared.records import finding
from shared.records.declaring import DATES, Kind
from shared.web.filters import day, moment, money
from shared.web.permissions import Permission, requires

ICONS = {
    "created": ("plus-lg", "news"),
    "changed": ("pencil", ""),
    "memo_changed": ("chat-left-text", ""),
    "reminded": ("stopwatch", "warn"),
    "asked": ("question-circle", "news"),
    "answered": ("reply", "news"),
    "state_entered": ("tag", ""),
    "appointment_made": ("calendar3", "good"),
    "appointment_moved": ("calendar3", "warn"),
    "appointment_cancelled": ("calendar3", "bad"),
    "appointment_answered": ("reply", "news"),
    "goods_allocated": ("inbox", "good"),
}
TONES = {"success": "good", "danger": "bad", "warning": "warn", "info": "news"}


@backoffice.get("/record/<uuid:record_id>/timeline")
@requires(Permission.RECORDS_SEE)
def record_timeline(record_id: uuid.UUID) -> Response:
    """The last first."""
    record, kind = record_for(record_id, Permission.RECORDS_SEE)
    events = finding.timeline(record.id)
    names = names_of(event.actor for event in events)
    return tab(
        "backoffice/records/timeline.html",
        record,
        kind,
        about=_("chronologie"),
        entries=[_entry(kind, event, names) for event in events],
    )


def _entry(kind: Kind, event: Event, names: dict[str, str]) -> dict[str, Any]:
    key = event.name.partition(".")[2]
    icon, tone = ICONS.get(key) or _look(kind, key)
    text = event_words(event.name)
    told = text.partition(" : ")[2] if event.name.startswith(f"{kind.key}.") else ""
    shown = (told or text)[:1].upper() + (told or text)[1:]
    return {
        "at": event.at,
        "icon": icon,
        "tone": tone,
        "text": shown,
        "by": names.get(event.actor, ""),
        "detail": _detail(event),
    }


def _look(kind: Kind, key: str) -> tuple[str, str]:
    move = next((each for each in kind.moves if each.event == key), None)
    if move is None or move.to is None:
        return "clock-history", ""
    tone = TONES.get(kind.status(move.to).tone, "")
    return {"good": "check-circle-fill", "bad": "x-circle"}.get(tone, "arrow-right"), tone


def _detail(event: Event) -> str:
    """What changed, in a line: never a whole row of the log."""
    facts = event.facts
    if event.name.endswith(".changed"):
        return " ; ".join(_change(name, pair) for name, pair in facts.get("fields", {}).items())
    if event.name.endswith(".memo_changed"):
        return f"{facts.get('before') or '—'} → {facts.get('after') or '—'}"
    if event.name.endswith(".goods_allocated"):
        return ", ".join(f"{each['quantity']} × {each['label'] or each['reference']}" for each in facts["lines"])
    for name in ("reason", "text", "code", "at", "accepted_on"):
        if facts.get(name):
            return _shown(name, facts[name])
    return ""


def _change(name: str, pair: Any) -> str:
    label = _field_words().get(name) or (str(_(DATES[name])) if name in DATES else name)
    if name in ("lines", "documents", "contact_id", "activity_id", "parent_id"):
        return label
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    return f"{label} : {_shown(name, before)} → {_shown(name, after)}"


def _field_words() -> dict[str, str]:
    """The fields that an event may name, as the form calls them."""
    return {
        "number": _("Numéro"),
        "title": _("Objet"),
        "memo": _("Mémo"),
        "amount": _("Montant TTC"),
        "net_amount": _("Montant HT"),
        "deposit": _("Acompte reçu"),
        "contact_id": _("Interlocuteur"),
        "activity_id": _("Activité"),
        "parent_id": _("Pièce d’origine"),
        "lines": _("Lignes"),
        "documents": _("Documents joints"),
        "parties": _("Parties"),
        "state_code": _("Code d’état"),
        "platform": _("Plateforme agréée"),
        "platform_status": _("État sur la plateforme"),
        "transmitted_at": _("Transmise le"),
        "is_credit_note": _("Avoir"),
        "currency": _("Monnaie"),
        "external_id": _("Référence du logiciel de gestion"),
    }


def _shown(name: str, value: Any) -> str:
    """A fact of the log as a person reads it: days, moments and amounts in their own form."""
    if value in (None, ""):
        return "—"
    with suppress(ValueError, InvalidOperation, TypeError):
        if name in ("amount", "net_amount", "deposit"):
            return money(Decimal(value))
        if name in ("at", "transmitted_at", "appointment_at"):
            return moment(datetime.fromisoformat(value))
        if name in DATES:
            return day(date.fromisoformat(value))
    return _("oui") if value is True else _("non") if value is False else str(value)
