"""« À signer »: what awaits this person, and the pages on which they read, sign and take away what they signed."""

import uuid

from flask import Response, url_for

from portal import portal
from portal._signer import around_it, awaiting, desk, several_or_404, signer_or_404
from shared.extensions import db
from shared.signatures.finding import signed_by
from shared.signatures.models import Signer, SignerState
from shared.signatures.standing import ENDED
from shared.web import signing, signing_reading, visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.signing_routes import Counter, open_counter

SHOWN = 30

open_counter(Counter(portal, "/signatures", "signature", Permission.PORTAL_SIGN, signer_or_404, desk))


@portal.get("/signatures")
@requires(Permission.PORTAL_SIGN)
def signatures() -> Response:
    """What awaits a signature, then what was signed lately."""
    ended = (SignerState.ACCEPTED, SignerState.SEALED, SignerState.REFUSED, SignerState.DELEGATED)
    query = signed_by(visitors.seat()).where(Signer.state.in_(ended)).options(*around_it())
    past = db.session.scalars(query.order_by(Signer.ended_at.desc(), Signer.id).limit(SHOWN)).all()
    return page("portal/signatures/list.html", awaiting=awaiting(), past=past, void=ENDED)


@portal.get("/documents/<uuid:document_id>/signature")
@requires(Permission.PORTAL_SIGN)
def signature_of(document_id: uuid.UUID) -> Response:
    """Where the link of a message leads: to this person's own page for that document, else to the list."""
    query = signed_by(visitors.seat()).where(Signer.request.has(document_id=document_id))
    found = db.session.scalars(query.order_by(Signer.id.desc()).limit(1)).first()
    return go(url_for("portal.signature", signer_id=found.id) if found else url_for("portal.signatures"))


@portal.get("/signatures/<uuid:signer_id>/proof")
@requires(Permission.PORTAL_SIGN)
def signature_proof(signer_id: uuid.UUID) -> Response:
    """The proof, sealed too."""
    return signing_reading.proof(signer_or_404(signer_id), desk())


@portal.get("/signatures/together")
@requires(Permission.PORTAL_SIGN)
def signatures_together() -> Response:
    """Several documents by one act, once each has been read."""
    return signing.sign_page(several_or_404(), desk())


@portal.post("/signatures/together/sign")
@requires(Permission.PORTAL_SIGN)
def signatures_together_now() -> Response:
    """« Signer les documents »."""
    return signing.sign(several_or_404(), desk())


@portal.post("/signatures/together/code")
@requires(Permission.PORTAL_SIGN)
def signatures_together_code() -> Response:
    """One code for all of them."""
    return signing.send_code(several_or_404(), desk())
