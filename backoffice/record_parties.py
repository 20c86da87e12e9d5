"""The parties of an internal exchange: whom it is submitted to, besides its own."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.reach import party_for, scope
from backoffice.record_reach import kind_for, record_for
from backoffice.record_words import title_of
from shared.people import finding as people
from shared.records import entering
from shared.records.reaching import takes
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

FOUND = 20


@backoffice.get("/record/<uuid:record_id>/parties")
@requires(Permission.RECORDS_EDIT)
def record_parties(record_id: uuid.UUID) -> Response:
    """Choose one more."""
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    if not kind.is_internal:
        abort(404)
    reached = kind_for(kind.key, Permission.RECORDS_EDIT).families
    asked, q = request.args.get("family", ""), request.args.get("q", "")
    family = next((each for each in reached if each.key == asked), reached[0])
    there = {record.party_id, *(row.party_id for row in record.parties)}
    found = people.parties(family, scope(Permission.RECORDS_EDIT), q=q).rows
    return page(
        "backoffice/records/pick_party.html",
        blocks=("results",),
        record=record,
        name=title_of(kind, record),
        families=reached,
        family=family,
        q=q,
        found=[each for each in found if each.id not in there][:FOUND],
        here=url_for("backoffice.record_parties", record_id=record.id),
    )


@backoffice.post("/record/<uuid:record_id>/parties")
@requires(Permission.RECORDS_EDIT)
def record_join(record_id: uuid.UUID) -> Response:
    """Make it one of the parties; twice is once."""
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    party = party_for(request.form.get("party_id", type=uuid.UUID) or abort(400), Permission.RECORDS_EDIT)
    if not kind.is_internal or not takes(kind, party.family):
        abort(404)
    entering.join(record=record, parties=[party], by=visitors.actor())
    flash(_("« %(name)s » est une des parties.", name=party.name), "success")
    return go(url_for("backoffice.record", record_id=record_id))
