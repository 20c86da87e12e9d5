"""« Renoncer au contrat ici », then « confirmer la rétractation »: two steps, no reason asked, a dated receipt."""

import uuid

from flask import Response, url_for

from portal import portal
from portal._signer import signer_or_404
from portal.signatures_forms import WithdrawForm
from shared.errors import Refused
from shared.extensions import db
from shared.signatures.confirming import targets
from shared.signatures.models import Signer
from shared.signatures.naming import name_of
from shared.signatures.withdrawing import last_day, may_withdraw, withdraw
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@portal.get("/signatures/<uuid:signer_id>/withdraw")
@requires(Permission.PORTAL_SIGN)
def signature_withdraw(signer_id: uuid.UUID) -> Response:
    """What is withdrawn from, by whom, and where the receipt goes; nothing happens yet."""
    signer = signer_or_404(signer_id)
    if not may_withdraw(signer):
        return go(url_for("portal.signature", signer_id=signer.id))
    ways = [way for way in targets(signer, visitors.seat().account) if way.channel == "email"]
    return _page(signer, WithdrawForm(name=name_of(signer), address=ways[0].address if ways else ""))


@portal.post("/signatures/<uuid:signer_id>/withdraw")
@requires(Permission.PORTAL_SIGN)
def signature_withdraw_now(signer_id: uuid.UUID) -> Response:
    """« Confirmer la rétractation »; pressed twice, the first one holds."""
    signer, form = signer_or_404(signer_id), WithdrawForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        withdraw(
            signer=signer,
            name=form.name.data,
            address=form.address.data,
            account=visitors.seat().account,
            ip=visitors.client_ip(),
            by=visitors.actor(),
        )
    except Refused as refused:
        db.session.rollback()
        return _page(signer, form, 422, blame(form, refused))
    return go(url_for("portal.signature", signer_id=signer.id))


def _page(signer: Signer, form: WithdrawForm, status: int = 200, sentence: str = "") -> Response:
    return page(
        "portal/signatures/withdraw.html",
        status=status,
        signer=signer,
        form=form,
        sentence=sentence,
        until=last_day(signer.request),
    )
