"""First payslips that waited for their month of notice, and objections that take effect: looked at again each day."""

from sqlalchemy import select

from shared.documents import publishing
from shared.documents.consents import NOTICE, hold
from shared.documents.models import Document, Folder, Publication
from shared.extensions import db
from shared.people.models import Family, Party


def ripen(*, limit: int = 200) -> int:
    """Decide again about payslips that their notice no longer holds; returns how many, 0 when none is left."""
    query = (
        select(Publication.wanted_by, Document)
        .join(Document, Document.id == Publication.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .join(Party, Party.id == Document.party_id)
        .join(Family, Family.id == Party.family_id)
        .where(
            Publication.live_at.is_(None),
            Publication.withdrawn_at.is_(None),
            Publication.held_because == NOTICE,
            hold().is_distinct_from(NOTICE),
        )
        .order_by(Publication.wanted_at, Publication.id)
        .limit(limit)
    )
    rows = db.session.execute(query.with_for_update(of=Publication, skip_locked=True)).all()
    for by, document in rows:
        publishing.redecide(document=document, by=by)
    return len(rows)
