"""The outbox: one row is one message to one address on one channel, written with the event that causes it.

Redis is only a bell: the row is the truth, and the tick rings again.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from shared.access.models import Seat
from shared.clock import now
from shared.config import config
from shared.documents.models import LinkTarget, Notify
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.audiences import Recipient
from shared.notifications.models import (
    Cause,
    Notification,
    NotificationDocument,
    Reason,
    Rule,
    Status,
    Template,
)
from shared.queues import ring
from shared.settings.reading import is_automatic, setting
from shared.transactions import after_commit

STALE_CLAIM = timedelta(seconds=20)  # a claimed row older than this may have lost its sender: a drain looks
CLAIMABLE = (Reason.NONE, Reason.PLANNED, Reason.RETRY, Reason.QUIET_HOURS)
PRIORITY = {"security": 0, "service": 5, "information": 8}
FORCED = frozenset({"notice.forced", "notification.resent"})


def plan(*, event: Event, rule: Rule, recipient: Recipient, channel: str) -> Notification | None:
    """Write the row for one recipient, or let the event join the group that waits for it.

    None where the folder does not notify, or where this cause already has its row.
    """
    notify = recipient.folder.notify if rule.moment == "folder" and recipient.folder else Notify.IMMEDIATE
    if notify is Notify.NONE:
        return None
    db.session.flush()  # the cause refers to the event
    template = _template(rule, recipient)
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
    """Why the row waits, and until when. Security messages never wait."""
    if template.kind == "security":
        return Reason.NONE, moment
    if recipient.document_ids and not _can_open(recipient):
        return Reason.SYNCHRONISATION, moment
    if event.name in FORCED and not is_automatic():
        return Reason.SYNCHRONISATION, moment
    if group:
        return Reason.PLANNED, moment + timedelta(seconds=int(setting("grouping_window_seconds")))
    return Reason.NONE, moment


def _can_open(recipient: Recipient) -> bool:
    """No notice precedes the document: somebody of the party must be able to open it."""
    if recipient.link_target == LinkTarget.DOCUMENT:
        return True
    return bool(db.session.scalar(select(exists().where(Seat.party_id == recipient.party_id, Seat.allowed))))


def _template(rule: Rule, recipient: Recipient) -> Template:
    """The folder's own or that of the row sent again, else the rule's in the variant that fits best."""
    own = db.session.get(Template, recipient.template_id) if recipient.template_id else None
    if own is not None and own.deleted_at is None:
        return own
    usual = aliased(Template)
    shipped = select(Template).join(
        usual, or_(Template.id == usual.id, Template.key == usual.key + f".{recipient.variant}")
    )
    query = shipped.where(usual.id == rule.template_id, Template.deleted_at.is_(None)).order_by(Template.key.desc())
    found = db.session.scalars(query.limit(1)).first()
    if found is None:
        raise LookupError(f"rule {rule.key} has no template")
    return found


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
