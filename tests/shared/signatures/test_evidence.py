"""The proof of a request: complete, sealed, verified offline, and worth nothing once a byte of it has changed."""

import contextlib
import copy
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import Flask

from shared.documents.storage import original_key, read, storage
from shared.extensions import db
from shared.sheets.proving import STEPS
from shared.signatures.authority import authority
from shared.signatures.chaining import FILE_NAME
from shared.signatures.models import RequestState, SignatureRequest
from shared.signatures.offline import NotAProof, check, proof_of
from shared.signatures.proving import proof_file, prove
from tests.factories import sealed

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def request_(app: Flask) -> SignatureRequest:
    return sealed.a_signed_request(sealed.a_signatory())


def document_of(request: SignatureRequest) -> bytes:
    assert request.latest_version is not None
    return read(storage(), original_key(request.latest_version.sha256))


def failing(data: bytes, document: bytes | None = None) -> list[str]:
    return [one.sentence for one in check(data, document) if not one.holds]


@pytest.mark.row("FR-16")
def test_the_proof_holds_who_how_what_and_when_and_verifies_offline(request_: SignatureRequest, tmp_path: Path) -> None:
    assert request_.state is RequestState.COMPLETED
    data = proof_file(request_)
    proof = proof_of(data)
    (signer,) = proof["signers"]
    made = signer["signature"]
    assert made["before_sha256"] == proof["document"]["prepared"]["sha256"] == made["shown_sha256"]
    assert made["after_sha256"] == proof["document"]["final"]["sha256"]
    assert made["ip"] == sealed.IP and made["device"] == sealed.AGENT and made["time_zone"] == "Europe/Paris"
    assert hashlib.sha256(made["consent_text"].encode()).hexdigest() == made["consent_sha256"]
    assert made["identity"]["how"] == "account" and made["identity"]["account_created_at"]
    assert made["accepted_at"]["utc"].endswith("Z") and made["accepted_at"]["paris"][-6:] in ("+01:00", "+02:00")
    kinds = [step["kind"] for step in proof["steps"]]
    assert kinds == ["created", "prepared", "asked", "opened", "read", "accepted", "sealed", "completed"]
    assert failing(data, document_of(request_)) == []
    command(tmp_path, data, document_of(request_), expected=0)


def command(folder: Path, proof: bytes, document: bytes, *, expected: int) -> str:
    """`flask signatures verify`, with the authority that the company publishes."""
    from flask import current_app

    (folder / "preuve.pdf").write_bytes(proof)
    (folder / "document.pdf").write_bytes(document)
    (folder / "autorite.cer").write_bytes(authority().certificate.dump())
    given = ["signatures", "verify", *(str(folder / name) for name in ("preuve.pdf", "document.pdf"))]
    done = current_app.test_cli_runner().invoke(args=[*given, "--authority", str(folder / "autorite.cer")])
    assert done.exit_code == expected, done.output
    return done.output


@pytest.mark.row("FR-16")
def test_one_byte_of_the_document_or_of_the_proof_and_it_no_longer_verifies(
    request_: SignatureRequest, tmp_path: Path
) -> None:
    data, document = proof_file(request_), document_of(request_)
    changed = bytearray(document)
    changed[len(changed) // 3] ^= 1
    assert "✗" in command(tmp_path, data, bytes(changed), expected=1)
    altered = bytearray(data)
    altered[len(altered) // 4] ^= 1
    with contextlib.suppress(NotAProof):  # the byte was one of the attached data
        assert failing(bytes(altered))


def rewritten(proof: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same data, each time with one lie."""
    for lie in ("facts", "order", "missing", "consent", "digest"):
        told = copy.deepcopy(proof)
        made = told["signers"][0]["signature"]
        if lie == "facts":
            told["steps"][3]["facts"]["ip"] = "198.51.100.1"
        elif lie == "order":
            told["steps"][1], told["steps"][2] = told["steps"][2], told["steps"][1]
        elif lie == "missing":
            del told["steps"][4]
        elif lie == "consent":
            made["consent_text"] += " Et je renonce à tout recours."
        else:
            made["before_sha256"] = "0" * 64
        yield told


def test_whoever_rewrites_the_data_is_caught_by_the_chain_or_the_digests(request_: SignatureRequest) -> None:
    data = read(storage(), original_key(request_.proof_json_sha256 or ""))
    assert failing(data) == []
    assert all(failing(json.dumps(lie).encode()) for lie in rewritten(json.loads(data)))


def test_the_sealed_file_carries_what_is_kept_beside_it_and_no_address_whole(request_: SignatureRequest) -> None:
    with pikepdf.open(io.BytesIO(proof_file(request_))) as pdf:
        carried = pdf.attachments[FILE_NAME].get_file().read_bytes()
    assert carried == read(storage(), original_key(request_.proof_json_sha256 or ""))
    contact = request_.signers[0].contact
    assert contact is not None and contact.email
    assert contact.email not in carried.decode() and "c•••@exemple.fr" in carried.decode()


def test_a_proof_is_made_once(request_: SignatureRequest) -> None:
    first = request_.proof_pdf_sha256
    prove(request_.id)
    db.session.refresh(request_)
    assert request_.proof_pdf_sha256 == first


def test_a_file_without_proof_is_said_to_be_none(request_: SignatureRequest) -> None:
    for data in (document_of(request_), b"{}", b"[]", b"rien"):
        with pytest.raises(NotAProof):
            check(data)


def test_every_step_that_a_verb_traces_has_a_french_name() -> None:
    sources = (path.read_text() for path in (CHECKOUT / "shared" / "signatures").glob("*.py"))
    traced = {kind for text in sources for kind in re.findall(r'trace\([^)]*?kind="([a-z_]+)"', text, re.S)}
    assert traced == STEPS.keys()
