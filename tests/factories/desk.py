"""What the back office shows of signatures: a request of every kind, a circuit, and a bulk asking before and after."""

from shared.clock import now, today
from shared.documents.models import Folder
from shared.extensions import db, uuid7
from shared.people.models import Party, Staff
from shared.signatures.batch_models import SigningBatch, SigningBatchLine
from shared.signatures.models import (
    Circuit,
    Question,
    RequestState,
    SignatureRequest,
    Signer,
    SignerRole,
    SignerState,
    Trace,
)
from tests.factories.counter import a_seat
from tests.factories.signing import a_request


def addresses(parties: list[Party], clerk: Staff, folder: Folder, document_id: object) -> dict[str, list[str]]:
    """Page of the back office → its addresses."""
    requests = [_one(party, clerk, state) for party, state in zip(parties * 2, RequestState, strict=False)]
    circuit = Circuit(id=uuid7(), label="Direction puis société", folder_id=None, due_days=15)
    circuit.steps = [
        {"rank": 1, "role": "party", "contact_role": "Direction", "staff_id": None},
        {"rank": 2, "role": "company", "contact_role": "", "staff_id": str(clerk.id)},
    ]
    db.session.add(circuit)
    batches = [_batch(parties, folder, clerk, begun) for begun in (False, True)]
    db.session.flush()
    return {
        "signatures": ["/signatures", "/signatures?state=running&family=customers", "/signatures?state=expired&due=x"],
        "signature": [f"/signatures/{each.id}" for each in requests],
        "document_ask": [f"/documents/{document_id}/signature"],
        "signature_circuits": ["/signatures/circuits"],
        "signature_circuit_new": ["/signatures/circuits/new"],
        "signature_circuit": [f"/signatures/circuits/{circuit.id}"],
        "signature_bulk": ["/signatures/bulk", f"/signatures/bulk?folder={folder.id}"],
        "signature_batch": [f"/signatures/bulk/{each.id}" for each in batches],
    }


def _one(party: Party, clerk: Staff, state: RequestState) -> SignatureRequest:
    contact = a_seat(party).access.contact
    request = a_request(party, contact, staff=clerk, title=f"Contrat {state.value}")
    first = request.signers[0]
    db.session.add(Question(id=uuid7(), signer_id=first.id, text="Quel délai ?"))
    delegate = Signer(id=uuid7(), request_id=request.id, role=SignerRole.PARTY, contact=a_seat(party).access.contact)
    delegate.state, delegate.asked_at = SignerState.ASKED, now()
    db.session.add(delegate)
    db.session.flush()
    first.state, first.delegated_to_id, first.ended_at = SignerState.DELEGATED, delegate.id, now()
    first.field, delegate.field = None, "S9"
    db.session.add(
        Trace(request_id=request.id, number=1, kind="created", by="system", facts={}, previous_hash="0", hash="1")
    )
    request.state, request.copies, request.due_on = state, ["copie@exemple.fr"], today()
    if state is RequestState.FAILED:
        request.failure, request.failed_at = "Le fichier n’a pas pu être lu.", now()
    if state in (RequestState.REFUSED, RequestState.CANCELLED, RequestState.EXPIRED, RequestState.COMPLETED):
        request.ended_at, request.ended_because = now(), "Trop tard"
    db.session.flush()
    return request


def _batch(parties: list[Party], folder: Folder, clerk: Staff, begun: bool) -> SigningBatch:
    batch = SigningBatch(id=uuid7(), folder_id=folder.id, asked_by=f"staff:{clerk.id}")
    db.session.add(batch)
    db.session.flush()
    if begun:
        batch.started_at = batch.ended_at = now()
        lines = [
            SigningBatchLine(batch_id=batch.id, position=n, party_id=party.id, why="Déjà demandé.")
            for n, party in enumerate(parties)
        ]
        db.session.add_all(lines)
    return batch
