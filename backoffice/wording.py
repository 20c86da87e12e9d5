"""How the state of a line reads: the pill, and why it waits or what it became, in one sentence."""

from dataclasses import dataclass
from typing import Any

from flask_babel import format_datetime, format_time
from flask_babel import gettext as _

from shared.notifications.models import Reason, Status

PILLS = {
    Status.WAITING: "waiting",
    Status.SENDING: "sending",
    Status.SENT: "sent",
    Status.DELIVERED: "delivered",
    Status.BOUNCED: "bounced",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
    Status.UNKNOWN: "to_check",
}


@dataclass(frozen=True)
class Words:
    """`pill` is a state of the component of that name."""

    pill: str
    sentence: str


def line_words(line: Any) -> Words:
    """The words for one line of the history."""
    pill = PILLS[line.status]
    if line.status is Status.WAITING:
        pill = {Reason.RETRY: "deferred", Reason.PLANNED: "planned", Reason.SUSPENDED: "held"}.get(line.reason, pill)
        return Words(pill, waiting_words(line))
    if line.status in (Status.SENT, Status.DELIVERED) and line.sent_at is not None:
        return Words(pill, _("le %(when)s", when=_moment(line.sent_at)))
    return Words(pill, line.reply)


def waiting_words(line: Any) -> str:
    """Why it waits, and until when or for what."""
    if line.reason is Reason.RETRY:
        return _("Nouvel essai le %(when)s : %(reply)s", when=_moment(line.due_at), reply=line.reply)
    if line.reason is Reason.PLANNED:
        return _("Part le %(when)s, avec ce qui arrive d’ici là", when=_moment(line.due_at))
    if line.reason is Reason.QUIET_HOURS:
        return _("Part le %(when)s, après les heures de repos", when=_moment(line.due_at))
    if line.reason is Reason.DRAFT and not line.reply:  # what lacks something says what
        return _("Proposée : elle part quand quelqu’un la confirme")
    if line.reason is Reason.DRAFT:
        return _("Reste en brouillon : %(reply)s", reply=line.reply)
    return reason_words(line.reason)


def reason_words(reason: Reason) -> str:
    """What lines of this reason wait for."""
    return {
        Reason.NONE: _("Part dans un instant"),
        Reason.SYNCHRONISATION: _("Attend la synchronisation, ou l’ouverture de l’accès du tiers"),
        Reason.PLANNED: _("Attend l’heure prévue"),
        Reason.QUIET_HOURS: _("Attend la fin des heures de repos"),
        Reason.SUSPENDED: _("Notifications suspendues pour cette famille"),
        Reason.RETRY: _("Attend un nouvel essai"),
        Reason.NO_ADDRESS: _("Aucune adresse : complétez la fiche du tiers"),
        Reason.DRAFT: _("Brouillon à compléter"),
    }[reason]


def _moment(value: Any) -> str:
    return _("%(day)s à %(time)s", day=format_datetime(value, "d MMM"), time=format_time(value, "short"))
