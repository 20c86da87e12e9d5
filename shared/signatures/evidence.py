"""The proof of a request as data: who, how, what and when, from the rows that each step wrote.

Read by a judge, an expert and by `offline`: the JSON form is carried inside the sealed PDF. It goes to every signer,
so addresses and numbers are masked in it and nothing secret stands there.
"""

import hashlib
import json
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shared.clock import COMPANY_ZONE, add_months, day_of, now
from shared.documents.models import Folder, Version
from shared.events.actors import names_of
from shared.extensions import db
from shared.masking import masked_email
from shared.people.models import Activity
from shared.settings.reading import company
from shared.signatures import tracing
from shared.signatures.chaining import FORMAT, written_time
from shared.signatures.codes import codes_of
from shared.signatures.consenting import KEPT_YEARS
from shared.signatures.models import Question, SignatureRequest, Signer, Trace
from shared.signatures.naming import name_of


def evidence(request_id: uuid.UUID) -> dict[str, Any]:
    """Everything the proof file says of a request; JSON, the same rows giving the same text."""
    request = db.session.get_one(
        SignatureRequest, request_id, options=[selectinload(SignatureRequest.signers).selectinload(Signer.signature)]
    )
    named = _names(request)
    return {
        "format": FORMAT,
        "made_at": moment(now()),
        "company": _company(company()),
        "request": _request(request, named),
        "document": _document(request),
        "signers": [_signer(signer, named) for signer in request.signers],
        "questions": _questions(request, named),
        "steps": tracing.steps(request.id),
        "actors": named,
        "retention": {"years": KEPT_YEARS, "until": _until(request).isoformat()},
    }


def as_json(proof: dict[str, Any]) -> bytes:
    """The file that is stored and attached: UTF-8, keys in order, readable by a person."""
    return (json.dumps(proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def moment(at: datetime | None) -> dict[str, str] | None:
    """An instant in both clocks, each labelled."""
    if at is None:
        return None
    return {"utc": written_time(at), "paris": at.astimezone(COMPANY_ZONE).isoformat(timespec="seconds")}


def _company(ours: Activity) -> dict[str, str]:
    return {"name": ours.name, "legal": ours.legal, "domain": ours.domain, "siret": ours.siret, "colour": ours.colour}


def _request(request: SignatureRequest, named: dict[str, str]) -> dict[str, Any]:
    return {
        "id": str(request.id),
        "state": request.state.value,
        "level": request.level.value,
        "asked_at": moment(request.asked_at),
        "asked_by": named.get(request.asked_by, request.asked_by),
        "opened_at": moment(request.opened_at),
        "ended_at": moment(request.ended_at),
        "ended_because": request.ended_because,
        "message": request.message,
        "due_on": request.due_on.isoformat() if request.due_on else None,
    }


def _document(request: SignatureRequest) -> dict[str, Any]:
    document, party = request.document, request.party
    folder = db.session.get(Folder, document.folder_id)
    return {
        "id": str(document.id),
        "title": document.title,
        "number": document.number,
        "class": folder.document_class if folder else "",
        "party": {"code": party.code, "name": party.name, "is_business": party.is_business},
        "source": _version(request.source_version),
        "prepared": _version(request.prepared_version),
        "final": _version(request.latest_version),
    }


def _version(version: Version | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "number": version.number,
        "sha256": version.sha256,
        "bytes": version.size,
        "pages": version.pages,
        "filename": version.filename,
        "kept_at": moment(version.created_at),
    }


def _signer(signer: Signer, named: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": str(signer.id),
        "rank": signer.rank,
        "role": signer.role.value,
        "name": name_of(signer),
        "email": masked_email(_email(signer)),
        "field": signer.field,
        "state": signer.state.value,
        "asked_at": moment(signer.asked_at),
        "opened_at": moment(signer.opened_at),
        "read_at": moment(signer.read_at),
        "ended_at": moment(signer.ended_at),
        "reason": signer.reason,
        "delegated_to": str(signer.delegated_to_id) if signer.delegated_to_id else None,
        "codes": codes_of(signer.id),
        "signature": _signature(signer),
    }
    return told


def _signature(signer: Signer) -> dict[str, Any] | None:
    made = signer.signature
    if made is None:
        return None
    return {
        "mode": made.mode.value,
        "typed": made.typed,
        "picture_sha256": hashlib.sha256(made.picture).hexdigest() if made.picture else None,
        "name": made.name,
        "accepted_at": moment(made.accepted_at),
        "consent_text": made.consent_text,
        "consent_sha256": hashlib.sha256(made.consent_text.encode()).hexdigest(),
        "locale": made.locale,
        "shown_sha256": made.shown_sha256,
        "code_used": str(made.code_id) if made.code_id else None,
        "identity": made.identity,
        "ip": made.ip,
        "device": made.user_agent,
        "time_zone": made.time_zone,
        "before_sha256": made.before_sha256,
        "after_sha256": made.after_sha256,
        "certificate_serial": made.certificate_serial,
        "sealed_at": moment(made.sealed_at),
    }


def _questions(request: SignatureRequest, named: dict[str, str]) -> list[dict[str, Any]]:
    query = select(Question).join(Signer, Signer.id == Question.signer_id).where(Signer.request_id == request.id)
    return [
        {
            "signer": str(one.signer_id),
            "text": one.text,
            "asked_at": moment(one.asked_at),
            "answer": one.answer,
            "answered_at": moment(one.answered_at),
            "answered_by": named.get(one.answered_by or "", one.answered_by),
        }
        for one in db.session.scalars(query.order_by(Question.asked_at, Question.id))
    ]


def _names(request: SignatureRequest) -> dict[str, str]:
    actors = set(db.session.scalars(select(Trace.by).where(Trace.request_id == request.id).distinct()))
    actors |= {actor for actor in (request.asked_by, request.ended_by) if actor}
    return names_of(actors)


def _email(signer: Signer) -> str:
    if signer.staff:
        return signer.staff.email
    return signer.contact.email if signer.contact else ""


def _until(request: SignatureRequest) -> date:
    return add_months(day_of(request.ended_at or now()), 12 * KEPT_YEARS)
