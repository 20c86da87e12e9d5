"""« Demander un document »: of one party, or of all those of a filter; taken back in one click."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, exists, func, select, update

from shared.access.models import Seat
from shared.clock import now, today
from shared.deposits.finding import stands
from shared.deposits.models import DocumentRequest, RequestBatch
from shared.documents.effective import settings_for
from shared.documents.models import Folder
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.finding import matching
from shared.people.models import Family, Party
from shared.queues import ring
from shared.transactions import after_commit

BATCH = 200  # parties asked in one transaction
LONGEST_LABEL, LONGEST_NOTE, MOST_MONTHS = 80, 500, 60


@dataclass(frozen=True)
class Wanted:
    """What is asked for: `months` is how long the document holds, and after which it is asked for again."""

    label: str
    note: str = ""
    due_on: date | None = None
    reminds: bool = True
    months: int | None = None


def ask(*, party: Party, folder: Folder, wanted: Wanted, by: str, batch_id: uuid.UUID | None = None) -> DocumentRequest:
    """Ask one party for a document; it is told, and sees it under « À fournir » until it has deposited it.

    Raises Refused with the field that is wrong, or for a folder into which this party deposits nothing.
    """
    wanted = checked(wanted)
    settings = settings_for(folder=folder, party_id=party.id)
    if folder.family_id != party.family_id or not (settings.on_portal and settings.deposit_allowed):
        raise Refused(_("Ce tiers ne dépose rien dans ce répertoire : ouvrez-y le dépôt d’abord."), field="folder")
    if db.session.scalar(select(exists().where(*_same(party.id, folder.id, wanted.label)))):
        raise Refused(_("Ce document lui est déjà demandé, et il ne l’a pas encore fourni."), field="label")
    return open_request(
        DocumentRequest(id=uuid7(), batch_id=batch_id, party_id=party.id, folder_id=folder.id, **vars(wanted)),
        by=by,
        event="document.requested",
        folder_label=folder.label,
    )


def open_request(request: DocumentRequest, *, by: str, event: str, folder_label: str) -> DocumentRequest:
    """Write the request and tell the party, by `event`."""
    request.asked_by, request.asked_at = by, now()
    db.session.add(request)
    db.session.flush()
    record(event, by=by, party_id=request.party_id, facts=told(request, folder_label))
    return request


def told(request: DocumentRequest, folder_label: str) -> dict[str, Any]:
    """What the messages about a request say."""
    return {
        "request": str(request.id),
        "piece": request.label,
        "folder_label": folder_label,
        "note": request.note,
        "due_on": request.due_on.isoformat() if request.due_on else "",
        "path": f"/deposits/new?request={request.id}",
    }


def cancel(*, request: DocumentRequest, by: str) -> None:
    """Nothing is expected any more; nobody is told. Raises Refused when it was deposited meanwhile."""
    db.session.refresh(request, with_for_update=True)
    if request.closed_at is not None or request.cancelled_at is not None:
        raise Refused(_("Cette demande est déjà close : rien n’a changé."))
    request.cancelled_at, request.cancelled_by = now(), by
    record("document.request_cancelled", by=by, party_id=request.party_id, facts={"request": str(request.id)})


def count(*, family: Family, folder: Folder, search: str, label: str) -> tuple[int, int]:
    """How many parties a bulk request would reach, and how many it leaves out: asked for it already."""
    query = _candidates(family, search).with_only_columns(
        func.count(), func.count().filter(_asked_already(folder.id, label)), maintain_column_froms=True
    )
    total, known = db.session.execute(query).one()
    return total - known, known


def ask_many(*, family: Family, folder: Folder, search: str, wanted: Wanted, by: str) -> RequestBatch:
    """Ask every open party of a filter that has an access, in the background. Raises Refused."""
    wanted = checked(wanted)
    if folder.family_id != family.id or not (folder.on_portal and folder.deposit_allowed):
        raise Refused(_("Ce répertoire ne prend pas de dépôt : ouvrez-le d’abord."), field="folder")
    counted, skipped = count(family=family, folder=folder, search=search, label=wanted.label)
    if not counted:
        raise Refused(_("Aucun tiers de ce filtre n’a d’accès, ou tous ont déjà cette demande."), field="search")
    batch = RequestBatch(id=uuid7(), family_id=family.id, folder_id=folder.id, search=search, by=by, **vars(wanted))
    batch.counted, batch.skipped = counted, skipped
    db.session.add(batch)
    db.session.flush()
    record("documents.requested", by=by, facts={"batch": str(batch.id), "count": counted, "piece": wanted.label})
    ident = str(batch.id)  # read now: after the commit nothing more is read
    after_commit(lambda: ring("slow", "ask_documents", ident))
    return batch


def advance(*, batch_id: uuid.UUID) -> bool:
    """The next 200 parties of a bulk request; False when there is none left. May run twice."""
    batch = db.session.get(RequestBatch, batch_id, with_for_update=True)
    if batch is None or batch.ended_at is not None:
        return False
    family, folder = db.session.get_one(Family, batch.family_id), db.session.get_one(Folder, batch.folder_id)
    query = _candidates(family, batch.search).order_by(Party.id).limit(BATCH)
    if batch.last_party_id is not None:
        query = query.where(Party.id > batch.last_party_id)
    parties = db.session.scalars(query).all()
    wanted = Wanted(batch.label, batch.note, batch.due_on, batch.reminds, batch.months)
    for party in parties:
        batch.last_party_id = party.id
        try:
            ask(party=party, folder=folder, wanted=wanted, by=batch.by, batch_id=batch.id)
        except Refused:
            continue
        batch.asked += 1
    if len(parties) < BATCH:
        batch.ended_at = now()
    return batch.ended_at is None


def undo_batch(*, batch: RequestBatch, by: str) -> int:
    """Take back those requests of a bulk that nobody has answered yet; how many. The job that asks stops."""
    db.session.refresh(batch, with_for_update=True)  # what it asks for at this moment is taken back too
    query = update(DocumentRequest).where(DocumentRequest.batch_id == batch.id, stands())
    query = query.values(cancelled_at=now(), cancelled_by=by).returning(DocumentRequest.id)
    taken = db.session.scalars(query.execution_options(synchronize_session=False)).all()
    batch.undone_at, batch.ended_at = now(), batch.ended_at or now()
    record("documents.requests_undone", by=by, facts={"batch": str(batch.id), "count": len(taken)})
    return len(taken)


def unfinished() -> list[uuid.UUID]:
    """Bulk requests that a lost bell or a dead worker left unfinished."""
    return list(db.session.scalars(select(RequestBatch.id).where(RequestBatch.ended_at.is_(None))))


def checked(wanted: Wanted) -> Wanted:
    """The same, tidied; raises Refused with the field that is wrong."""
    label, note = " ".join(wanted.label.split()), wanted.note.strip()
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        raise Refused(_("Dites quel document en 1 à %(most)s caractères.", most=LONGEST_LABEL), field="label")
    if len(note) > LONGEST_NOTE:
        raise Refused(_("La précision compte %(most)s caractères au plus.", most=LONGEST_NOTE), field="note")
    if wanted.due_on is not None and wanted.due_on < today():
        raise Refused(_("Cette date est passée : donnez-en une à venir, ou aucune."), field="due_on")
    if wanted.months is not None and not 1 <= wanted.months <= MOST_MONTHS:
        raise Refused(_("La validité va de 1 à %(most)s mois.", most=MOST_MONTHS), field="months")
    return Wanted(label, note, wanted.due_on, wanted.reminds, wanted.months)


def _candidates(family: Family, search: str) -> Select[Party]:
    """The open parties of the filter that somebody signs in for: others would never see the request."""
    reached = exists().where(Seat.party_id == Party.id, Seat.allowed)
    return select(Party).where(Party.family_id == family.id, Party.closed_at.is_(None), reached, *matching(search))


def _same(party_id: Any, folder_id: uuid.UUID, label: str) -> tuple[ColumnElement[bool], ...]:
    named = func.lower(DocumentRequest.label) == label.lower()
    return DocumentRequest.party_id == party_id, DocumentRequest.folder_id == folder_id, named, stands()


def _asked_already(folder_id: uuid.UUID, label: str) -> ColumnElement[bool]:
    return exists().where(*_same(Party.id, folder_id, " ".join(label.split())))
