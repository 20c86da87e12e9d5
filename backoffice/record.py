"""One record: what it says, what may be done with it, what it is worth and what was paid."""

import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice import record_details as details
from backoffice.record_moves import asks, fields_of, given, is_grave
from backoffice.record_page import tab
from backoffice.record_reach import may, record_for
from backoffice.record_words import title_of
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.records import changing, finding, moving, stating
from shared.records.allocating import waits_for
from shared.records.declaring import Kind, Move
from shared.records.models import Record
from shared.records.sharing import OWING
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/record/<uuid:record_id>")
@requires(Permission.RECORDS_SEE)
def record(record_id: uuid.UUID) -> Response:
    """The tab « Détails »."""
    found, kind = record_for(record_id, Permission.RECORDS_SEE)
    return tab("backoffice/records/show.html", found, kind, **_details(found, kind))


@backoffice.route("/record/<uuid:record_id>/move/<move>", methods=["GET", "POST"])
@requires(Permission.RECORDS_EDIT)
def record_move(record_id: uuid.UUID, move: str) -> Response:
    """Make a move: at once, or after the page that asks what it needs to know."""
    found, kind = record_for(record_id, Permission.RECORDS_EDIT)
    wanted = next((each for each in kind.moves if each.key == move), None) or abort(404)
    if request.method == "GET":
        return _question(found, kind, wanted)
    try:
        made = moving.move(record=found, move=move, by=visitors.actor(), **given(kind, wanted))
    except Refused as refusal:
        db.session.rollback()
        found, kind = record_for(record_id, Permission.RECORDS_EDIT)
        if asks(kind, wanted):
            return _question(found, kind, wanted, refusal)
        return tab("backoffice/records/show.html", found, kind, status=422, **_details(found, kind, refusal.sentence))
    told = _("« %(move)s » : c’est fait.", move=_(wanted.label)) if made else _("C’était déjà fait : rien n’a changé.")
    flash(told, "success")
    return go(url_for("backoffice.record", record_id=record_id))


@backoffice.post("/record/<uuid:record_id>/state")
@requires(Permission.RECORDS_EDIT)
def record_state(record_id: uuid.UUID) -> Response:
    """Enter a state code: those who wait for it are told, once."""
    found, kind = record_for(record_id, Permission.RECORDS_EDIT)
    code = request.form.get("state_code") or None
    try:
        changed = changing.change(record=found, by=visitors.actor(), values={"state_code": code})
    except Refused as refusal:
        db.session.rollback()
        found, kind = record_for(record_id, Permission.RECORDS_EDIT)
        return tab("backoffice/records/show.html", found, kind, status=422, **_details(found, kind, refusal.sentence))
    flash(_("Le code d’état est saisi.") if changed else _("C’était déjà fait : rien n’a changé."), "success")
    return go(url_for("backoffice.record", record_id=record_id))


def _question(found: Record, kind: Kind, wanted: Move, refusal: Refused | None = None) -> Response:
    return page(
        "backoffice/records/move.html",
        blocks=("dialog",),
        status=422 if refusal else 200,
        record=found,
        kind=kind,
        move=wanted,
        title=_("%(move)s « %(what)s » ?", move=_(wanted.label), what=title_of(kind, found)),
        leads_to=_(kind.status(wanted.to).label) if wanted.to else "",
        fields=fields_of(kind, wanted),
        grave=is_grave(kind, wanted),
        typed=request.form,
        refusal=refusal,
    )


def _details(found: Record, kind: Kind, sentence: str = "") -> dict[str, Any]:
    names = names_of(actor for actor in (found.created_by, found.moved_by) if actor)
    lines = found.lines if kind.has_lines else []
    return {
        "sentence": sentence,
        "moves": moving.possible(found) if may(Permission.RECORDS_EDIT, found) else [],
        "asks": asks,
        "is_grave": is_grave,
        "amounts": details.amounts(kind, found),
        "facts": details.facts(kind, found, names),
        "appointment": details.appointment(kind, found),
        "parties": details.parties(kind, found),
        "is_owing": kind.has_balance and found.status in OWING and found.balance > 0,
        "shares": finding.shares_of(found) if kind.has_balance or kind.key == "payment" else [],
        "lines": lines,
        "codes": stating.state_codes(kind.key) if "state_code" in kind.fields else None,
        "is_order": kind.key == "order",
        "waits": kind.key == "order" and found.status == "validated" and bool(waits_for(found)),
    }
