"""Information wanted or refused, by the person, by staff or by one click in a message. Notices leave anyway."""

import uuid
from typing import Literal

from sqlalchemy import and_, func, select

from shared import links
from shared.clock import now
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import InformationRefusal, Notification
from shared.notifications.refusals import Subject, refused_among, subjects_of
from shared.people.models import Contact

PURPOSE = "unsubscribe"
Way = Literal["portal", "backoffice", "message"]


def prefer(*, subject: Subject, information: bool, by: str, how: Way, message: Notification | None = None) -> bool:
    """Write the choice; False where it stands already. `message` is the one in which somebody clicked."""
    _wait_for_others(subject)
    standing = _standing(subject)
    if information == (standing is None):
        return False
    if standing is None:
        db.session.add(InformationRefusal(**subject._asdict(), by=by))
    else:
        standing.ended_at, standing.ended_by = now(), by
    db.session.flush()
    name = "information.accepted" if information else "information.refused"
    record(
        name,
        by=by,
        party_id=_party_id(subject),
        notification_id=message.id if message else None,
        facts={"how": how, "address": subject.address or ""},
    )
    return True


def refuses(subject: Subject) -> bool:
    """Whether this one refuses information now; one query."""
    return bool(refused_among(db.session(), [subject]))


def behind(token: str) -> Notification | None:
    """The message whose unsubscribing link this is; None when we did not make it. Reads only."""
    notification_id = links.read(token, PURPOSE)
    return db.session.get(Notification, notification_id) if notification_id else None


def subject_behind(message: Notification) -> Subject | None:
    """Whose information one click in that message ends."""
    row = {name: getattr(message, name) for name in ("id", "copy_of_id", "contact_id", "party_id", "fixed_address")}
    return subjects_of(db.session(), [row]).get(message.id)


def _wait_for_others(subject: Subject) -> None:
    """Two clicks at once make one row."""
    name = "information:" + ":".join(str(part or "") for part in subject)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _standing(subject: Subject) -> InformationRefusal | None:
    same = [getattr(InformationRefusal, name) == value for name, value in subject._asdict().items() if value]
    query = select(InformationRefusal).where(and_(*same), InformationRefusal.ended_at.is_(None))
    return db.session.scalars(query).one_or_none()


def _party_id(subject: Subject) -> uuid.UUID | None:
    if subject.contact_id is None:
        return subject.party_id
    return db.session.scalar(select(Contact.party_id).where(Contact.id == subject.contact_id))
