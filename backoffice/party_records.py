"""« Pièces » of one party: whatever their kind, the last entered first."""

import uuid

from flask import Response, request

from backoffice import backoffice
from backoffice.party_rows import tab
from backoffice.reach import party_for, scope
from backoffice.record_words import badge, is_late
from shared.people.models import Party
from shared.records.declaring import Kind
from shared.records.kinds import KINDS
from shared.records.listing import Filter, records
from shared.records.reaching import takes
from shared.web.permissions import Permission, requires


@backoffice.get("/parties/<uuid:party_id>/records")
@requires(Permission.RECORDS_SEE)
def party_records(party_id: uuid.UUID) -> Response:
    """All of them, or those of one kind."""
    party = party_for(party_id, Permission.RECORDS_SEE)
    kinds = _kinds(party)
    chosen = next((each.key for each in kinds if each.key == request.args.get("kind")), "")
    after, before = request.args.get("after", ""), request.args.get("before", "")
    narrowed = Filter(kind=chosen, party_id=party.id)
    return tab(
        "backoffice/parties/records.html",
        party,
        blocks=("results",),
        found=records(scope(Permission.RECORDS_SEE), narrowed, after=after, before=before),
        kinds=kinds,
        declared=KINDS,
        chosen=chosen,
        badge=badge,
        is_late=is_late,
        may_edit=scope(Permission.RECORDS_EDIT).reaches_family(party.family_id),
    )


def _kinds(party: Party) -> list[Kind]:
    return [kind for kind in KINDS.values() if takes(kind, party.family)]
