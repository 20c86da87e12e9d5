"""« Gels »: what is not deleted while a lawsuit or an audit goes on."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.retention import around, everywhere
from shared.documents.models import Document
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.people.models import Party
from shared.retention import finding
from shared.retention.holding import hold, lift, standing
from shared.retention.models import RetentionHold
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/retention/holds")
@requires(Permission.RETENTION_SEE)
def retention_holds() -> Response:
    """Those that stand, or with `?lifted=1` those of before."""
    everywhere(Permission.RETENTION_SEE)
    lifted = request.args.get("lifted") == "1"
    found = finding.holds(lifted=lifted, after=request.args.get("after", ""), before=request.args.get("before", ""))
    actors = {row.placed_by for row in found.rows} | {row.lifted_by for row in found.rows if row.lifted_by}
    return page(
        "backoffice/retention/holds.html",
        blocks=("results",),
        found=found,
        lifted=lifted,
        names=names_of(actors),
        **around(),
    )


@backoffice.get("/retention/hold")
@requires(Permission.RETENTION_ACT)
def retention_hold_new() -> Response:
    """Asks why, for `?party=` or `?document=`."""
    everywhere(Permission.RETENTION_ACT)
    return _form(*_subject())


@backoffice.post("/retention/hold")
@requires(Permission.RETENTION_ACT)
def retention_hold() -> Response:
    """Place it, with its reason."""
    everywhere(Permission.RETENTION_ACT)
    party, document = _subject()
    reason = request.form.get("reason", "")
    try:
        hold(party=party, document=document, reason=reason, by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        return _form(*_subject(), status=422, sentence=refusal.sentence, reason=reason)
    flash(_("Le gel est posé : rien de ce qu’il couvre ne sera supprimé avant que vous ne le leviez."), "success")
    return go(url_for("backoffice.retention_holds"))


@backoffice.get("/retention/holds/<uuid:hold_id>/lift")
@requires(Permission.RETENTION_ACT)
def retention_lift_ask(hold_id: uuid.UUID) -> Response:
    """Asks why it ends."""
    everywhere(Permission.RETENTION_ACT)
    return _lift(_standing(hold_id))


@backoffice.post("/retention/holds/<uuid:hold_id>/lift")
@requires(Permission.RETENTION_ACT)
def retention_lift(hold_id: uuid.UUID) -> Response:
    """End it, with the reason."""
    everywhere(Permission.RETENTION_ACT)
    because = request.form.get("reason", "")
    try:
        lift(hold=_standing(hold_id), because=because, by=visitors.actor())
    except Refused as refusal:
        db.session.rollback()
        return _lift(_standing(hold_id), status=422, sentence=refusal.sentence, reason=because)
    flash(_("Le gel est levé : la durée de conservation reprend son cours."), "success")
    return go(url_for("backoffice.retention_holds"))


def _subject() -> tuple[Party | None, Document | None]:
    party_id = request.values.get("party", type=uuid.UUID)
    document_id = request.values.get("document", type=uuid.UUID)
    party = db.session.get(Party, party_id) if party_id else None
    document = db.session.get(Document, document_id) if document_id else None
    if (party is None) == (document is None):
        abort(404)
    return party, document


def _standing(hold_id: uuid.UUID) -> RetentionHold:
    found = db.session.get(RetentionHold, hold_id)
    if found is None or found.lifted_at is not None:
        abort(404)
    return found


def _form(
    party: Party | None, document: Document | None, status: int = 200, sentence: str = "", reason: str = ""
) -> Response:
    return page(
        "backoffice/retention/hold.html",
        status=status,
        party=party,
        document=document,
        known=standing(party=party, document=document),
        sentence=sentence,
        reason=reason,
        **around(),
    )


def _lift(found: RetentionHold, status: int = 200, sentence: str = "", reason: str = "") -> Response:
    return page(
        "backoffice/retention/lift.html",
        status=status,
        hold=found,
        sentence=sentence,
        reason=reason,
        **around(),
    )
