"""The outbox: one row is one message to one address on one channel, written with the event that causes it.

Redis is only a bell: the row is the truth, and the tick rings again.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from shared.clock import now
from shared.config import config
from shared.documents.models import Notify
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.audiences import Recipient
from shared.notifications.choosing import template_for
from shared.notifications.models import (
    Notification,
    NotificationDocument,
    NotificationRecord,
    Reason,
    Status,
    Template,
)
from shared.notifications.reasons import CLAIMABLE as CLAIMABLE
from shared.notifications.reasons import FORCED, moment_of, notify_of, somebody_opens
from shared.notifications.rule_models import Cause, Rule
from shared.queues import ring
from shared.transactions import after_commit

STALE_CLAIM = timedelta(seconds=20)  # a claimed row older than this may have lost its sender: a drain looks
PRIORITY = {"security": 0, "service": 5, "information": 8}


def plan(*, event: Event, rule: Rule, recipient: Recipient, channel: str) -> Notification | None:
    """Write the row for one recipient, or let the event join the group that waits for it.

    None where the folder does not notify, or where this cause already has its row.
    """
    notify = notify_of(rule, recipient)
    if notify is Notify.NONE:
        return None
    is_new = event in db.session.new  # nothing can have been caused by it yet
    template = template_for(rule, recipient.template_id, recipient.variant)
    if not is_new and _is_known(event, rule, recipient, channel):
        return None
    group = group_of(rule, recipient, channel, template) if notify is Notify.GROUPED else None
    row = _row(event, rule, recipient, channel, template, group)  # the event is written with it: the cause names both
    db.session.add(
        Cause(event_id=event.id, rule_id=rule.id, recipient=recipient.key, channel=channel, notification_id=row.id)
    )
    _attach(row, recipient)
    if row.reason in CLAIMABLE:
        ring_bell(channel)
    return row


def group_of(rule: Rule, recipient: Recipient, channel: str, template: Template) -> str:
    """What the events that share one message have in common."""
    return f"{rule.id}:{recipient.party_id}:{recipient.key}:{template.id}:{recipient.link_target}:{channel}"


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


def _row(
    event: Event, rule: Rule, recipient: Recipient, channel: str, template: Template, group: str | None
) -> Notification:
    """The group's row where one still waits, else a new one; two first members at once end in one row."""
    if group is None:
        return _insert(event, rule, recipient, channel, template, None)
    waiting = _waiting_group(group)
    if waiting:
        return waiting
    try:
        with db.session.begin_nested():
            return _insert(event, rule, recipient, channel, template, group)
    except IntegrityError:
        return _waiting_group(group) or _insert(event, rule, recipient, channel, template, None)


def _insert(
    event: Event, rule: Rule, recipient: Recipient, channel: str, template: Template, group: str | None
) -> Notification:
    row = drafted_row(event, rule, recipient, channel, template, group)
    db.session.add(row)
    db.session.flush()
    return row


def drafted_row(
    event: Event,
    rule: Rule,
    recipient: Recipient,
    channel: str,
    template: Template,
    group: str | None,
    can_open: Callable[[Recipient], bool] = somebody_opens,
) -> Notification:
    """The row as it would be written, in no session: it is added by whoever wants it."""
    moment = now()
    reason, due_at = moment_of(
        event, rule, recipient, template.kind, moment, is_grouped=group is not None, can_open=can_open
    )
    identity = uuid7()
    return Notification(
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
        rule_id=recipient.rule_id or rule.id,
        is_proposal=reason is Reason.DRAFT,
        attaches=rule.attaches or recipient.attaches,
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


def _is_known(event: Event, rule: Rule, recipient: Recipient, channel: str) -> bool:
    same = exists().where(
        Cause.event_id == event.id, Cause.rule_id == rule.id, Cause.recipient == recipient.key, Cause.channel == channel
    )
    return bool(db.session.scalar(select(same)))


def _waiting_group(group: str) -> Notification | None:
    """The row that still gathers, locked so that no sender takes it meanwhile."""
    query = select(Notification).where(Notification.group_key == group, Notification.status == Status.WAITING)
    return db.session.scalars(query.with_for_update()).first()


def _attach(row: Notification, recipient: Recipient) -> None:
    for model, column, ids in (
        (NotificationDocument, "document_id", recipient.document_ids),
        (NotificationRecord, "record_id", recipient.record_ids),
    ):
        if ids:
            rows = [{"notification_id": row.id, column: i, "position": n} for n, i in enumerate(ids)]
            db.session.execute(insert(model).values(rows).on_conflict_do_nothing())
