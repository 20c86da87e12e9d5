"""The « Portail » box of a folder: all its documents leave the portal, or come back, in one go."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, true, update
from sqlalchemy.orm import aliased

from shared.clock import now
from shared.documents import publishing
from shared.documents.consents import SYNCHRONISATION, hold
from shared.documents.effective import shared_to
from shared.documents.models import Document, Folder, Publication
from shared.extensions import db, uuid7
from shared.people.models import Family, Party
from shared.settings.reading import is_automatic

BATCH = 1000
UNSHARED = "unshared"
STAFF = "staff"


def follow_box(*, folder: Folder, by: str, party_id: uuid.UUID | None = None) -> None:
    """After « Portail » changed, for one party or for all: at once off the portal, back on it with the synchronisation.

    Exceptions may say otherwise than the folder: each way is looked at.
    """
    unshare(folder=folder, by=by, party_id=party_id)
    if share(folder=folder, by=by, party_id=party_id) and is_automatic():
        publishing.make_live()


def unshare(*, folder: Folder, by: str, party_id: uuid.UUID | None = None) -> int:
    """Take the documents that are shared no more off the portal, at once in both modes; returns how many.

    Those of one party, or else of everybody whom no exception leaves the folder. The rows of Publication
    are the trace, the folder's change the event: no event for each document.
    """
    db.session.flush()
    inside = select(Document.id).join(Folder, Folder.id == Document.folder_id)
    inside = inside.where(Document.folder_id == folder.id, _of(party_id), ~shared_to(Document.party_id))
    query = (
        update(Publication)
        .where(Publication.document_id.in_(inside), Publication.withdrawn_at.is_(None))
        .values(withdrawn_at=now(), withdrawn_by=by, withdrawn_because=UNSHARED)
        .returning(Publication.id)
    )
    return len(db.session.scalars(query).all())


def share(*, folder: Folder, by: str, party_id: uuid.UUID | None = None) -> int:
    """Put the folder's documents back, or for the first time, but those that staff withdrew; returns how many.

    Those of one party, or else of everybody for whom no exception keeps the folder off.

    Nobody is told of what comes with its folder: years of documents must not make as many messages.
    """
    db.session.flush()
    moment, automatic = now(), is_automatic()
    mine = (_of(party_id), shared_to(Document.party_id))
    rows = db.session.execute(_candidates(folder.id).where(*mine)).all()
    wanted: list[dict[str, Any]] = []
    for document_id, because, never_announced in rows:
        reason = because or (None if automatic else SYNCHRONISATION)
        wanted.append(
            {
                "id": uuid7(),
                "document_id": document_id,
                "folder_id": folder.id,
                "wanted_at": moment,
                "wanted_by": by,
                "live_at": moment if reason is None and not never_announced else None,
                "held_because": reason,
                "quiet": not never_announced,
            }
        )
    for start in range(0, len(wanted), BATCH):
        db.session.execute(insert(Publication), wanted[start : start + BATCH])
    return len(wanted)


def _of(party_id: uuid.UUID | None) -> ColumnElement[bool]:
    return true() if party_id is None else Document.party_id == party_id


def _candidates(folder_id: uuid.UUID) -> Any:
    """(document, why consent holds it, whether it waited unannounced when the folder was unshared)."""
    last = aliased(Publication)
    newest: ColumnElement[uuid.UUID] = (
        select(Publication.id)
        .where(Publication.document_id == Document.id)
        .order_by(Publication.wanted_at.desc(), Publication.id.desc())
        .limit(1)
        .correlate(Document)
        .scalar_subquery()
    )
    standing = exists().where(Publication.document_id == Document.id, Publication.withdrawn_at.is_(None))
    return (
        select(Document.id, hold(), last.id.is_not(None) & last.live_at.is_(None) & last.quiet.is_(False))
        .select_from(Document)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .join(Family, Family.id == Party.family_id)
        .outerjoin(last, last.id == newest)
        .where(
            Document.folder_id == folder_id,
            ~standing,
            last.withdrawn_because.is_distinct_from(STAFF),
        )
        .order_by(Document.filed_at, Document.id)
        .with_for_update(of=Document)
    )
