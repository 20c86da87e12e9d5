"""Dematerialisation: « En demande », « Accepté », « Refusé », each decision a row with its author and proof."""

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.documents.models import Document
from shared.errors import Refused, Stale
from shared.events.actors import staff_name
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Consent, ConsentState, Party

NEEDED_BY = ("invoice", "quote")  # the only classes that « Accepté » alone publishes
LONGEST_PROOF = 500


def set_state(
    *,
    party: Party,
    document_class: str,
    state: ConsentState,
    by: str,
    proof: str = "",
    document_id: uuid.UUID | None = None,
    seen: str | None = None,
) -> Consent:
    """Write a decision that replaces the standing one; what it holds or frees follows in the same transaction.

    `document_id` is the signed paper where it is filed with this party. Saying again what stands changes nothing.
    `seen` is the id of the decision that was shown, empty where there was none.
    Raises Refused for a class that needs no agreement, or for somebody else's document; Stale when another decision
    stands than the one that was shown.
    """
    if document_class not in NEEDED_BY:
        raise Refused(_("Ces documents n’attendent pas d’accord : ils sont publiés sans lui."))
    _refuse_strange(party, document_id)
    proof = _checked(proof)
    standing = standing_decision(party, document_class)
    if standing is not None and _says(standing, state, proof, document_id):
        return standing
    if seen is not None and seen != mark_of(standing):
        raise Stale(_("Quelqu’un a enregistré cette fiche pendant que vous la modifiiez. Rien n’a été écrasé."))
    return decide(party=party, document_class=document_class, state=state, by=by, proof=proof, document_id=document_id)


def mark_of(standing: Consent | None) -> str:
    """What a form keeps of the decision that it was shown with."""
    return str(standing.id) if standing is not None else ""


def decide(
    *,
    party: Party,
    document_class: str,
    state: ConsentState,
    by: str,
    proof: str = "",
    document_id: uuid.UUID | None = None,
    effective_at: datetime | None = None,
) -> Consent:
    """Write the decision whatever stands, of any class; Refused for a proof that is too long."""
    proof = _checked(proof)
    standing = standing_decision(party, document_class)
    if standing is not None:
        standing.superseded_at = now()
        db.session.flush()
    decision = Consent(party_id=party.id, document_class=document_class, state=state, at=now(), by=by, proof=proof)
    decision.document_id, decision.effective_at = document_id, effective_at
    db.session.add(decision)
    db.session.flush()
    facts = {"document_class": document_class, "state": state.value, "proof": proof}
    record("consent.changed", by=by, party_id=party.id, facts=facts)
    return decision


def history(party: Party) -> list[tuple[Consent, str | None]]:
    """Every decision, the latest first, each with the name of the member of staff who wrote it."""
    query = select(Consent, staff_name(Consent.by.expression)).where(Consent.party_id == party.id)
    rows = db.session.execute(query.order_by(Consent.at.desc(), Consent.id.desc()).limit(100))
    return [(consent, name) for consent, name in rows]


def standing_decision(party: Party, document_class: str) -> Consent | None:
    """The decision that holds; until the end of the transaction nobody else writes another."""
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    query = select(Consent).where(
        Consent.party_id == party.id, Consent.document_class == document_class, Consent.superseded_at.is_(None)
    )
    return db.session.scalars(query).one_or_none()


def _checked(proof: str) -> str:
    proof = " ".join(proof.split())
    if len(proof) > LONGEST_PROOF:
        raise Refused(
            _("La preuve compte plus de %(most)s caractères : résumez-la.", most=LONGEST_PROOF), field="proof"
        )
    return proof


def _says(standing: Consent, state: ConsentState, proof: str, document_id: uuid.UUID | None) -> bool:
    same_proof = proof in ("", standing.proof) and document_id in (None, standing.document_id)
    return standing.state == state and same_proof


def _refuse_strange(party: Party, document_id: uuid.UUID | None) -> None:
    if document_id is None:
        return
    if db.session.scalar(select(Document.id).where(Document.id == document_id, Document.party_id == party.id)) is None:
        raise Refused(_("Ce document n’est pas à ce tiers : choisissez-en un de sa liste."), field="document_id")
