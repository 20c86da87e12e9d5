"""Taking hold of a request or a signer: one hand at a time until the end of the transaction."""

import uuid
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.extensions import db
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerState

HOUR = timedelta(hours=1)  # during which staff undo a refusal or a delegation


def held(request_id: uuid.UUID) -> SignatureRequest:
    """The request as it stands, locked with everything below it; two signers at once wait for each other."""
    db.session.flush()
    query = select(SignatureRequest).where(SignatureRequest.id == request_id)
    locked = query.with_for_update(of=SignatureRequest).execution_options(populate_existing=True)
    request = db.session.scalars(locked).one()
    db.session.refresh(request, ["signers"])
    return request


def held_signer(signer: Signer) -> SignatureRequest:
    """The request of this signer, locked, and the signer as it stands."""
    request = held(signer.request_id)
    db.session.refresh(signer)
    return request


def must_be_asked(request: SignatureRequest, signer: Signer) -> None:
    """Raises Refused unless this person is the one who is asked to sign now."""
    if request.state is not RequestState.OPEN or signer.state is not SignerState.ASKED:
        raise Refused(why_not(request, signer))


def why_not(request: SignatureRequest, signer: Signer) -> str:
    """Why this person cannot sign now, in a sentence."""
    sentences = {
        RequestState.COMPLETED: _("Ce document est déjà signé par tous."),
        RequestState.REFUSED: _("La signature de ce document a été refusée : rien n’est plus demandé."),
        RequestState.CANCELLED: _("Cette demande de signature a été annulée : rien n’est plus demandé."),
        RequestState.EXPIRED: _("L’échéance de cette demande de signature est passée."),
        RequestState.PREPARING: _("Ce document est en préparation : revenez dans un instant."),
        RequestState.FAILED: _("Ce document n’a pas encore pu être préparé : nous nous en occupons."),
    }
    if request.state in sentences:
        return str(sentences[request.state])
    return {
        SignerState.WAITING: str(_("Ce n’est pas encore votre tour : d’autres signent d’abord.")),
        SignerState.ACCEPTED: str(_("Vous avez déjà signé ce document.")),
        SignerState.SEALED: str(_("Vous avez déjà signé ce document.")),
        SignerState.REFUSED: str(_("Vous avez refusé de signer ce document.")),
        SignerState.DELEGATED: _gone(signer),
    }.get(signer.state, "")


def _gone(signer: Signer) -> str:
    if signer.delegated_to_id is None:
        return str(_("La personne qui vous avait confié cette signature la donne elle-même."))
    return str(_("Vous avez confié cette signature à quelqu’un d’autre."))


def is_within_the_hour(moment: datetime | None) -> bool:
    """Whether something that happened then may still be undone."""
    return moment is not None and now() - moment <= HOUR
