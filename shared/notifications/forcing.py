"""« Notification forcée »: tell again, or at last, even for a silent folder. One message per party, cell and text."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import and_, func, select

from shared.documents.effective import excepted, settings_of
from shared.documents.models import Document, Folder, FolderException, Publication
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record
from shared.events.repeating import is_repeat
from shared.extensions import db
from shared.notifications.claiming import COLUMNS
from shared.notifications.models import Notification, Reason
from shared.notifications.resolving import Stopped, foretell
from shared.notifications.rule_models import Cause
from shared.people.models import Party

NAME = "notice.forced"
Groups = dict[tuple[object, ...], list[uuid.UUID]]


class Halted(NamedTuple):
    """A message that would be made and would not leave: whose, and what it lacks as a sentence."""

    party: str
    why: str


class Foreseen(NamedTuple):
    """What `force` would make: how many messages, and those among them that lack a value, or an address."""

    messages: int
    holes: list[Halted]
    nowhere: list[Halted]


def force(*, document_ids: Sequence[uuid.UUID], by: str, key: str = "") -> int:
    """Announce these documents; the number of messages made.

    Documents of one party that go to the same cell with the same text share a message. `key` names one form:
    sent twice, its messages are made once, and counted as the first time. Raises Refused
    when one of them is not on the portal: nothing is sent then.
    """
    if not document_ids:
        raise Refused(_("Cochez d’abord les documents à annoncer."))
    absent, groups = _sorted(document_ids)
    if absent:
        names = ", ".join(f"« {title} »" for title in absent[:3])
        raise Refused(
            _(
                "%(names)s n’est pas sur le portail : mettez d’abord à disposition, puis renvoyez. Rien n’est parti.",
                names=names,
            )
        )
    events = [_announced(party_id, ids, by, key) for (party_id, *_rest), ids in groups.items()]
    db.session.flush()
    made = select(func.count(Cause.notification_id.distinct())).where(Cause.event_id.in_(events))
    return db.session.scalar(made) or 0


def foresee(*, document_ids: Sequence[uuid.UUID], by: str) -> Foreseen:
    """What `force` would make of those of them that are on the portal, as the sender would answer; nothing stands."""
    _absent, groups = _sorted(document_ids)
    undone = db.session.begin_nested()
    try:
        events = [_announced(party_id, ids, by, "") for (party_id, *_rest), ids in groups.items()]
        db.session.flush()
        return _foreseen(events)
    finally:
        undone.rollback()


def _foreseen(events: Sequence[uuid.UUID]) -> Foreseen:
    made = select(Cause.notification_id).where(Cause.event_id.in_(events))
    connection = db.session.connection()
    rows = connection.execute(select(*COLUMNS).where(Notification.id.in_(made))).mappings().all()
    query = select(Party.id, Party.name).where(Party.id.in_({row["party_id"] for row in rows}))
    names = {row.id: row.name for row in db.session.execute(query)}
    answers = foretell(connection, rows)
    halted: dict[Reason, list[Halted]] = {Reason.DRAFT: [], Reason.NO_ADDRESS: []}
    for answer in answers:
        if isinstance(answer, Stopped) and answer.reason in halted:
            halted[answer.reason].append(Halted(names.get(answer.row["party_id"], ""), answer.reply))
    return Foreseen(len(rows), halted[Reason.DRAFT], halted[Reason.NO_ADDRESS])


def _sorted(document_ids: Sequence[uuid.UUID]) -> tuple[list[str], Groups]:
    """The titles of those that are not on the portal, and the others by what makes one message of them."""
    live = and_(
        Publication.document_id == Document.id, Publication.withdrawn_at.is_(None), Publication.live_at.is_not(None)
    )
    rows = db.session.execute(
        select(Document.id, Document.title, Document.party_id, Folder, FolderException, Publication.id.label("live"))
        .join(Folder, Folder.id == Document.folder_id)
        .outerjoin(FolderException, excepted(Document.party_id))
        .outerjoin(Publication, live)
        .where(Document.id.in_(document_ids))
        .order_by(Document.filed_at, Document.id)
    ).all()
    absent, groups = [], Groups()
    for row in rows:
        settings = settings_of(row.Folder, row.FolderException)
        if row.live is None or not settings.on_portal:
            absent.append(row.title)
            continue
        shared = (row.party_id, settings.slot, settings.link_target, settings.template_id)
        groups.setdefault(shared, []).append(row.id)
    return absent, groups


def _announced(party_id: object, ids: Sequence[uuid.UUID], by: str, key: str) -> uuid.UUID:
    """The event of one message: the one that this form caused before, or a new one."""
    facts: dict[str, Any] = {"documents": [str(i) for i in ids]}
    if is_repeat(NAME, by=by, key=key, facts=facts):
        former = select(Event.id).where(Event.name == NAME, Event.actor == by, Event.facts == {**facts, "key": key})
        return db.session.scalars(former.order_by(Event.at.desc()).limit(1)).one()
    return record(
        NAME,
        by=by,
        party_id=party_id if isinstance(party_id, uuid.UUID) else None,
        document_id=ids[0],
        facts={**facts, "key": key} if key else facts,
    ).id
