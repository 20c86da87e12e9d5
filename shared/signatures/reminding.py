"""Reminding whoever has not signed: by a button, or every so many days until it is signed, refused or too late."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now, today
from shared.errors import Refused
from shared.events.actors import SYSTEM
from shared.events.recording import record
from shared.extensions import db
from shared.signatures.holding import held
from shared.signatures.models import RequestState, SignatureRequest, SignerState
from shared.signatures.tracing import trace

BATCH = 100
PAUSE = timedelta(minutes=10)  # two clicks are one reminder


def remind(*, request: SignatureRequest, by: str) -> int:
    """Tell again whoever is asked now; returns how many. Raises Refused when nobody is, or was a moment ago."""
    request = held(request.id)
    asked = [each for each in request.signers if each.state is SignerState.ASKED]
    if request.state is not RequestState.OPEN or not asked:
        raise Refused(_("Personne n’est attendu pour cette demande : il n’y a personne à relancer."))
    late = [each for each in asked if each.reminded_at is None or each.reminded_at < now() - PAUSE]
    if not late:
        raise Refused(_("Une relance vient de partir : attendez dix minutes avant la suivante."))
    for signer in late:
        signer.reminded_at = now()
        trace(request=request, kind="reminded", by=by, signer=signer)
        facts = {"request": str(request.id), "signer": str(signer.id)}
        record("signature.reminded", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)
    if request.remind_days:
        request.remind_on = today() + timedelta(days=request.remind_days)
    db.session.flush()
    return len(late)


def remind_due() -> int:
    """Send the reminders of today; returns how many requests. A batch at a time."""
    query = select(SignatureRequest).where(
        SignatureRequest.state == RequestState.OPEN, SignatureRequest.remind_on <= today()
    )
    found = db.session.scalars(query.order_by(SignatureRequest.remind_on, SignatureRequest.id).limit(BATCH)).all()
    for request in found:
        try:
            remind(request=request, by=SYSTEM)
        except Refused:  # everybody asked has signed, and waits for the seal
            request.remind_on = today() + timedelta(days=request.remind_days or 1)
    return len(found)
