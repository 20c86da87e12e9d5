"""Internal exchanges submitted to the parties: each accepts or refuses, and reads the others as far as it may."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from portal import portal
from portal._record import record_or_404, state_of
from portal.records import refused_page
from shared.clock import today
from shared.errors import Refused
from shared.extensions import db
from shared.records.answering import answer_exchange
from shared.records.exchanges import own_answers
from shared.records.kinds import KINDS
from shared.records.listed import records
from shared.records.visible import lists_of
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

EXCHANGES = tuple(key for key, kind in KINDS.items() if kind.is_internal and kind.on_portal)


@portal.get("/exchanges")
@requires(Permission.PORTAL_READ)
def exchange_list() -> Response:
    """Agreements and vouchers, the newest first."""
    seat, day = visitors.seat(), today()
    found = records(seat=seat, kinds=EXCHANGES, after=request.args.get("after", ""))
    return page(
        "portal/records/exchanges.html",
        blocks=("results",),
        rows=found.rows,
        after=found.after,
        kinds=KINDS,
        answers=own_answers(record_ids=[each.id for each in found.rows], party_id=seat.party_id),
        state=lambda each: state_of(KINDS[each.kind], each.status, None, day),
        lists=lists_of(seat),
    )


@portal.post("/exchanges/<uuid:record_id>/answer")
@requires(Permission.PORTAL_SIGN)
def exchange_answer(record_id: uuid.UUID) -> Response:
    """Accept, or refuse and say why."""
    found, seat = record_or_404(record_id, *EXCHANGES)
    answer, reason = request.form.get("answer", ""), request.form.get("reason", "")
    try:
        answer_exchange(record=found, party=seat.party, answer=answer, by=visitors.actor(), reason=reason)
    except Refused as refused:
        db.session.rollback()
        return refused_page(record_id, refused, reason=reason)
    flash(_("Votre réponse est enregistrée."), "success")
    return go(url_for("portal.record", record_id=record_id))
