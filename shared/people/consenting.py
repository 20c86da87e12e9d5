"""Dematerialisation: « En demande », « Accepté », « Refusé », each decision a row with its author and proof."""

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Consent, ConsentState, Party

NEEDED_BY = ("invoice", "quote")  # the only classes that « Accepté » alone publishes
LONGEST_PROOF = 500


def set_state(*, party: Party, document_class: str, state: ConsentState, by: str, proof: str = "") -> Consent:
    """Write a decision that replaces the standing one; what it holds or frees follows in the same transaction.

    Saying again what stands changes nothing. Raises Refused for a class that needs no agreement.
    """
    if document_class not in NEEDED_BY:
        raise Refused(_("Ces documents n’attendent pas d’accord : ils sont publiés sans lui."))
    proof = " ".join(proof.split())
    if len(proof) > LONGEST_PROOF:
        raise Refused(
            _("La preuve compte plus de %(most)s caractères : résumez-la.", most=LONGEST_PROOF), field="proof"
        )
    standing = _standing(party, document_class)
    if standing is not None and standing.state == state and proof in ("", standing.proof):
        return standing
    if standing is not None:
        standing.superseded_at = now()
        db.session.flush()
    decision = Consent(party_id=party.id, document_class=document_class, state=state, at=now(), by=by, proof=proof)
    db.session.add(decision)
    db.session.flush()
    facts = {"document_class": document_class, "state": state.value, "proof": proof}
    record("consent.changed", by=by, party_id=party.id, facts=facts)
    return decision


def _standing(party: Party, document_class: str) -> Consent | None:
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    query = select(Consent).where(
        Consent.party_id == party.id, Consent.document_class == document_class, Consent.superseded_at.is_(None)
    )
    return db.session.scalars(query).one_or_none()
