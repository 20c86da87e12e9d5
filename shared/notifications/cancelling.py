"""Cancelling a line that waits, and taking that back. One that is being sent or has left cannot be called back."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, select

from shared.clock import now
from shared.errors import Refused
from shared.events.batches import in_batch
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.notifications.outbox import CLAIMABLE, ring_bell
from shared.notifications.releasing import look_again
from shared.words import N_

UNDO = timedelta(minutes=10)
BY_HAND = N_("Annulée par un gestionnaire.")


def cancel(*, notification_id: uuid.UUID, by: str) -> None:
    """The row lock decides against a sender that claims at the same moment. Raises Refused when it is too late."""
    row = db.session.get(Notification, notification_id, with_for_update=True)
    if row is None or row.status is not Status.WAITING:
        raise Refused(_("Trop tard : cette ligne n’attend plus. Rien n’a été changé."))
    row.status = Status.CANCELLED  # its reason stays: undone, it waits for the same thing, if that still lacks
    row.ended_at = now()
    row.secret = None
    row.reply = BY_HAND
    record("notification.cancelled", by=by, party_id=row.party_id, notification_id=row.id)


def restore(*, notification_id: uuid.UUID, by: str) -> None:
    """A line cancelled by hand less than ten minutes ago waits again, for what is lacking today.

    Raises Refused when it is too late.
    """
    row = db.session.get(Notification, notification_id, with_for_update=True)
    if row is None or not may_restore(row):
        raise Refused(_("Trop tard : cette annulation ne se reprend plus. « Renvoyer » fait une nouvelle ligne."))
    row.status, row.ended_at, row.reply = Status.WAITING, None, ""
    row.group_key = None  # another line may be gathering by now
    record("notification.restored", by=by, party_id=row.party_id, notification_id=row.id)
    db.session.flush()
    look_again(row.id)
    db.session.refresh(row)
    if row.reason in CLAIMABLE:
        ring_bell(row.channel)


def cancel_all(*, notification_ids: Sequence[uuid.UUID], by: str, batch: str) -> None:
    """Cancel each, so that they may be taken back together under the name `batch`. Raises Refused at the first."""
    with in_batch(batch):
        for each in sorted(notification_ids):  # two clerks hold them in one order
            cancel(notification_id=each, by=by)


def restore_all(*, notification_ids: Sequence[uuid.UUID], by: str) -> int:
    """Those that may still be taken back wait again; how many. Raises Refused when none may."""
    rows = db.session.scalars(
        select(Notification)
        .where(Notification.id.in_(notification_ids))
        .order_by(Notification.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    left = [row.id for row in rows.all() if may_restore(row)]
    if not left:
        raise Refused(_("Trop tard : ces annulations ne se reprennent plus. « Renvoyer » fait de nouvelles lignes."))
    for each in left:
        restore(notification_id=each, by=by)
    return len(left)


def cancelled_with(notification_id: uuid.UUID) -> str:
    """The batch in which this line was cancelled, less than ten minutes ago; empty where it was alone."""
    named = Event.facts["batch"].astext
    query = select(named).where(*_just_cancelled(), Event.notification_id == notification_id)
    return db.session.scalar(query.order_by(Event.at.desc()).limit(1)) or ""


def cancelled_in(batch: str) -> list[uuid.UUID]:
    """The lines that were cancelled together, less than ten minutes ago."""
    query = select(Event.notification_id).where(*_just_cancelled(), Event.facts["batch"].astext == batch)
    return [each for each in db.session.scalars(query) if each]


def may_restore(row: Notification | Row[Any]) -> bool:
    """Whether a line was cancelled by hand, and not long ago."""
    recent = row.ended_at is not None and now() - row.ended_at < UNDO
    return row.status is Status.CANCELLED and row.reply == BY_HAND and recent


def _just_cancelled() -> tuple[ColumnElement[bool], ...]:
    return Event.name == "notification.cancelled", Event.at > now() - UNDO
