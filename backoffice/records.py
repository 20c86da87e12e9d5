"""« Pièces »: quotes, invoices, orders… one list for each kind that is declared."""

from typing import Any

from flask import Response, request

from backoffice import backoffice
from backoffice.party_page import page_url
from backoffice.reach import party_for, scope
from backoffice.record_reach import Reach, kind_for
from backoffice.record_words import badge, date_label, is_late, kind_icon
from backoffice.records_filter import asked_of, statuses_of
from shared.records.declaring import Kind
from shared.records.listing import late_field
from shared.records.listing import records as found_records
from shared.web.page import page
from shared.web.permissions import Permission, requires


@backoffice.get("/records")
@requires(Permission.RECORDS_SEE)
def records() -> Response:
    """The first kind in reach."""
    return _list(kind_for(None))


@backoffice.get("/records/<kind>")
@requires(Permission.RECORDS_SEE)
def records_list(kind: str) -> Response:
    """The records of one kind, narrowed by the address bar, fifty at a time."""
    return _list(kind_for(kind))


def _list(reach: Reach) -> Response:
    asked, seen = asked_of(reach.kind), scope(Permission.RECORDS_SEE)
    party = party_for(asked.filter.party_id, Permission.RECORDS_SEE) if asked.filter.party_id else None
    after, before = request.args.get("after", ""), request.args.get("before", "")
    return page(
        "backoffice/records/list.html",
        blocks=("results",),
        kind=reach.kind,
        kinds=reach.kinds,
        found=found_records(seen, asked.filter, after=after, before=before),
        asked=asked,
        party=party,
        statuses=statuses_of(reach.kind),
        may_edit=reach.may_edit,
        import_url=page_url("records_import", kind=reach.kind.key) if reach.may_edit else "",
        **words_of(reach.kind),
    )


def words_of(kind: Kind) -> dict[str, Any]:
    """What the lines of a list say of their kind."""
    late = late_field(kind)
    return {
        "late_name": late,
        "late_label": date_label(kind, late) if late else "",
        "badge": badge,
        "is_late": is_late,
        "icon": kind_icon(kind),
    }
