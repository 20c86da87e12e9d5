"""The spine of the proof: every step of a request, in a chain of hashes."""

import uuid
from typing import Any

from sqlalchemy import select

from shared.clock import now
from shared.extensions import db
from shared.signatures.chaining import START, link, written_time
from shared.signatures.models import SignatureRequest, Signer, Trace


def trace(*, request: SignatureRequest, kind: str, by: str, signer: Signer | None = None, **facts: Any) -> Trace:
    """Add one step to the chain of `request`. `facts` must be JSON and hold no secret: they stand in the proof.

    Locks the request until the end of the transaction: two steps at once never take the same number.
    """
    db.session.flush()
    db.session.execute(
        select(SignatureRequest.id).where(SignatureRequest.id == request.id).with_for_update(of=SignatureRequest)
    )
    last = db.session.scalars(
        select(Trace).where(Trace.request_id == request.id).order_by(Trace.number.desc()).limit(1)
    ).first()
    made = Trace(
        request_id=request.id,
        number=last.number + 1 if last else 1,
        at=now(),
        kind=kind,
        signer_id=signer.id if signer else None,
        by=by,
        facts=facts,
        previous_hash=last.hash if last else START,
    )
    made.hash = link(made.previous_hash, step(made))
    db.session.add(made)
    db.session.flush()
    return made


def steps(request_id: uuid.UUID) -> list[dict[str, Any]]:
    """Every step of a request as the proof file writes it, in order."""
    found = db.session.scalars(select(Trace).where(Trace.request_id == request_id).order_by(Trace.number))
    return [step(one) | {"previous_hash": one.previous_hash, "hash": one.hash} for one in found]


def step(one: Trace) -> dict[str, Any]:
    """What of a step is hashed."""
    return {
        "request": str(one.request_id),
        "number": one.number,
        "at": written_time(one.at),
        "kind": one.kind,
        "signer": str(one.signer_id) if one.signer_id else None,
        "by": one.by,
        "facts": one.facts,
    }
