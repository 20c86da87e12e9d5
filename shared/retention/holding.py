"""« Gel »: nothing of a party, or not one document, is deleted while the hold stands; the database refuses too."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.documents.models import Document
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Party
from shared.retention.models import RetentionHold

LONGEST_REASON = 500


def hold(*, party: Party | None = None, document: Document | None = None, reason: str, by: str) -> RetentionHold:
    """Place a hold on one party or one document; Refused without a reason, or when one stands already."""
    reason = _checked(reason)
    subject = party or document
    if subject is None or (party and document):
        raise ValueError("a hold is on a party or on a document")
    _wait(party.id if party else document.party_id)  # type: ignore[union-attr]
    if standing(party=party, document=document) is not None:
        raise Refused(_("Un gel est déjà posé : levez-le d’abord pour en changer le motif."))
    made = RetentionHold(
        party_id=party.id if party else None,
        document_id=document.id if document else None,
        reason=reason,
        placed_at=now(),
        placed_by=by,
    )
    db.session.add(made)
    db.session.flush()
    record("retention.held", by=by, facts={"reason": reason}, **_about(made))
    return made


def lift(*, hold: RetentionHold, because: str, by: str) -> None:
    """End a hold; Refused without a reason, or when somebody was faster."""
    because = _checked(because)
    db.session.refresh(hold, with_for_update=True)
    if hold.lifted_at is not None:
        raise Refused(_("Ce gel est déjà levé."))
    hold.lifted_at, hold.lifted_by, hold.lifted_because = now(), by, because
    db.session.flush()
    record("retention.released", by=by, facts={"because": because}, **_about(hold))


def standing(*, party: Party | None = None, document: Document | None = None) -> RetentionHold | None:
    """The hold that stands on this very party or document."""
    query = select(RetentionHold).where(RetentionHold.lifted_at.is_(None))
    if party is not None:
        query = query.where(RetentionHold.party_id == party.id)
    if document is not None:
        query = query.where(RetentionHold.document_id == document.id)
    return db.session.scalars(query).first()


def _wait(party_id: uuid.UUID) -> None:
    """One hand at a time on what is kept of a party: a hold and a deletion at the same moment wait for each other."""
    db.session.execute(select(Party.id).where(Party.id == party_id).with_for_update())


def _about(hold: RetentionHold) -> dict[str, uuid.UUID | None]:
    party_id = hold.party_id
    if hold.document_id is not None:
        party_id = db.session.scalar(select(Document.party_id).where(Document.id == hold.document_id))
    return {"party_id": party_id, "document_id": hold.document_id}


def _checked(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Écrivez le motif : il est gardé avec la date et votre nom."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(_("Le motif compte plus de %(most)s caractères.", most=LONGEST_REASON), field="reason")
    return reason
