"""« Portail client »: a ticket to look at the portal as a party, or as one of its contacts, in a new tab."""

import uuid

from flask import Response, request

from backoffice import backoffice
from backoffice.reach import party_for, scope
from shared.access import impersonating
from shared.errors import Refused
from shared.people.models import Party
from shared.web.entering import current
from shared.web.errors import EXPLANATIONS, explain
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.post("/parties/<uuid:party_id>/portal-client")
@requires(Permission.PORTAL_CLIENT)
def portal_client(party_id: uuid.UUID) -> Response:
    """Away to the portal, with a ticket for this browser; `access_id` names the contact as whom to look."""
    party = party_for(party_id, Permission.PORTAL_CLIENT)
    session, access_id = current(), request.form.get("access_id", type=uuid.UUID)
    assert session.row_id is not None
    try:
        ticket = impersonating.give_ticket(party=party, staff_session_id=session.row_id, access_id=access_id)
    except Refused:
        return explain(404, EXPLANATIONS[404])
    return go(f"/as-customer/{ticket}")


@backoffice.app_template_test("shown_as_customer")
def shown_as_customer(party: Party) -> bool:
    """Whether whoever asks may look as this party: decides the button, the view asks again."""
    return scope(Permission.PORTAL_CLIENT).reaches_family(party.family_id)
