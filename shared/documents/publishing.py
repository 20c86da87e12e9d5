"""Putting a document on the portal, and taking it off.

Additions wait for the synchronisation in manual mode; withdrawals never wait.
"""

import uuid
from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, or_, select

from shared.clock import now
from shared.documents.consents import CONSENT_HOLDS, HELD_BY, SYNCHRONISATION, hold_of
from shared.documents.effective import settings_for, shared_to
from shared.documents.models import Document, Folder, Publication
from shared.documents.signing import refuse_while_asked
from shared.errors import Refused
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.settings.reading import is_automatic


def publish(*, document: Document, by: str, quiet: bool = False) -> Publication:
    """Want this document on the portal: live at once in automatic mode, unless consent holds it.

    Asked twice, it is wanted once; `quiet` tells nobody. Raises Refused when the folder is not shared.
    """
    _hold(document)
    if not settings_for(folder=document.folder, party_id=document.party_id).on_portal:
        raise Refused(
            _(
                "Le répertoire « %(label)s » n’est pas partagé : le document reste classé. Cochez « Portail » "
                "dans la configuration de la GED, puis publiez-le.",
                label=document.folder.label,
            )
        )
    standing = current(document.id)
    if standing is not None:
        return standing
    publication = Publication(
        document_id=document.id, folder_id=document.folder_id, wanted_at=now(), wanted_by=by, quiet=quiet
    )
    db.session.add(publication)
    _decide(publication, document, by, may_go_live=is_automatic())
    return publication


def withdraw(*, document: Document, by: str, because: str = "staff") -> Publication:
    """Take this document off the portal at once; its links answer that it is no longer shared."""
    _hold(document)
    standing = current(document.id)
    if standing is None:
        raise Refused(_("Ce document n’est pas sur le portail : il n’y a rien à retirer."))
    refuse_while_asked(document.id)
    standing.withdrawn_at = now()
    standing.withdrawn_by = by
    standing.withdrawn_because = because
    db.session.flush()
    facts = {"because": because}
    record("document.withdrawn", by=by, party_id=document.party_id, document_id=document.id, facts=facts)
    return standing


def make_live(*, limit: int = 200) -> int:
    """Put on the portal what waits for the synchronisation; returns how many were looked at, 0 when none is left.

    In manual mode only what was wanted before the last « Synchroniser ». May run twice at once: each row
    is taken by one run.
    """
    waiting = _waiting().order_by(Publication.wanted_at, Publication.id).limit(limit)
    rows = db.session.execute(waiting.with_for_update(of=Publication, skip_locked=True)).all()
    for publication, document in rows:
        _decide(publication, document, publication.wanted_by, may_go_live=True)
    return len(rows)


def is_due() -> bool:
    """Whether `make_live` would find something: asked by the tick when the bell was not heard."""
    return bool(db.session.scalar(select(_waiting().with_only_columns(Publication.id).exists())))


def consent_changed(event: Event) -> None:
    """Look again at what a change of « dématérialisation » holds or frees; what is live stays."""
    if event.party_id is not None:
        reconsider(party_id=event.party_id, by=event.actor)


def reconsider(*, party_id: uuid.UUID, by: str) -> None:
    """Decide again about the party's documents that are wanted and not live."""
    waiting = (
        select(Publication, Document)
        .join(Document, Document.id == Publication.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .where(
            Document.party_id == party_id,
            Folder.document_class.in_(HELD_BY),
            Publication.live_at.is_(None),
            Publication.withdrawn_at.is_(None),
        )
        .order_by(Publication.wanted_at, Publication.id)
        .with_for_update(of=Publication)
    )
    automatic = is_automatic()
    for publication, document in db.session.execute(waiting).all():
        _decide(publication, document, by, may_go_live=automatic)


def redecide(*, document: Document, by: str) -> None:
    """Decide again about one document that is wanted and not live: its folder changed."""
    standing = current(document.id)
    if standing is not None and standing.live_at is None:
        _decide(standing, document, by, may_go_live=is_automatic())


def current(document_id: uuid.UUID) -> Publication | None:
    """The publication that stands: waiting, held or live."""
    query = select(Publication).where(Publication.document_id == document_id, Publication.withdrawn_at.is_(None))
    return db.session.scalars(query).one_or_none()


def _hold(document: Document) -> None:
    """One hand at a time until the end of the transaction: asked twice at once, it is done once."""
    db.session.flush()
    db.session.execute(select(Document.id).where(Document.id == document.id).with_for_update())


def _decide(publication: Publication, document: Document, by: str, *, may_go_live: bool) -> None:
    because = hold_of(document)
    if because is None and not may_go_live:
        because = SYNCHRONISATION
        if publication.held_because in CONSENT_HOLDS:
            publication.wanted_at = now()  # an agreement given after « Synchroniser » waits for the next one
    if because is None:
        _go_live(publication, document, by)
    elif publication.held_because != because:
        publication.held_because = because
        if because in CONSENT_HOLDS:
            facts = {"because": because}
            record("document.held", by=by, party_id=document.party_id, document_id=document.id, facts=facts)
    db.session.flush()


def _go_live(publication: Publication, document: Document, by: str) -> None:
    publication.live_at = now()
    publication.held_because = None
    db.session.flush()
    if publication.quiet:
        return
    name = "document.restored" if _was_live_before(publication) else "document.published"
    record(name, by=by, party_id=document.party_id, document_id=document.id)


def _waiting() -> Select[Publication, Document]:
    return (
        select(Publication, Document)
        .join(Document, Document.id == Publication.document_id)
        .join(Folder, Folder.id == Document.folder_id)
        .where(
            Publication.live_at.is_(None),
            Publication.withdrawn_at.is_(None),
            or_(Publication.held_because.is_(None), Publication.held_because == SYNCHRONISATION),
            shared_to(Document.party_id),
            Publication.wanted_at <= _until(),
        )
    )


def _until() -> datetime:
    if is_automatic():
        return now()
    asked = db.session.scalar(select(func.max(Event.at)).where(Event.name == "synchronisation.asked"))
    return asked or datetime.fromtimestamp(0, UTC)


def _was_live_before(publication: Publication) -> bool:
    """The party was told the first time: putting a document back tells nobody."""
    earlier = exists().where(
        Publication.document_id == publication.document_id,
        Publication.id != publication.id,
        Publication.live_at.is_not(None),
    )
    return bool(db.session.scalar(select(earlier)))
