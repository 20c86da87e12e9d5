"""« Dématérialisation » of one party: a decision about invoices or quotes, with what proves it."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.parties_form import ConsentForm
from backoffice.party_page import around_party
from backoffice.reach import party_for
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.people.consenting import NEEDED_BY, mark_of, set_state, standing_decision
from shared.people.models import ConsentState, Party
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.post("/parties/<uuid:party_id>/consent/<document_class>")
@requires(Permission.PARTIES_EDIT)
def party_consent(party_id: uuid.UUID, document_class: str) -> Response:
    """« En demande », « Accepté » or « Refusé » for invoices or quotes; what it holds or frees follows."""
    found, form = party_for(party_id, Permission.PARTIES_EDIT), ConsentForm()
    if document_class not in NEEDED_BY:
        abort(404)
    if not form.validate_on_submit():
        return _again(found, document_class, form)
    try:
        set_state(
            party=found,
            document_class=document_class,
            state=ConsentState(form.state.data),
            by=visitors.actor(),
            proof=form.proof.data or "",
            document_id=form.paper(),
            seen=form.seen.data,
        )
    except Stale as stale:
        form.form_errors.append(stale.sentence)
        form.seen.data = mark_of(standing_decision(found, document_class))  # saved again, it was known
        return _again(found, document_class, form, status=409)
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.extend(filter(None, [blame(form, refusal)]))
        return _again(party_for(party_id, Permission.PARTIES_EDIT), document_class, form)
    flash(_("La dématérialisation est enregistrée, avec la date et votre nom."), "success")
    return go(url_for("backoffice.party", party_id=found.id) + "#dematerialisation")


def _again(party: Party, document_class: str, form: ConsentForm, status: int = 422) -> Response:
    """The page of the party with the form as it was typed, open, and what it lacks; what stands is said above it."""
    return page("backoffice/parties/show.html", status=status, **around_party(party, refused=(document_class, form)))
