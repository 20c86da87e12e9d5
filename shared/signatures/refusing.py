"""A signer says no, with a reason: the owner and those who had signed are told, nobody is asked any more."""

from flask_babel import gettext as _

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.signatures.ending import end, reopen
from shared.signatures.finding import request_of
from shared.signatures.holding import held_signer, is_within_the_hour, must_be_asked
from shared.signatures.models import RequestState, SignatureRequest, Signer, SignerState
from shared.signatures.tracing import trace

LONGEST_REASON = 1000


def refuse(*, signer: Signer, reason: str, by: str) -> None:
    """Close the whole request. Raises Refused (field `reason`) without a reason, or when nothing is asked of them."""
    told = reason.replace("\r\n", "\n").strip()  # as the page counted it
    request = held_signer(signer)
    must_be_asked(request, signer)
    if not told:
        raise Refused(_("Dites en quelques mots pourquoi vous ne signez pas : c’est transmis avec le refus."), "reason")
    if len(told) > LONGEST_REASON:
        raise Refused(_("Cette raison dépasse mille caractères : raccourcissez-la."), field="reason")
    signer.state, signer.reason, signer.ended_at = SignerState.REFUSED, told, now()
    end(request=request, state=RequestState.REFUSED, by=by, because=told)
    trace(request=request, kind="refused", by=by, signer=signer, reason=told)
    facts = {"request": str(request.id), "signer": str(signer.id), "reason": told}
    record("signature.refused", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)


def undo_refusal(*, request: SignatureRequest, by: str) -> None:
    """Within the hour, staff take a refusal made by mistake back: the signer is asked again.

    Raises Refused after the hour, or when the document is asked for anew since.
    """
    signer = next((each for each in request.signers if each.state is SignerState.REFUSED), None)
    if signer is None:
        raise Refused(_("Cette demande n’a pas été refusée : il n’y a rien à annuler."))
    request = held_signer(signer)
    if request.state is not RequestState.REFUSED or not is_within_the_hour(request.ended_at):
        raise Refused(_("L’heure pendant laquelle un refus s’annule est passée : demandez une nouvelle signature."))
    if request_of(request.document_id) is not None:
        raise Refused(_("Une nouvelle demande est en cours pour ce document : ce refus ne s’annule plus."))
    signer.state, signer.reason, signer.ended_at = SignerState.ASKED, "", None
    void = request.proof_pdf_sha256
    reopen(request=request)
    trace(request=request, kind="refusal_undone", by=by, signer=signer, **({"void_proof": void} if void else {}))
    facts = {"request": str(request.id), "signer": str(signer.id)}
    record("signature.refusal_undone", by=by, party_id=request.party_id, document_id=request.document_id, facts=facts)
