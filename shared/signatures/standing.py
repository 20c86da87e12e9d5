"""How far a request is, as its signer reads it: never a word of who else signs."""

import enum

from shared.signatures.models import RequestState, Signer, SignerState


class Standing(enum.StrEnum):
    """What the page of a signer who has nothing to sign says."""

    SEALING = "sealing"  # accepted; the seal is being put on
    AWAITING_OTHERS = "awaiting_others"  # sealed; others are to sign
    PROVING = "proving"  # signed by all; the proof is being made
    COMPLETED = "completed"
    NOT_YET = "not_yet"  # others before, or the file is being prepared
    REFUSED = "refused"  # by this signer
    REFUSED_BY_OTHER = "refused_by_other"
    DELEGATED = "delegated"
    TAKEN_BACK = "taken_back"  # what was delegated to this signer was given back
    CANCELLED = "cancelled"
    EXPIRED = "expired"


ENDED = {
    RequestState.CANCELLED: Standing.CANCELLED,
    RequestState.EXPIRED: Standing.EXPIRED,
    RequestState.REFUSED: Standing.REFUSED_BY_OTHER,
}
OWN = {SignerState.REFUSED: Standing.REFUSED, SignerState.DELEGATED: Standing.DELEGATED}


def standing(signer: Signer) -> Standing:
    """Where the request stands for this signer."""
    ours = signer.request
    if signer.state is SignerState.DELEGATED and signer.delegated_to_id is None:
        return Standing.TAKEN_BACK
    if signer.state in OWN:
        return OWN[signer.state]
    if ours.state in ENDED:
        return ENDED[ours.state]
    if ours.state is RequestState.COMPLETED:
        return Standing.COMPLETED if ours.proved_at is not None else Standing.PROVING
    if signer.state is SignerState.ACCEPTED:
        return Standing.SEALING
    return Standing.AWAITING_OTHERS if signer.state is SignerState.SEALED else Standing.NOT_YET


def signed_so_far(signer: Signer) -> tuple[int, int]:
    """How many seals the file carries, and how many it will."""
    asked = [one for one in signer.request.signers if one.state is not SignerState.DELEGATED]
    return sum(one.state is SignerState.SEALED for one in asked), len(asked)
