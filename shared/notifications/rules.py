"""The table event → audience, template, moment; applied when an event is recorded."""

from collections.abc import Sequence

from sqlalchemy import select

from shared.events.batches import read_once
from shared.events.models import Event
from shared.extensions import db
from shared.notifications import outbox
from shared.notifications.audiences import AUDIENCES, Recipient
from shared.notifications.rule_models import Rule

# Events that no rule may name: the journal only. Spares a query at each of them.
SILENT = frozenset(
    {
        "company.changed",
        "setting.changed",
        "staff.signed_in",
        "staff.signed_out",
        "staff.login_refused",
        "staff.denied",
        "portal.denied",
        "account.signed_in",
        "account.signed_out",
        "account.login_refused",
        "account.phone_code_exhausted",
        "account.phone_confirmed",
        "account.phone_forgotten",
        "signature.created",
        "signature.prepared",
        "signature.opened",
        "signature.accepted",
        "signature.sealed",
        "signature.failed",
        "signature.code_exhausted",
        "signature.code_used",
        "access.applied",
        "access.changed",
        "access.created",
        "access.initial_drawn",
        "document.filed",
        "document.opened",
        "document.downloaded",
        "document.held",
        "document.request_closed",
        "document.request_cancelled",
        "documents.requested",
        "notification.bounced",
        "notification.cancelled",
        "notification.restored",
        "template.created",
        "template.changed",
        "template.deleted",
        "template.tried",
        "information.refused",
        "information.accepted",
        "notices.held",
        "notices.released",
    }
)


def apply(event: Event) -> None:
    """Write the notifications that the enabled rules ask for. Running it twice adds nothing."""
    if event.name in SILENT:
        return
    for rule in enabled(event.name):
        for recipient in AUDIENCES[rule.audience](event):
            if meets(rule, recipient):
                for channel in [recipient.channel] if recipient.channel else rule.channels:
                    outbox.plan(event=event, rule=rule, recipient=recipient, channel=channel)


def enabled(event: str) -> Sequence[Rule]:
    """The rules that this event obeys, in their order; one bulk action reads them once for each kind of event."""
    return read_once(f"rules of {event}", lambda: _enabled(event))


def _enabled(event: str) -> Sequence[Rule]:
    stands = (Rule.event == event, Rule.enabled, Rule.deleted_at.is_(None))
    return db.session.scalars(select(Rule).where(*stands).order_by(Rule.key)).all()


def meets(rule: Rule, recipient: Recipient) -> bool:
    """Conditions of the rule: `family_ids` and `folder_ids`, each a list; empty or absent is all."""
    families = rule.conditions.get("family_ids")
    folders = rule.conditions.get("folder_ids")
    if families and str(recipient.family_id) not in families:
        return False
    return not (folders and (recipient.folder is None or str(recipient.folder.id) not in folders))
