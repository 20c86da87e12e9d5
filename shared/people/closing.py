"""The end of the service: everybody is told three months ahead, and everything stays open until then.

Code du travail, D3243-8: the employer tells the employees at least three months before the service closes, so that
they can take their payslips away.
"""

import uuid
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import exists, select

from shared.access.models import Access
from shared.clock import now, today
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Party
from shared.people.rights_models import ServiceClosing
from shared.queues import ring
from shared.settings.changing import change
from shared.transactions import after_commit

NOTICE = timedelta(days=90)
BATCH = 200
LONGEST_REASON = 500


def start(*, reason: str, by: str, closes_on: date | None = None) -> ServiceClosing:
    """Announce the closing, ninety days from now or later. Refused when it is sooner, or announced already."""
    reason = _checked(reason)
    day = closes_on or today() + NOTICE
    if day < today() + NOTICE:
        raise Refused(_("La fermeture est annoncée au moins 90 jours à l’avance. Rien n’a été annoncé."), "closes_on")
    if current() is not None:
        raise Refused(_("La fermeture est déjà annoncée : annulez-la pour changer sa date."))
    made = ServiceClosing(asked_at=now(), asked_by=by, closes_on=day, reason=reason)
    db.session.add(made)
    db.session.flush()
    change(key="closing_on", value=day.isoformat(), by=by)
    record("closing.started", by=by, facts={"closes_on": day.isoformat(), "reason": reason})
    _ring(made)
    return made


def cancel(*, closing: ServiceClosing, because: str, by: str) -> None:
    """Call it off; whoever was told is told this too."""
    because = _checked(because)
    db.session.refresh(closing, with_for_update=True)
    if closing.cancelled_at is not None:
        raise Refused(_("Cette fermeture est déjà annulée."))
    closing.cancelled_at, closing.cancelled_by, closing.cancelled_because = now(), by, because
    # The same road again: those that were told before this mark are told that it is over.
    closing.all_told_at, closing.reached_id = None, None
    db.session.flush()
    change(key="closing_on", value="", by=by)
    record("closing.cancelled", by=by, facts={"because": because})
    _ring(closing)


def current() -> ServiceClosing | None:
    """The closing that stands."""
    return db.session.scalars(select(ServiceClosing).where(ServiceClosing.cancelled_at.is_(None))).one_or_none()


def days_left(closing: ServiceClosing) -> int:
    """Days until the service closes; 0 on the day and after it."""
    return max((closing.closes_on - today()).days, 0)


def advance(*, closing_id: uuid.UUID) -> bool:
    """Tell the next two hundred; False when everybody has been told. May run twice."""
    closing = db.session.get(ServiceClosing, closing_id, with_for_update=True)
    if closing is None or closing.all_told_at is not None:
        return False
    over = closing.cancelled_at is not None
    query = select(Party.id).where(exists().where(Access.party_id == Party.id, Access.allowed))
    if closing.reached_id is not None:
        query = query.where(Party.id > closing.reached_id)
    ids = db.session.scalars(query.order_by(Party.id).limit(BATCH)).all()
    for party_id in ids:
        if over:
            record("closing.called_off", by=closing.cancelled_by or "", party_id=party_id)
        else:
            facts = {"effective_on": closing.closes_on.isoformat()}
            record("closing.announced", by=closing.asked_by, party_id=party_id, facts=facts)
    if ids:
        closing.reached_id = ids[-1]
        closing.told += 0 if over else len(ids)
    if len(ids) < BATCH:
        closing.all_told_at = now()
        return False
    return True


def unfinished() -> list[uuid.UUID]:
    """The closings, or their ends, that not everybody has been told of."""
    return list(db.session.scalars(select(ServiceClosing.id).where(ServiceClosing.all_told_at.is_(None))))


def past() -> list[ServiceClosing]:
    """Every closing that was announced, the latest first."""
    return list(db.session.scalars(select(ServiceClosing).order_by(ServiceClosing.asked_at.desc()).limit(20)))


def _ring(closing: ServiceClosing) -> None:
    ident = str(closing.id)
    after_commit(lambda: ring("slow", "announce_closing", ident))


def _checked(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Écrivez le motif : il est gardé avec la date et votre nom."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(_("Le motif compte plus de %(most)s caractères.", most=LONGEST_REASON), field="reason")
    return reason
