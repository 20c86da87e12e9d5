"""« Comparer avec le portail »: every document of some folders looked at, its bytes read, what differs written down.

A job does it, a batch per transaction; it goes on where it stopped, and what waits for the storage waits.
"""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Uuid

from shared.clock import now
from shared.documents.comparison_models import Comparison, Difference, Finding
from shared.documents.finding import newest_version, standings
from shared.documents.models import Document, Folder, StoredObject, Version
from shared.documents.standing import WRONG
from shared.documents.storage import Unavailable
from shared.documents.verifying import verify
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Family, Party
from shared.people.scopes import Scope
from shared.queues import ring
from shared.transactions import after_commit

BATCH = 50  # objects read in one transaction


def compare(*, family: Family, scope: Scope, by: str, party: Party | None = None) -> Comparison:
    """Ask for a comparison of what `scope` reaches of a family, or of one party; the one that runs when there is one.

    Raises Refused when no folder is in reach.
    """
    running = latest(family_id=family.id, party_id=party.id if party else None, scope=scope)
    if running is not None and running.finished_at is None:
        return running
    folder_ids = list(db.session.scalars(_reached(family.id, scope).order_by(Folder.id)))
    if not folder_ids:
        raise Refused(_("Aucun répertoire de cette famille n’est dans votre périmètre : il n’y a rien à comparer."))
    made = Comparison(
        id=uuid7(), asked_by=by, family_id=family.id, party_id=party.id if party else None, folder_ids=folder_ids
    )
    made.total = db.session.scalar(select(func.count()).select_from(_documents(made).subquery())) or 0
    db.session.add(made)
    db.session.flush()
    record("comparison.asked", by=by, party_id=made.party_id, facts={"documents": made.total})
    comparison_id = str(made.id)
    after_commit(lambda: ring("slow", "compare", comparison_id))
    return made


def latest(*, family_id: uuid.UUID, party_id: uuid.UUID | None, scope: Scope) -> Comparison | None:
    """The last comparison of that family or party that holds no folder out of reach."""
    reached = func.array(_reached(family_id, scope).scalar_subquery(), type_=ARRAY(Uuid))
    query = select(Comparison).where(
        Comparison.family_id == family_id,
        Comparison.party_id.is_not_distinct_from(party_id),
        Comparison.folder_ids.contained_by(reached),
    )
    return db.session.scalars(query.order_by(Comparison.asked_at.desc(), Comparison.id.desc()).limit(1)).first()


def advance(*, comparison_id: uuid.UUID) -> bool:
    """Look at the next documents; whether there are more. One run at a time; a silent storage ends the turn."""
    locked = select(Comparison).where(Comparison.id == comparison_id, Comparison.finished_at.is_(None))
    comparison = db.session.scalars(locked.with_for_update(skip_locked=True)).one_or_none()
    if comparison is None:
        return False
    query = _documents(comparison).order_by(Document.id).limit(BATCH)
    if comparison.reached_id is not None:
        query = query.where(Document.id > comparison.reached_id)
    ids = list(db.session.scalars(query))
    try:
        _read_objects(ids, comparison)
    except Unavailable:
        return False
    _write_down(ids, comparison)
    comparison.done += len(ids)
    if len(ids) < BATCH:
        _finish(comparison)
        return False
    comparison.reached_id = ids[-1]
    return True


def unfinished() -> list[uuid.UUID]:
    """The comparisons to go on with, when their bell was not heard."""
    return list(db.session.scalars(select(Comparison.id).where(Comparison.finished_at.is_(None)).limit(10)))


def _reached(family_id: uuid.UUID, scope: Scope) -> Select[uuid.UUID]:
    return select(Folder.id).where(Folder.family_id == family_id, scope.folders())


def _documents(comparison: Comparison) -> Select[uuid.UUID]:
    query = select(Document.id).where(Document.folder_id.in_(comparison.folder_ids))
    return query if comparison.party_id is None else query.where(Document.party_id == comparison.party_id)


def _read_objects(ids: Sequence[uuid.UUID], comparison: Comparison) -> None:
    """Each object once in a comparison, however many documents hold it."""
    held = select(Version.sha256).join(Document, newest_version()).where(Document.id.in_(ids))
    query = select(StoredObject).where(StoredObject.sha256.in_(held)).order_by(StoredObject.sha256)
    for stored in db.session.scalars(query.with_for_update()).all():
        if stored.checked_at is None or stored.checked_at < comparison.asked_at:
            verify(stored)


def _write_down(ids: Sequence[uuid.UUID], comparison: Comparison) -> None:
    rows = [
        {"id": uuid7(), "comparison_id": comparison.id, "document_id": each, "difference": Difference(standing.value)}
        for each, standing in standings(ids).items()
        if standing in WRONG
    ]
    if rows:
        db.session.execute(insert(Finding).values(rows).on_conflict_do_nothing())


def _finish(comparison: Comparison) -> None:
    """The former ones of the same folders serve nobody any more; the journal keeps that they were asked for."""
    comparison.finished_at = now()
    former = delete(Comparison).where(
        Comparison.family_id == comparison.family_id,
        Comparison.party_id.is_not_distinct_from(comparison.party_id),
        Comparison.folder_ids == comparison.folder_ids,
        Comparison.asked_at < comparison.asked_at,
        Comparison.finished_at.is_not(None),
    )
    db.session.execute(former.execution_options(synchronize_session=False))
