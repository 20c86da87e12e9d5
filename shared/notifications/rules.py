"""The table event → audience, template, moment; applied when an event is recorded."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.documents.models import Document
from shared.events.batches import read_once
from shared.events.models import Event
from shared.extensions import db
from shared.notifications import outbox
from shared.notifications.audiences import Recipient, recipients_of
from shared.notifications.rule_models import Rule
from shared.people.models import Party

DATE = "date"  # of `Rule.moment`
KEPT = "guichet.rules"

# Events that no rule may name: the journal only. Spares a query at each of them.
SILENT = frozenset(
    {
        "activity.added",
        "activity.renamed",
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
        "documents.requests_undone",
        "notification.bounced",
        "notification.cancelled",
        "notification.confirmed",
        "notification.dropped",
        "notification.restored",
        "template.created",
        "template.changed",
        "template.deleted",
        "template.tried",
        "information.refused",
        "information.accepted",
        "notices.held",
        "notices.released",
        "token.created",
        "token.revoked",
        "token.refused",
        "token.denied",
        "hook.created",
        "hook.changed",
        "hook.deleted",
        "hook.resent",
        "accounting.exported",
    }
)


def apply(event: Event) -> None:
    """Write the notifications that the enabled rules ask for. Running it twice adds nothing."""
    if event.name in SILENT:
        return
    for rule in enabled(event.name):
        if concerns(rule, event):
            for recipient in recipients_of(rule, event):
                if meets(rule, recipient, event):
                    for channel in [recipient.channel] if recipient.channel else rule.channels:
                        outbox.plan(event=event, rule=rule, recipient=recipient, channel=channel)


def enabled(event: str) -> Sequence[Rule]:
    """The rules that this event obeys, in their order; read once a transaction for each name, or once a bulk action."""
    return read_once(f"rules of {event}", lambda: _kept(event))


def concerns(rule: Rule, event: Event) -> bool:
    """A reminder is for the rule that met its day, and no other; what a rule about a date reads is no other event."""
    return rule.moment != DATE or event.facts.get("rule") == str(rule.id)


def meets(rule: Rule, recipient: Recipient, event: Event | None = None) -> bool:
    """Whether the conditions of the rule hold for this recipient."""
    return not why_not(rule, recipient, event)


def why_not(rule: Rule, recipient: Recipient, event: Event | None = None) -> str:
    """The condition that does not hold, as a sentence; empty when all do.

    `event` says what it is about where the recipient does not: staff, whoever is told of a document asked for.

    `family_ids`, `folder_ids`, `statuses`, `state_codes` are lists, empty or absent being all; `amount_from` and
    `amount_to` are amounts with a dot, both included.
    """
    asked, record = rule.conditions, recipient.record
    if asked.get("family_ids") and str(_family(recipient, event)) not in asked["family_ids"]:
        return str(_("Cette famille de tiers n’est pas dans ses conditions."))
    if asked.get("folder_ids") and not set(asked["folder_ids"]) & _folders(recipient, event):
        return str(_("Ce répertoire n’est pas dans ses conditions."))
    if asked.get("statuses") and (record is None or record.status not in asked["statuses"]):
        return str(_("La pièce n’est pas dans l’état demandé."))
    if asked.get("state_codes") and (record is None or record.state_code not in asked["state_codes"]):
        return str(_("La pièce n’a pas le code d’état demandé."))
    if not _is_between(asked, record.amount if record else None):
        return str(_("Le montant de la pièce est hors des bornes demandées."))
    return ""


def _family(recipient: Recipient, event: Event | None) -> uuid.UUID | None:
    if recipient.family_id is not None:
        return recipient.family_id
    if recipient.record is not None:
        return recipient.record.party.family_id
    party = db.session.get(Party, event.party_id) if event and event.party_id else None
    return party.family_id if party else None


def _is_between(asked: dict[str, Any], amount: Decimal | None) -> bool:
    least, most = asked.get("amount_from"), asked.get("amount_to")
    if not least and not most:
        return True
    return amount is not None and not (least and amount < Decimal(least)) and not (most and amount > Decimal(most))


def _folders(recipient: Recipient, event: Event | None) -> set[str]:
    if recipient.folder is not None:
        return {str(recipient.folder.id)}
    if recipient.record is not None:
        return {str(paper.document.folder_id) for paper in recipient.record.documents}
    document = db.session.get(Document, event.document_id) if event and event.document_id else None
    return {str(document.folder_id)} if document else set()


def _kept(event: str) -> Sequence[Rule]:
    kept: dict[str, Sequence[Rule]] = db.session().info.setdefault(KEPT, {})
    if event not in kept:
        stands = (Rule.event == event, Rule.enabled, Rule.deleted_at.is_(None))
        kept[event] = db.session.scalars(select(Rule).where(*stands).order_by(Rule.key)).all()
    return kept[event]


@sqlalchemy_event.listens_for(Session, "after_flush")
def _changed(session: Session, _context: object) -> None:
    if any(isinstance(each, Rule) for each in (*session.new, *session.dirty, *session.deleted)):
        session.info.pop(KEPT, None)


@sqlalchemy_event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, _transaction: object) -> None:
    session.info.pop(KEPT, None)
