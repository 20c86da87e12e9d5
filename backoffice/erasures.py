"""« Effacements »: those that were carried out, and one being asked for: what goes, what stays and until when."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.reach import party_for
from backoffice.retention import around, everywhere, pdf
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.extensions import db
from shared.people.models import Party
from shared.people.rights_models import Erasure
from shared.retention import finding
from shared.retention.erasing import Forecast, erase, foresee
from shared.retention.receipt import ERASED, erased_words, erasure_receipt
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/retention/erasures")
@requires(Permission.RETENTION_SEE)
def retention_erasures() -> Response:
    """The latest, each with its receipt."""
    everywhere(Permission.RETENTION_SEE)
    rows = finding.erasures()
    return page("backoffice/retention/erasures.html", rows=rows, names=names_of({each.by for each in rows}), **around())


@backoffice.get("/retention/erasures/<uuid:erasure_id>.pdf")
@requires(Permission.RETENTION_SEE)
def retention_erasure(erasure_id: uuid.UUID) -> Response:
    """The receipt, to be handed to the person."""
    everywhere(Permission.RETENTION_SEE)
    found = db.session.get(Erasure, erasure_id) or abort(404)
    return pdf(erasure_receipt(found), "recu-d-effacement.pdf")


@backoffice.get("/parties/<uuid:party_id>/erase")
@requires(Permission.RETENTION_ACT)
def party_erase_ask(party_id: uuid.UUID) -> Response:
    """First what would be erased and what would be kept, until when; nothing is done."""
    everywhere(Permission.RETENTION_ACT)
    return _page(party_for(party_id, Permission.RETENTION_ACT))


@backoffice.post("/parties/<uuid:party_id>/erase")
@requires(Permission.RETENTION_ACT)
def party_erase(party_id: uuid.UUID) -> Response:
    """Erase what was shown; something else meanwhile, and nothing is."""
    everywhere(Permission.RETENTION_ACT)
    party = party_for(party_id, Permission.RETENTION_ACT)
    seen = {what: request.form.get(f"seen-{what}", -1, type=int) for what in ERASED}
    reason = request.form.get("reason", "")
    try:
        if request.form.get("sure") != "1":
            raise Refused(_("Cochez la case : un effacement ne se reprend pas. Rien n’a été effacé."))
        made = erase(party=party, reason=reason, seen=seen, by=visitors.actor())
    except (Refused, Stale) as refusal:
        db.session.rollback()
        party = party_for(party_id, Permission.RETENTION_ACT)
        return _page(party, status=422, sentence=refusal.sentence, reason=reason)
    flash(_("L’effacement est fait. Son reçu dit ce qui est gardé, pourquoi et jusqu’à quand."), "success")
    return go(url_for("backoffice.retention_erasures") + f"#e-{made.id}")


def _page(party: Party, status: int = 200, sentence: str = "", reason: str = "") -> Response:
    forecast: Forecast = foresee(party)
    return page(
        "backoffice/retention/erase.html",
        status=status,
        party=party,
        forecast=forecast,
        erased=erased_words(forecast.erased),
        sentence=sentence,
        reason=reason,
        **around(),
    )
