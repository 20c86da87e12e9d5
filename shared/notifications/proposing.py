"""Drafts that a rule proposes: pre-filled, read and perhaps edited by a person, who lets them leave or drops them."""

from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.claiming import COLUMNS
from shared.notifications.entrusting import context_for
from shared.notifications.fields import check
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.outbox import ring_bell
from shared.notifications.resolving import Stopped, drafted
from shared.words import N_

DROPPED = N_("La proposition a été écartée.")


class Draft(NamedTuple):
    """What would leave: the text with its values put in, the link as `#lien#`. `why_not`: what stands against it."""

    subject: str
    body: str
    address: str
    why_not: str = ""


def draft_of(notification: Notification) -> Draft:
    """The text to read and edit, as things stand now."""
    connection = db.session.connection()
    db.session.flush()
    row = connection.execute(select(*COLUMNS).where(Notification.id == notification.id)).mappings().one()
    written = drafted(connection, row)
    if isinstance(written, Stopped):
        return Draft("", "", "", written.reply)
    return Draft(*written)


def confirm(*, notification: Notification, by: str, subject: str | None = None, body: str | None = None) -> None:
    """Let a proposal leave, with the words that were edited where there are any.

    Raises Refused for one that no longer waits (`subject` and `body` name what is wrong in an edited text).
    """
    _hold(notification)
    if subject is not None or body is not None:
        subject = " ".join((subject or "").split())
        body = (body or "").replace("\r\n", "\n").strip()
        check(subject, body, context_for(notification.template))
        notification.edited_subject, notification.edited_body = subject, body
    notification.is_proposal = False
    notification.reason = Reason.NONE
    notification.due_at = now()
    notification.group_key = None
    notification.requested_by = by
    _tell("notification.confirmed", notification, by)
    ring_bell(notification.channel)


def drop(*, notification: Notification, by: str) -> None:
    """It does not leave; the line says who said so. Raises Refused for one that no longer waits."""
    _hold(notification)
    notification.status = Status.CANCELLED
    notification.ended_at = now()
    notification.secret = None
    notification.reply = DROPPED
    _tell("notification.dropped", notification, by)


def _hold(notification: Notification) -> None:
    """The row lock decides between two persons who decide at once."""
    db.session.refresh(notification, with_for_update=True)
    if not notification.is_proposal or notification.status is not Status.WAITING:
        raise Refused(_("Trop tard : cette proposition n’attend plus. Rien n’a été changé."))


def _tell(name: str, notification: Notification, by: str) -> None:
    facts = {"edited": notification.edited_body is not None}
    record(name, by=by, party_id=notification.party_id, notification_id=notification.id, facts=facts)
