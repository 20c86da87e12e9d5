"""Why a new line waits, and until when: the rule, the folder, the family's quiet hours, a portal nobody can open."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from shared.access.models import Seat
from shared.documents.models import LinkTarget, Notify
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Reason
from shared.notifications.moments import due_at
from shared.notifications.quiet import next_allowed
from shared.notifications.recipients import Recipient
from shared.notifications.rule_models import Rule
from shared.notifications.signature_audiences import TARGET
from shared.people.models import Family
from shared.settings.reading import company, is_automatic, setting

CLAIMABLE = (Reason.NONE, Reason.PLANNED, Reason.RETRY, Reason.QUIET_HOURS)
LATER = (Reason.PLANNED, Reason.QUIET_HOURS)  # nothing is lacking but the hour
FORCED = frozenset({"notice.forced", "notification.resent"})
GATHERING = timedelta(minutes=10)  # for the reminders of one run of the tick to join one message


def somebody_opens(recipient: Recipient) -> bool:
    """Somebody of the party is in; what only one person may open waits for that person."""
    if recipient.staff_id is not None:
        return True
    reader = Seat.party_id == recipient.party_id
    if recipient.link_target == TARGET:
        reader = Seat.access_id == recipient.access_id
    return bool(db.session.scalar(select(exists().where(reader, Seat.allowed))))


def moment_of(
    event: Event,
    rule: Rule,
    recipient: Recipient,
    kind: str,
    moment: datetime,
    *,
    is_grouped: bool,
    can_open: Callable[[Recipient], bool] = somebody_opens,
) -> tuple[Reason, datetime]:
    """Why the row waits, and until when."""
    reason = reason_of(event.name, recipient, kind, is_grouped=is_grouped, can_open=can_open)
    if kind == "security":
        return reason, moment
    if not rule.automatic:
        return Reason.DRAFT, moment  # proposed: it leaves when somebody has confirmed it
    family = db.session.get(Family, recipient.family_id) if recipient.family_id else None
    due = due_at(rule, moment, company().time_zone)
    if reason is Reason.PLANNED:
        window = timedelta(seconds=int(setting("grouping_window_seconds")))
        due = max(due, moment + (max(window, GATHERING) if recipient.record_ids else window))
    elif reason is Reason.NONE and due > moment:
        reason = Reason.PLANNED
    if family is None or reason not in CLAIMABLE:
        return reason, due
    if family.notices_off_at is not None:
        return Reason.SUSPENDED, due
    allowed = next_allowed(family, due, company().time_zone)
    return (Reason.QUIET_HOURS, allowed) if allowed > due else (reason, due)


def notify_of(rule: Rule, recipient: Recipient) -> Notify:
    """Whether the recipient is told at all, at once or with others: a rule leaves it to the folder, or does not."""
    if rule.groups and recipient.record_ids:
        return Notify.GROUPED
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
