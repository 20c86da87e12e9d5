"""The outbox: one row is one message to one address on one channel, written with the event that causes it.

Redis is only a bell: the row is the truth, and the tick rings again.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from shared.access.models import Seat
from shared.clock import now
from shared.config import config
from shared.documents.models import LinkTarget, Notify
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.audiences import Recipient
from shared.notifications.choosing import template_for
from shared.notifications.models import Notification, NotificationDocument, Reason, Status, Template
from shared.notifications.quiet import next_allowed
from shared.notifications.rule_models import Cause, Rule
from shared.notifications.signature_audiences import TARGET
from shared.people.models import Family
from shared.queues import ring
from shared.settings.reading import company, is_automatic, setting
from shared.transactions import after_commit

STALE_CLAIM = timedelta(seconds=20)  # a claimed row older than this may have lost its sender: a drain looks
CLAIMABLE = (Reason.NONE, Reason.PLANNED, Reason.RETRY, Reason.QUIET_HOURS)
PRIORITY = {"security": 0, "service": 5, "information": 8}
FORCED = frozenset({"notice.forced", "notification.resent"})


def plan(*, event: Event, rule: Rule, recipient: Recipient, channel: str) -> Notification | None:
    """Write the row for one recipient, or let the event join the group that waits for it.

    None where the folder does not notify, or where this cause already has its row.
    """
    notify = notify_of(rule, recipient)
    if notify is Notify.NONE:
        return None
    db.session.flush()  # the cause refers to the event
    template = template_for(rule, recipient.template_id, recipient.variant)
    if _is_known(event, rule, recipient, channel):
        return None
    group = (
        f"{rule.id}:{recipient.key}:{template.id}:{recipient.link_target}:{channel}"
        if notify is Notify.GROUPED
        else None
    )
    row = _row(event, recipient, channel, template, group)
    db.session.add(
        Cause(event_id=event.id, rule_id=rule.id, recipient=recipient.key, channel=channel, notification_id=row.id)
    )
    _attach(row, recipient.document_ids)
    if row.reason in CLAIMABLE:
        ring_bell(channel)
    return row


def notify_of(rule: Rule, recipient: Recipient) -> Notify:
    """Whether the recipient is told at all, at once or with others: a rule leaves it to the folder, or does not."""
    return recipient.notify if rule.moment == "folder" and recipient.folder else Notify.IMMEDIATE


def reason_of(
    event: str, recipient: Recipient, kind: str, *, is_grouped: bool, can_open: Callable[[Recipient], bool]
) -> Reason:
    """Why a new row waits. Security messages never wait."""
    if kind == "security":
        return Reason.NONE
    if recipient.document_ids and not (recipient.link_target == LinkTarget.DOCUMENT or can_open(recipient)):
        return Reason.SYNCHRONISATION  # no notice precedes the document: somebody must be able to open it
    if event in FORCED and not is_automatic():
        return Reason.SYNCHRONISATION
    return Reason.PLANNED if is_grouped else Reason.NONE


def ring_bell(channel: str) -> None:
    """Wake the sender of `channel` once the present transaction is durable."""
    after_commit(lambda: ring("mail", "drain", channel), once=f"ring:{channel}")


def due(channel: str) -> bool:
    """Whether something could be sent now, or a sender may have died with rows in hand."""
    moment = now()
    waiting = exists().where(
        Notification.channel == channel,
        Notification.status == Status.WAITING,
        Notification.reason.in_(CLAIMABLE),
        Notification.due_at <= moment,
    )
    orphaned = exists().where(Notification.status == Status.SENDING, Notification.claimed_at < moment - STALE_CLAIM)
    return bool(db.session.scalar(select(or_(waiting, orphaned))))


def _row(event: Event, recipient: Recipient, channel: str, template: Template, group: str | None) -> Notification:
    """The group's row where one still waits, else a new one; two first members at once end in one row."""
    if group is None:
        return _insert(event, recipient, channel, template, None)
    waiting = _waiting_group(group)
    if waiting:
        return waiting
    try:
        with db.session.begin_nested():
            return _insert(event, recipient, channel, template, group)
    except IntegrityError:
        return _waiting_group(group) or _insert(event, recipient, channel, template, None)


def _insert(event: Event, recipient: Recipient, channel: str, template: Template, group: str | None) -> Notification:
    moment = now()
    reason, due_at = _moment(event, recipient, template, group, moment)
    identity = uuid7()
    row = Notification(
        id=identity,
        created_at=moment,
        event=event.name,
        channel=channel,
        kind=template.kind,
        reason=reason,
        due_at=due_at,
        priority=PRIORITY[template.kind],
        group_key=group,
        family_id=recipient.family_id,
        party_id=recipient.party_id,
        contact_id=recipient.contact_id,
        access_id=recipient.access_id,
        account_id=recipient.account_id,
        staff_id=recipient.staff_id,
        slot=recipient.slot,
        fixed_address=recipient.fixed_address,
        template_id=template.id,
        locale=recipient.locale,
        link_target=recipient.link_target,
        facts=recipient.facts,
        message_id=f"<{identity}@{config().envelope_domain}>",
        dated=moment,
        resend_of_id=recipient.resend_of_id,
        requested_by=event.actor if event.name in FORCED else None,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _moment(
    event: Event, recipient: Recipient, template: Template, group: str | None, moment: datetime
) -> tuple[Reason, datetime]:
    """Why the row waits, and until when."""
    reason = reason_of(event.name, recipient, template.kind, is_grouped=group is not None, can_open=_can_open)
    family = db.session.get(Family, recipient.family_id) if recipient.family_id else None
    if reason in CLAIMABLE and template.kind != "security" and family is not None and family.notices_off_at is not None:
        return Reason.SUSPENDED, moment
    if reason is Reason.PLANNED:
        moment += timedelta(seconds=int(setting("grouping_window_seconds")))
    if family is None or reason not in CLAIMABLE or template.kind == "security":
        return reason, moment
    allowed = next_allowed(family, moment, company().time_zone)
    return (Reason.QUIET_HOURS, allowed) if allowed > moment else (reason, moment)


def _can_open(recipient: Recipient) -> bool:
    """Somebody of the party is in; what only one person may open waits for that person."""
    if recipient.staff_id is not None:
        return True
    reader = Seat.party_id == recipient.party_id
    if recipient.link_target == TARGET:
        reader = Seat.access_id == recipient.access_id
    return bool(db.session.scalar(select(exists().where(reader, Seat.allowed))))


def _is_known(event: Event, rule: Rule, recipient: Recipient, channel: str) -> bool:
    same = exists().where(
        Cause.event_id == event.id, Cause.rule_id == rule.id, Cause.recipient == recipient.key, Cause.channel == channel
    )
    return bool(db.session.scalar(select(same)))


def _waiting_group(group: str) -> Notification | None:
    """The row that still gathers, locked so that no sender takes it meanwhile."""
    query = select(Notification).where(Notification.group_key == group, Notification.status == Status.WAITING)
    return db.session.scalars(query.with_for_update()).first()


def _attach(row: Notification, document_ids: tuple[uuid.UUID, ...]) -> None:
    if not document_ids:
        return
    rows = [{"notification_id": row.id, "document_id": i, "position": n} for n, i in enumerate(document_ids)]
    db.session.execute(insert(NotificationDocument).values(rows).on_conflict_do_nothing())
