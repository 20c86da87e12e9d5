"""« À signer » in the back office: what awaits one’s own signature for the company, and the pages that sign it."""

import uuid

from flask import Response, abort, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from backoffice import backoffice
from shared.documents.models import Document
from shared.extensions import db
from shared.signatures.accepting import Who
from shared.signatures.finding import awaits_staff
from shared.signatures.models import SignatureRequest, Signer
from shared.web import refusals, visitors
from shared.web.page import page
from shared.web.permissions import Permission, requires
from shared.web.signing_desk import Desk
from shared.web.signing_routes import Counter, open_counter

MOST = 100
AROUND = (
    joinedload(Signer.request).joinedload(SignatureRequest.document).joinedload(Document.folder),
    joinedload(Signer.request).joinedload(SignatureRequest.prepared_version),
    joinedload(Signer.request).joinedload(SignatureRequest.party),
    joinedload(Signer.staff),
)


def own_signer(signer_id: uuid.UUID) -> Signer:
    """What is asked of this member of staff; nobody countersigns for a colleague."""
    query = select(Signer).where(Signer.id == signer_id, Signer.staff_id == visitors.staff().id).options(*AROUND)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        refusals.refused("staff.denied", permission=Permission.SIGNATURES_SIGN.value)
        abort(404)
    return found


def own_desk() -> Desk:
    """The pages of signing as they stand in the back office."""
    staff = visitors.staff()
    who = Who(by=visitors.actor(), staff=staff, ip=visitors.client_ip(), user_agent=visitors.user_agent())
    prefix = url_for("backoffice.countersigning")
    return Desk(layout="layouts/backoffice.html", prefix=prefix, who=who, leave=prefix)


open_counter(Counter(backoffice, "/countersigning", "countersign", Permission.SIGNATURES_SIGN, own_signer, own_desk))


@backoffice.get("/countersigning")
@requires(Permission.SIGNATURES_SIGN)
def countersigning() -> Response:
    """What awaits one’s own signature, the oldest first."""
    query = awaits_staff(visitors.staff().id).options(*AROUND).limit(MOST)
    return page("backoffice/countersigning/list.html", awaiting=list(db.session.scalars(query)))
