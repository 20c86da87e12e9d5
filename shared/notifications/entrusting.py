"""An initial password inside an e-mail: only where a setting, off as shipped, allows it, and once.

An e-mail is read on its way and kept for years; a mailed link is not worth anything once it was used. What a server
accepted, or may have accepted, is in its owner's hands: no screen and no other message says it again.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from shared.access.models import Access, Account, Seat
from shared.clock import now
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.field_table import ACCESS
from shared.notifications.fields import Context
from shared.notifications.models import Template
from shared.people.models import Family
from shared.secrets import unseal
from shared.settings.reading import setting

FIELD = "mot_de_passe"
PURPOSE = "initial-password"  # as `access.initial` seals it


@dataclass(frozen=True)
class Entrusted:
    """The password that one access waits to hand over, and when it was drawn."""

    access_id: uuid.UUID
    clear: str
    drawn_at: datetime


def context_of(kind: str, family: str | None = None) -> Context:
    """Where a text of e-mail will be used, with what the setting allows today."""
    return Context(kind, family, "email", secrets_by_mail=kind == ACCESS and bool(setting("password_by_mail")))


def context_for(template: Template) -> Context:
    """Where this text will be used: the fields of its kind, and of its family where it is one family's."""
    family = db.session.get(Family, template.family_id) if template.family_id else None
    return context_of(template.context, family.key if family else None)


def passwords_for(connection: Connection, access_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Entrusted]:
    """The passwords that work already and nobody was given yet; none where the setting forbids it."""
    ids = list(access_ids)
    if not ids or not setting("password_by_mail"):
        return {}
    query = (
        select(Access.id, Access.initial_secret, Access.initial_set_at)
        .join(Seat, Seat.access_id == Access.id)
        .join(Account, Account.id == Seat.account_id)
        .where(Access.id.in_(ids), Access.initial_secret.is_not(None), Access.initial_handed_over_at.is_(None))
        .where(Access.initial_set_at <= Seat.applied_at, Account.initial_expires_at > now())
    )
    rows = connection.execute(query).all()
    return {row.id: Entrusted(row.id, unseal(row.initial_secret, PURPOSE), row.initial_set_at) for row in rows}


def hand_over(*, entrusted: Entrusted, notification_id: uuid.UUID) -> None:
    """A server has it: erase what was drawn then, unless another one was drawn since."""
    query = update(Access).where(Access.id == entrusted.access_id, Access.initial_set_at == entrusted.drawn_at)
    changed = query.values(initial_handed_over_at=now(), initial_secret=None).returning(Access.party_id)
    party_id = db.session.execute(changed.execution_options(synchronize_session=False)).scalar_one_or_none()
    if party_id is not None:
        record(
            "access.initial_handed_over",
            by=SYSTEM,
            party_id=party_id,
            access_id=entrusted.access_id,
            notification_id=notification_id,
            facts={"how": "accepted"},
        )
