"""Sending a line again: a new line tied to the first, with the address and text of today."""

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from shared.clock import now
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record
from shared.events.repeating import is_repeat
from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.outbox import ring_bell
from shared.notifications.resend_audience import ADDRESS
from shared.notifications.trial_values import TRIED

FINAL = (Status.SENT, Status.DELIVERED, Status.BOUNCED, Status.FAILED, Status.CANCELLED)


def resend(*, notification_id: uuid.UUID, by: str, key: str = "", address: str = "") -> None:
    """A final line makes a new one; one « à vérifier » goes back to waiting, with the same Message-ID.

    Raises Refused for a line that still waits or is being sent. A line « à vérifier » that held a secret
    is never sent again: a new link is made, and ends the former. `key` names one form: sent twice, it acts once.
    `address` is the one that a contact has now, for a line that went to the contact's own.
    """
    row = db.session.get(Notification, notification_id, with_for_update=True)
    if row is None:
        raise Refused(_("Cette ligne n’existe plus."))
    if why := _never_again(row):
        raise Refused(why)
    if _is_done(row, by, key):
        return
    if row.status is Status.UNKNOWN and row.kind != "security":
        _put_back(row, by, key)
        return
    if row.status not in (*FINAL, Status.UNKNOWN):
        raise Refused(_not_yet())
    if row.template.deleted_at is not None:
        raise Refused(_without_text(row.template.label))
    record(
        "notification.resent",
        by=by,
        party_id=row.party_id,
        access_id=row.access_id,
        account_id=row.account_id,
        notification_id=row.id,
        facts=_marked({ADDRESS: address} if address else {}, key),
    )


def why_not_again(row: Row[Any]) -> str:
    """What `resend` would answer about a line of the history, before it is asked; empty where it would do it."""
    if why := _never_again(row):
        return why
    if row.status not in (*FINAL, Status.UNKNOWN):
        return _not_yet()
    puts_back = row.status is Status.UNKNOWN and row.kind != "security"
    return _without_text(row.template) if row.template_deleted_at is not None and not puts_back else ""


def settle_as_sent(*, notification_id: uuid.UUID, by: str) -> None:
    """Staff checked that a line « à vérifier » did arrive."""
    row = db.session.get(Notification, notification_id, with_for_update=True)
    if row is None or row.status is not Status.UNKNOWN:
        raise Refused(_("Cette ligne n’est plus « à vérifier »."))
    row.status = Status.SENT
    row.sent_at = row.claimed_at or row.ended_at or now()
    record("notification.settled", by=by, party_id=row.party_id, notification_id=row.id, facts={"outcome": "sent"})


def _never_again(row: Notification | Row[Any]) -> str:
    """Why such a line is not sent again, whatever its state; empty where it may be."""
    if row.copy_of_id is not None and row.status is not Status.UNKNOWN:
        return str(_("C’est une copie cachée : renvoyez le message lui-même, sa copie le suivra."))
    if row.event == TRIED:
        return str(_("C’est un essai : demandez-en un autre depuis le modèle."))
    if row.secret_until is not None:
        return str(_("Un code ne se renvoie pas : la personne en demande un autre sur la page où elle le tape."))
    return ""


def _not_yet() -> str:
    return str(_("Cette ligne n’est pas encore partie : elle partira d’elle-même, ou annulez-la."))


def _without_text(label: str) -> str:
    return str(_("Son modèle « %(label)s » a été supprimé : écrivez plutôt un nouveau message.", label=label))


def _is_done(row: Notification, by: str, key: str) -> bool:
    this = Event.notification_id == row.id
    ways: tuple[tuple[str, dict[str, str]], ...] = (
        ("notification.resent", {}),
        ("notification.settled", {"outcome": "again"}),
    )
    return any(is_repeat(name, this, by=by, key=key, facts=facts) for name, facts in ways)


def _marked(facts: dict[str, str], key: str) -> dict[str, str]:
    return {**facts, "key": key} if key else facts


def _put_back(row: Notification, by: str, key: str) -> None:
    row.status = Status.WAITING
    row.reason = Reason.NONE
    row.due_at = now()
    row.ended_at = None
    ring_bell(row.channel)
    facts = _marked({"outcome": "again"}, key)
    record("notification.settled", by=by, party_id=row.party_id, notification_id=row.id, facts=facts)
