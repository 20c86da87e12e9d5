"""A line of the access grid as it is written on screen and in the export. Plain values: a page has fifty of them."""

import functools
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _

from shared.access import causes
from shared.access.finding import lines_of
from shared.access.grid_columns import PASSWORDS, STATES
from shared.notifications.models import Reason, Status
from shared.people.scopes import Scope
from shared.web.filters import ago

ICONS = {
    "none": ("dash-circle", ""),
    "unsynced": ("exclamation-triangle", "bad"),
    "valid": ("check-circle-fill", "good"),
    "planned": ("calendar3", "news"),
    "expired": ("hourglass-split", "warn"),
    "closed": ("lock", ""),
}
SENT_TONES = {Status.SENT: "good", Status.DELIVERED: "good", Status.BOUNCED: "bad", Status.FAILED: "bad"}


class Row(NamedTuple):
    """The ten columns, the last login, and what the buttons of the line need."""

    id: uuid.UUID
    code: str
    name: str
    email: str
    bounced: bool
    identifier: str
    state: str
    state_label: str
    cause: str
    icon: str
    tone: str
    password: str
    password_label: str
    allowed: bool
    notify: bool
    revision: int
    has_access: bool
    sent_to: str
    sent_at: str
    sent_state: str
    sent_tone: str
    is_leaving: bool  # its message is on its way: the line is asked for again until it has arrived
    last_login: str


def rows(lines: Iterable[Any]) -> list[Row]:
    """The lines of a query of `access.finding`."""
    return [*map(in_words(), lines)]


def in_words() -> Callable[[Any], Row]:
    """What puts such a line into words, in the language of this request and the company's time."""
    return _words(str(get_locale()), get_timezone()).row


def is_moving(line: Any) -> bool:
    """Whether the line says something else soon: its access is red, or its message on its way."""
    return STATES[line.state] == "unsynced" or _is_leaving(line)


def _is_leaving(line: Any) -> bool:
    status: Status | None = line.sent_status
    return status == Status.SENDING or (status == Status.WAITING and line.sent_reason == Reason.NONE)


def rows_of(party_ids: Sequence[uuid.UUID], scope: Scope) -> list[Row]:
    """The lines of these parties."""
    return rows(lines_of(party_ids, scope))


class _Words:
    """What lines say, in the language of the request that asks first, and times in `zone`."""

    def __init__(self, zone: tzinfo | None) -> None:
        self.zone = ZoneInfo(str(zone)) if zone else None  # three times as fast as Flask-Babel's own
        self.states = {
            "unsynced": _("À synchroniser"),
            "expired": _("Expiré"),
            "none": _("Sans accès"),
            "closed": _("Fermé"),
            "planned": _("Planifié"),
            "valid": _("Valide"),
        }
        self.passwords = {
            "hidden": "••••••",
            "expired": _("expiré"),
            "to_activate": _("à activer"),
            "set": _("défini"),
            "": "",
        }
        self.sent = sent_words()
        self.reasons = reason_words()
        self.causes: dict[str, str] = {}

    def row(self, line: Any) -> Row:
        state, password = STATES[line.state], PASSWORDS[line.password]
        icon, tone = ICONS[state]
        sent_state = self.sent.get(line.sent_status, "")
        if line.sent_status == Status.WAITING and line.sent_reason != Reason.NONE:
            sent_state = f"{sent_state} ({self.reasons[line.sent_reason]})"
        return Row(
            id=line.id,
            code=line.code,
            name=line.name,
            email=line.email or "",
            bounced=line.bounced,
            identifier=line.identifier or "",
            state=state,
            state_label=self.states[state],
            cause=f"{self.cause(line.cause)}, {ago(line.changed_at)}" if state == "unsynced" else "",
            icon=icon,
            tone=tone,
            password=password,
            password_label=self.passwords[password],
            allowed=line.allowed,
            notify=line.notify,
            revision=line.revision,
            has_access=line.has_access,
            sent_to=line.sent_to or "",
            sent_at=self.when(line.sent_at),
            sent_state=sent_state,
            sent_tone=SENT_TONES.get(line.sent_status, "news"),
            is_leaving=_is_leaving(line),
            last_login=self.when(line.last_login_at),
        )

    def cause(self, key: str) -> str:
        """Why a line is red; each reason is put into words once."""
        if key not in self.causes:
            self.causes[key] = causes.words(key)
        return self.causes[key]

    def when(self, moment: datetime | None) -> str:
        """« 22/11/2026 14:05 »; by hand, because a page writes a hundred of them."""
        if moment is None:
            return ""
        at = moment.astimezone(self.zone)
        return f"{at.day:02}/{at.month:02}/{at.year:04} {at.hour:02}:{at.minute:02}"


@functools.lru_cache(maxsize=16)
def _words(_locale: str, zone: tzinfo | None) -> _Words:
    """Translated once a language; `_locale` is part of the cache's key only."""
    return _Words(zone)


def sent_words() -> dict[Status, str]:
    """The state of a message in one word."""
    return {
        Status.WAITING: _("En attente"),
        Status.SENDING: _("Envoi en cours"),
        Status.SENT: _("Envoyé"),
        Status.DELIVERED: _("Remis"),
        Status.BOUNCED: _("Rejeté"),
        Status.FAILED: _("Échec"),
        Status.CANCELLED: _("Annulé"),
        Status.UNKNOWN: _("À vérifier"),
    }


def reason_words() -> dict[Reason, str]:
    """Why a message waits, in a few words."""
    return {
        Reason.NONE: _("prêt à partir"),
        Reason.SYNCHRONISATION: _("synchronisation"),
        Reason.PLANNED: _("planifié"),
        Reason.QUIET_HOURS: _("heures calmes"),
        Reason.SUSPENDED: _("suspendu"),
        Reason.RETRY: _("nouvel essai"),
        Reason.NO_ADDRESS: _("sans adresse"),
        Reason.DRAFT: _("brouillon"),
    }
