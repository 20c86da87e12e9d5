"""Whether a party takes information messages: staff write what they were told; document notices go on."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.reach import party_for
from shared.notifications.preferring import prefer
from shared.notifications.refusals import Subject
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.post("/parties/<uuid:party_id>/information")
@requires(Permission.PARTIES_EDIT)
def party_information(party_id: uuid.UUID) -> Response:
    """Write the choice of the party's cells and main contact."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    wanted = request.form.get("information") == "on"
    prefer(subject=Subject(party_id=party.id), information=wanted, by=visitors.actor(), how="backoffice")
    if wanted:
        flash(_("Ce tiers reçoit de nouveau les informations."), "success")
    else:
        flash(_("Ce tiers ne reçoit plus d’informations ; il reste prévenu de ses documents."), "success")
    return go(url_for("backoffice.party_contacts", party_id=party.id, _anchor="informations"))
