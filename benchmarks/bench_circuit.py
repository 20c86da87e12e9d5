"""Contracts sealed in the background: what the portal's pages lose meanwhile, and that every seal is put on."""

import io
import statistics
import sys
import time
import uuid
from typing import Any

import pikepdf
from sqlalchemy import func, insert, select

from benchmarks import people
from benchmarks.figures import Figure, report
from benchmarks.installation import Installation, installation
from benchmarks.loading import GZIP, requests_per_second
from benchmarks.processes import still
from benchmarks.serving import GUICHET, gunicorn
from shared.clock import now
from shared.documents.models import Document, Folder, SignatureSide, Version
from shared.extensions import db, uuid7
from shared.people.models import Contact
from shared.queues import ring
from shared.signatures.models import (
    Level,
    RequestState,
    Signature,
    SignatureMode,
    SignatureRequest,
    Signer,
    SignerRole,
    SignerState,
)
from shared.signatures.preparing import Place, Prepared, prepare
from shared.transactions import transaction

CONTRACTS, ROUNDS, INVOICES = 1_000, 6, 50
PDF = "application/pdf"
PATIENCE = 1_200.0  # seconds


def main() -> None:
    """Measure, print, keep. An argument makes fewer contracts."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else CONTRACTS
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            parties = people.customers(max(number * 10 // 9 + 2, INVOICES))
            people.invoices(parties[0], INVOICES, [people.a_pdf(20_000)])
            person = people.portal_cookie(parties[0])
            requests = _accepted(parties, number)
        report("circuit", _measured(made, person, requests))


def _measured(made: Installation, person: str, requests: list[uuid.UUID]) -> list[Figure]:
    url = f"{gunicorn(made, GUICHET)}/statement"

    def pages() -> float:
        return requests_per_second(url, GZIP, f"Cookie: {person}")

    pages()
    worker = made.python("-m", "shared.engines.working", "now")
    with made.app.app_context():
        for each in requests:
            ring("now", "seal_signatures", str(each))
    start = time.monotonic()
    _await(made, lambda count: count > 0)
    alone, beside, stopped = [], [], 0.0
    for _round in range(ROUNDS):
        with still(worker.pid):
            before = time.monotonic()
            alone.append(pages())
            stopped += time.monotonic() - before
        beside.append(pages())
    unfinished = len(requests) - _sealed(made)
    if not unfinished:
        raise RuntimeError("all was sealed before the pages were measured: ask for more contracts")
    _await(made, lambda count: count == len(requests))
    rate = len(requests) / (time.monotonic() - start - stopped)
    ratio = statistics.median(with_it / without for with_it, without in zip(beside, alone, strict=True))
    medians = statistics.median(beside), statistics.median(alone)
    name = f"portal's list while {len(requests):,} contracts are sealed"
    return [
        Figure(name, medians[0], "req/s", medians[1], ratio, 0.8),
        Figure("contracts sealed B-LTA by one worker beside it", rate, "/s", 1.0, rate, 1.0),
    ]


def _sealed(made: Installation) -> int:
    with made.app.app_context():
        return db.session.scalar(select(func.count()).where(Signature.sealed_at.is_not(None))) or 0


def _await(made: Installation, enough: Any) -> None:
    until = time.monotonic() + PATIENCE
    while not enough(_sealed(made)):
        if time.monotonic() > until:
            raise RuntimeError(f"{_sealed(made)} seals in {PATIENCE:g} s")
        time.sleep(0.2)


def _accepted(parties: list[uuid.UUID], number: int) -> list[uuid.UUID]:
    """As many requests, each accepted by its contact: the same contract, prepared once."""
    made = prepare(_contract(), places=[Place("S1", "Signature", "right")], title="Contrat")
    source, prepared = _kept(_contract()), _kept(made.data)
    folder = db.session.scalars(select(Folder).where(Folder.shipped_key == "c.to_sign")).one()
    contacts = db.session.execute(select(Contact.id, Contact.party_id).where(Contact.party_id.in_(parties)))
    rows: dict[Any, list[dict[str, Any]]] = {}
    requests = []
    for contact_id, party_id in contacts.all()[:number]:
        requests.append(_one(rows, contact_id, party_id, folder.id, source, prepared, made))
    for model, values in rows.items():
        db.session.execute(insert(model), values)
    if len(requests) < number:
        raise RuntimeError("not enough contacts")
    return requests


def _one(
    rows: dict[Any, list[dict[str, Any]]],
    contact_id: uuid.UUID,
    party_id: uuid.UUID,
    folder_id: uuid.UUID,
    source: tuple[str, int],
    prepared: tuple[str, int],
    made: Prepared,
) -> uuid.UUID:
    document, first, second, request, signer = (uuid7() for _ in range(5))
    moment = now()

    def add(model: Any, **values: Any) -> None:
        rows.setdefault(model, []).append(values)

    add(Document, id=document, party_id=party_id, folder_id=folder_id, title="Contrat", filed_by="system")
    for ident, number, (sha256, size) in ((first, 1, source), (second, 2, prepared)):
        kept = {"sha256": sha256, "size": size, "mime": PDF, "kind": "pdf", "pages": made.pages}
        add(Version, id=ident, document_id=document, number=number, filename="Contrat.pdf", **kept)
    add(
        SignatureRequest,
        id=request,
        document_id=document,
        party_id=party_id,
        state=RequestState.OPEN,
        level=Level.SIMPLE,
        side=SignatureSide.RIGHT,
        source_version_id=first,
        prepared_version_id=second,
        prepared_sha256=made.sha256,
        latest_version_id=second,
        asked_by="system",
        opened_at=moment,
    )
    add(
        Signer,
        id=signer,
        request_id=request,
        role=SignerRole.PARTY,
        field="S1",
        contact_id=contact_id,
        state=SignerState.ACCEPTED,
        asked_at=moment,
        read_at=moment,
    )
    add(
        Signature,
        signer_id=signer,
        mode=SignatureMode.TYPED,
        typed="Camille Martin",
        name="Camille Martin",
        consent_text="J’accepte.",
        locale="fr",
        shown_sha256=made.sha256,
        identity={"how": "account"},
        accepted_at=moment,
    )
    return request


def _contract() -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        held = io.BytesIO()
        pdf.save(held, deterministic_id=True)
    return held.getvalue()


def _kept(data: bytes) -> tuple[str, int]:
    return people.stored(data), len(data)


if __name__ == "__main__":
    main()
