"""How a record reads: its status, its dates, its answers, in French whatever its kind."""

from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from shared.clock import day_of, today
from shared.records.declaring import DATES, Kind, Status
from shared.records.listing import late_field

TONES = {"info": "news", "success": "good", "warning": "warn", "danger": "bad"}
ICONS = {"info": "hourglass-split", "success": "check-circle-fill", "warning": "clock-history", "danger": "x-circle"}
KIND_ICONS = {
    "quote": "clipboard-check",
    "invoice": "receipt",
    "order": "clipboard",
    "intervention": "calendar3",
    "expense_report": "wallet2",
    "opportunity": "flag",
    "payment": "cash-coin",
    "internal_payment": "cash-coin",
}
ANSWERS = {
    "accepted": (lazy_gettext("Accepté"), "check-circle-fill", "good"),
    "refused": (lazy_gettext("Refusé"), "x-circle", "bad"),
}
APPOINTMENT_ANSWERS = {
    "confirmed": (lazy_gettext("Confirmé par le tiers"), "check-circle-fill", "good"),
    "move_asked": (lazy_gettext("Le tiers demande un autre moment"), "question-circle", "warn"),
}
SOURCES = {
    "backoffice": lazy_gettext("saisie à l’écran"),
    "csv": lazy_gettext("import CSV"),
    "api": lazy_gettext("API"),
    "facturx": lazy_gettext("facture électronique déposée"),
    "demo": lazy_gettext("exemple"),
}


class Badge(NamedTuple):
    """What `ui.pill` takes: a state that it does not know."""

    state: str
    label: str
    icon: str
    tone: str


def badge(kind: Kind, row: Any) -> Badge:
    """Where a record stands; a status that its kind no longer declares keeps its own name."""
    try:
        status = kind.status(row.status)
    except KeyError:
        return Badge(row.status, row.status, "question-circle", "")
    return Badge(row.status, _(status.label), _icon(status), TONES.get(status.tone, ""))


def is_late(kind: Kind, row: Any) -> bool:
    """Open past its date; an invoice that is covered or in dispute is not late."""
    name = late_field(kind)
    limit = getattr(row, name, None) if name else None
    if limit is None or not row.is_open or row.disputed_at is not None:
        return False
    day: date = day_of(limit) if name == "appointment_at" else limit
    owed = not kind.has_balance or (row.amount or 0) > row.paid
    return owed and day < today()


def date_label(kind: Kind, name: str) -> str:
    """The words of one of its dates."""
    return str(_(DATES[name]))


def title_of(kind: Kind, record: Any) -> str:
    """« Facture FA-2026-0012 », or what it is about while it has no number."""
    return f"{_(kind.label)} {record.number or record.title}".strip()


def kind_icon(kind: Kind) -> str:
    """The icon of a kind; one that was just declared has the ordinary one."""
    return KIND_ICONS.get(kind.key, "file-earmark-text")


def _icon(status: Status) -> str:
    return "pencil" if status.tone == "secondary" else ICONS.get(status.tone, "info-circle")
