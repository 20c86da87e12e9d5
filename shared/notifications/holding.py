"""« Désactiver les notifications »: what a whole family would be told waits until somebody lets it go on.

Documents, accesses and reminders wait (« suspendu »); reset links, codes and security notices leave all the same.
"""

import enum
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, update

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status
from shared.notifications.outbox import CLAIMABLE
from shared.notifications.releasing import release_held
from shared.people.models import Family
from shared.people.scopes import Scope
from shared.words import N_

SECURITY = "security"
DROPPED = N_("Annulée à la reprise des notifications.")


class Then(enum.StrEnum):
    """What becomes of the held lines when the notifications go on."""

    SEND = "send"
    RECENT = "recent"  # those written from a day on leave, the older ones are cancelled
    CANCEL = "cancel"


class Held(NamedTuple):
    """One family: since when and by whom it is held, how many lines wait, when the oldest was written."""

    family: Family
    lines: int
    oldest: datetime | None


def hold(*, family: Family, by: str) -> int:
    """Hold the family's notices from now on; how many lines were about to leave. Twice changes nothing."""
    db.session.refresh(family, with_for_update=True)
    if family.notices_off_at is None:
        family.notices_off_at, family.notices_off_by = now(), by
        record("notices.held", by=by, facts={"family": family.key})
    ready = (Notification.reason.in_(CLAIMABLE), Notification.kind != SECURITY)
    waiting = update(Notification).where(*_of(family.id), *ready).values(reason=Reason.SUSPENDED)
    done = db.session.execute(waiting.returning(Notification.id).execution_options(synchronize_session=False))
    return len(done.all())


def let_go(*, family: Family, then: Then, since: datetime | None = None, by: str) -> tuple[int, int]:
    """Send the family's notices again; how many lines were let go, and cancelled.

    Raises Refused where `then` is RECENT without a day, or when nothing was held.
    """
    db.session.refresh(family, with_for_update=True)
    if family.notices_off_at is None:
        raise Refused(_("Les notifications de cette famille partent déjà : rien n’a été changé."))
    if then is Then.RECENT and since is None:
        raise Refused(_("Donnez le jour à partir duquel les messages partent."), "since")
    family.notices_off_at = family.notices_off_by = None
    dropped: list[ColumnElement[bool]] = []
    if then is Then.RECENT:
        dropped = [Notification.created_at < since]
    cancelled = _cancel(family.id, dropped) if then is not Then.SEND else 0
    released = release_held(family.id)
    facts = {"family": family.key, "then": then.value, "released": released, "cancelled": cancelled}
    record("notices.released", by=by, facts=facts)
    return released, cancelled


def standing(scope: Scope) -> Sequence[Held]:
    """The families in reach, whether held or not, with what waits because of it."""
    held = (Notification.status == Status.WAITING, Notification.reason == Reason.SUSPENDED)
    counted = (
        select(Notification.family_id, func.count().label("lines"), func.min(Notification.created_at).label("oldest"))
        .where(*held)
        .group_by(Notification.family_id)
        .subquery()
    )
    query = select(Family, func.coalesce(counted.c.lines, 0), counted.c.oldest)
    query = query.outerjoin(counted, counted.c.family_id == Family.id).order_by(Family.position, Family.label)
    return [Held(*row) for row in db.session.execute(query) if scope.covers_family(row[0].id)]


def _cancel(family_id: uuid.UUID, older: list[ColumnElement[bool]]) -> int:
    chosen = (Notification.reason == Reason.SUSPENDED, *_of(family_id), *older)
    values = {"status": Status.CANCELLED, "reason": Reason.NONE, "ended_at": now(), "secret": None, "reply": DROPPED}
    ended = update(Notification).where(*chosen).values(**values)
    done = db.session.execute(ended.returning(Notification.id).execution_options(synchronize_session=False))
    return len(done.all())


def _of(family_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return Notification.family_id == family_id, Notification.status == Status.WAITING
