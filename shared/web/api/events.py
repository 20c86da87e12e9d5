"""What happens to records: one event by its address, or many in one body, each with an answer of its own."""

from typing import Any

from flask import abort
from flask_babel import gettext as _

from shared.errors import Refused
from shared.events.batches import together
from shared.extensions import db
from shared.records.kinds import KINDS
from shared.web.api import api, gate, problems
from shared.web.api.answering import Told, once
from shared.web.api.gate import needs
from shared.web.api.problems import Problem


@api.post("/records/<kind>/<path:number>/events")
@needs("events:write")
@once
def post_event(kind: str, number: str) -> Told:
    """One event of that record; told again, it does nothing."""
    from shared.intake.api_event_schemas import AnyEvent
    from shared.web.api import bodies

    if kind not in KINDS:
        abort(404)
    event = bodies.read(AnyEvent)
    try:
        return _told(event, kind, number), 200
    except Refused as refusal:
        body = problems.of_refusal(refusal, _status(refusal))
        raise Problem(body["status"], body["detail"], [(f["field"], f["detail"]) for f in body["errors"]]) from None


@api.post("/events")
@needs("events:write")
@once
def post_events() -> Told:
    """Up to five hundred events in their order; what is refused of one leaves the others done."""
    from shared.intake.api_event_schemas import Batch
    from shared.intake.api_records import read_ahead
    from shared.web.api import bodies

    raws = [bytes(raw) for raw in bodies.read(Batch).events]
    with together(), read_ahead(_names(raws)):
        found = _all_at_once(raws) or [_one(raw) for raw in raws]
    results = [{"index": index, **each} for index, each in enumerate(found)]
    applied = sum(1 for each in results if each.get("applied"))
    refused = sum(1 for each in results if each["status"] >= 400)
    return {"results": results, "applied": applied, "refused": refused}, 200


def _all_at_once(raws: list[bytes]) -> list[dict[str, Any]] | None:
    """Every event in one savepoint, as almost always they are all good; None, and nothing done, when one is refused."""
    from shared.intake.api_events import many

    whole = db.session.begin_nested()
    try:
        events = [_read(raw) for raw in raws]
        with many(events=events, token_id=gate.token().id):
            said = [_done(*each) for each in events]
        whole.commit()
    except (Problem, Refused):
        whole.rollback()
        return None
    return said


def _one(raw: bytes) -> dict[str, Any]:
    """An event in a savepoint of its own: refused, it leaves nothing half done."""
    inner = db.session.begin_nested()
    try:
        said = _done(*_read(raw))
        inner.commit()
    except Problem as error:
        inner.rollback()
        said = problems.body_of(error.status, error.detail, error.faults)
    except Refused as refusal:
        inner.rollback()
        said = problems.of_refusal(refusal, _status(refusal))
    return said


def _read(raw: bytes) -> tuple[Any, str, str]:
    from shared.intake.api_event_schemas import AnyEvent
    from shared.web.api import bodies

    event = bodies.parsed(raw, AnyEvent)
    return event, *_named(event)


def _done(event: Any, kind: str, number: str) -> dict[str, Any]:
    return {"id": _or_none(event.id), "status": 200, **_told(event, kind, number)}


def _names(raws: list[bytes]) -> list[tuple[str, str]]:
    """Kind and number of each event, as far as they are told."""
    from shared.web.api import bodies

    found = [(each.get("kind"), each.get("number")) for each in map(bodies.loosely, raws)]
    return [(kind, number) for kind, number in found if isinstance(kind, str) and isinstance(number, str)]


def _told(event: Any, kind: str, number: str) -> dict[str, Any]:
    from shared.intake.api_events import tell

    outcome = tell(event=event, kind=kind, number=number, token_id=gate.token().id, by=gate.actor())
    record = outcome.record
    told = {"kind": record.kind, "number": record.number, "status": record.status} if record is not None else None
    return {"applied": outcome.applied, "record": told, "ready": list(outcome.ready)}


def _named(event: Any) -> tuple[str, str]:
    """Which record a batch's event is about; goods are about none."""
    from shared.intake.api_event_schemas import GoodsReceived

    kind, number = _or_none(event.kind), _or_none(event.number)
    if not isinstance(event, GoodsReceived):
        faults = [
            (name, _("Ce champ est nécessaire.")) for name, given in (("kind", kind), ("number", number)) if not given
        ]
        if faults:
            raise Problem(422, faults=faults)
    return kind or "", number or ""


def _or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _status(refusal: Refused) -> int | None:
    from shared.intake.api_events import NotAllowed
    from shared.intake.api_records import Unknown

    return 404 if isinstance(refusal, Unknown) else 409 if isinstance(refusal, NotAllowed) else None
