"""What fell due: listed each day, confirmed by staff, deleted by a job that looks at each document once more."""

import uuid

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.exc import DBAPIError

from shared.clock import now, today
from shared.documents.models import Document
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Party
from shared.queues import ring
from shared.retention.destroying import TERM, destroy
from shared.retention.models import Purge, PurgeLine
from shared.retention.terms import is_held, may_go, term, term_of, termed
from shared.transactions import after_commit
from shared.words import N_

BATCH = 25
KEPT = {
    "held": N_("Gelé entre-temps : le document est gardé."),
    "kept": N_("Sa durée de conservation a changé entre-temps : le document est gardé."),
    "refused": N_("La base de données a refusé cette suppression : le document est gardé."),
}


def list_due() -> Purge | None:
    """Bring the open list to what falls due today, but what is held; None when nothing does. Touches no document.

    A list that was confirmed is left alone.
    """
    found = open_purge(lock=True)
    if found is not None and found.confirmed_at is not None:
        return found
    due = termed(Document.id, term().label("term_on")).where(term() <= today(), ~is_held()).subquery()
    if found is None:
        if not db.session.scalar(select(exists().select_from(due))):
            return None
        found = Purge(because=TERM, listed_at=now())
        db.session.add(found)
        db.session.flush()
    known = select(PurgeLine.document_id).where(PurgeLine.purge_id == found.id, PurgeLine.document_id.is_not(None))
    fresh = db.session.execute(select(due.c.id, due.c.term_on).where(due.c.id.not_in(known))).all()
    if fresh:
        rows = [{"id": uuid7(), "purge_id": found.id, "document_id": each, "term_on": day} for each, day in fresh]
        db.session.execute(insert(PurgeLine), rows)
    gone = PurgeLine.document_id.is_(None) | PurgeLine.document_id.not_in(select(due.c.id))
    db.session.execute(delete(PurgeLine).where(PurgeLine.purge_id == found.id, gone))
    found.listed_at = now()
    if not count(found):
        db.session.delete(found)
        db.session.flush()
        return None
    return found


def open_purge(*, lock: bool = False) -> Purge | None:
    """The list that waits for staff, or is being carried out."""
    query = select(Purge).where(Purge.ended_at.is_(None))
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def count(purge: Purge) -> int:
    """How many documents a list names."""
    return db.session.scalar(select(func.count()).where(PurgeLine.purge_id == purge.id)) or 0


def confirm(*, purge: Purge, expected: int, by: str) -> None:
    """Have the listed documents deleted. Stale when the list is no longer of the number that was on screen."""
    db.session.refresh(purge, with_for_update=True)
    if purge.confirmed_at is not None:
        raise Refused(_("Cette liste est déjà confirmée."))
    found = count(purge)
    if found != expected:
        raise Stale(
            ngettext(
                "La liste a changé : elle compte maintenant %(num)s document. Rien n’a été supprimé, relisez-la.",
                "La liste a changé : elle compte maintenant %(num)s documents. Rien n’a été supprimé, relisez-la.",
                found,
            )
        )
    purge.confirmed_at, purge.confirmed_by = now(), by
    record("retention.confirmed", by=by, facts={"purge": str(purge.id), "documents": found})
    ident = str(purge.id)
    after_commit(lambda: ring("slow", "purge_documents", ident))


def advance(*, purge_id: uuid.UUID) -> bool:
    """Delete a batch of a confirmed list; False when it is done. May run twice."""
    purge = db.session.get(Purge, purge_id, with_for_update=True)
    if purge is None or purge.confirmed_at is None or purge.ended_at is not None:
        return False
    waiting = select(PurgeLine).where(PurgeLine.purge_id == purge.id, PurgeLine.done_at.is_(None))
    ids = [line.id for line in db.session.scalars(waiting.order_by(PurgeLine.term_on, PurgeLine.id).limit(BATCH))]
    for line_id in ids:
        _settle(purge, line_id)
    if len(ids) == BATCH:
        return True
    purge.ended_at = now()
    return False


def unfinished() -> list[uuid.UUID]:
    """The confirmed list that a lost bell left undone."""
    return list(db.session.scalars(select(Purge.id).where(Purge.confirmed_at.is_not(None), Purge.ended_at.is_(None))))


def _settle(purge: Purge, line_id: uuid.UUID) -> None:
    line = db.session.get_one(PurgeLine, line_id)
    document = db.session.get(Document, line.document_id) if line.document_id else None
    why = ""
    if document is not None:
        # As `holding.hold` does: a hold and this deletion wait for each other.
        db.session.execute(select(Party.id).where(Party.id == document.party_id).with_for_update())
        why = may_go(document, today()) or _destroyed(document, purge.confirmed_by or "")
    line = db.session.get_one(PurgeLine, line_id)
    line.done_at, line.kept_because = now(), KEPT.get(why, "")
    if why:
        purge.kept += 1
    elif document is not None:
        purge.deleted += 1
    db.session.flush()


def _destroyed(document: Document, by: str) -> str:
    try:
        with db.session.begin_nested():
            destroy(document=document, because=TERM, term_on=term_of(document), by=by)
    except DBAPIError:
        return "refused"
    return ""
