"""Accounting entries of closed invoices: read, then marked as taken over."""

from flask import Response, request

from shared.web.api import api, gate, paging
from shared.web.api.answering import Told, once
from shared.web.api.gate import needs


@api.get("/accounting/entries")
@needs("accounting:read")
def list_entries() -> Response:
    """The entries that were not taken over yet, oldest first; `exported=1` lists those that were."""
    from shared.records import exporting

    return paging.said_page(*exporting.told(exported=request.args.get("exported") == "1", **paging.asked()))


@api.post("/accounting/entries/exported")
@needs("accounting:write")
@once
def mark_entries() -> Told:
    """Mark entries as taken over; marked again, they stay as they were."""
    from shared.intake.api_schemas import Marking
    from shared.records import exporting
    from shared.web.api import bodies

    return {"marked": exporting.mark(ids=bodies.read(Marking).entries, by=gate.actor())}, 200
