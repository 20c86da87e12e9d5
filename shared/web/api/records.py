"""Records: created or completed, read one by one or by pages."""

from flask import Response, abort, request

from shared.records.kinds import KINDS
from shared.web.api import api, gate, paging
from shared.web.api.answering import Told, once, said
from shared.web.api.gate import needs


@api.put("/records/<kind>/<path:number>")
@needs("records:write")
@once
def put_record(kind: str, number: str) -> Told:
    """Create the record of that number, or complete it; `number` may be the name that the ERP gives it."""
    from shared.intake import api_reading, api_records
    from shared.intake.api_schemas import RecordBody
    from shared.web.api import bodies

    _refuse_unknown(kind)
    body = bodies.read(RecordBody)
    record, is_new = api_records.put_record(kind=kind, name=number, body=body, by=gate.actor())
    return api_reading.record_told(record), 201 if is_new else 200


@api.get("/records/<kind>/<path:number>")
@needs("records:read")
def one_record(kind: str, number: str) -> Response:
    """One record."""
    from shared.intake import api_reading, api_records

    _refuse_unknown(kind)
    return said(api_reading.record_told(api_records.find(kind, number) or abort(404)))


@api.get("/records/<kind>")
@needs("records:read")
def list_records(kind: str) -> Response:
    """Records of a kind, by pages, in the order of their creation; `party` and `status` narrow them."""
    from shared.intake import api_reading

    _refuse_unknown(kind)
    narrowed = {name: request.args.get(name, "") for name in ("party", "status")}
    return paging.said_page(*api_reading.records(kind, **narrowed, **paging.asked()))


def _refuse_unknown(kind: str) -> None:
    if kind not in KINDS:
        abort(404)
