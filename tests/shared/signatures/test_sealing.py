"""Seals as validators see them: pyHanko's AdES engine, poppler's pdfsig, openssl, and a hand that changes one byte."""

import asyncio
import hashlib
import io
import random
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import pem
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation, simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from sqlalchemy.orm import Session, scoped_session

from shared.clock import now
from shared.errors import Refused
from shared.signatures.authority import Sealer, authority
from shared.signatures.preparing import Place, Prepared, prepare
from shared.signatures.sealing import Changed, Sealed, company_seal, seal, seal_pdf
from shared.signatures.stamping import Stamp, words
from shared.signatures.validating import signatures_of
from tests.shared.signatures.papers import pdfsig, plain

CLARA = Sealer("Clara Fontaine", "P-1", "Menuiserie Ôrion", "clara@example.fr")
NGUYEN = Sealer("Nguyễn Thị Hồng", "P-2")
PLACES = [
    Place("S1", "Signature du client", "left"),
    Place("S2", "Signature du second client", "left"),
    Place("Societe", "Signature de la société", "right"),
]


@pytest.mark.row("P-17")
def test_every_seal_of_a_circuit_passes_the_validators(db_session: scoped_session[Session], tmp_path: Path) -> None:
    data = circuit().data
    found = signatures_of(data)
    kinds = [each.kind for each in found]
    assert kinds == ["certification", "timestamp", *(["signature", "timestamp"] * 3)]
    assert all(each.stands and each.ours and each.timestamped for each in found)
    assert [each.signer for each in found if each.kind == "signature"][:2] == [CLARA.common_name, NGUYEN.common_name]
    told = pdfsig(data, tmp_path / "signed.pdf")
    assert told.count("Signature is Valid") == 4
    assert "ETSI.CAdES.detached" in told
    assert [verdict(data, name) for name in ("Envoi", "S1", "S2", "Societe")] == [AdESPassed.OK] * 4


def test_a_seal_holds_after_its_certificate_has_died(db_session: scoped_session[Session]) -> None:
    prepared = prepare(plain(), places=PLACES[:1], title="Devis")
    signed = sealed(prepared.data, "S1", CLARA)
    reader = PdfFileReader(io.BytesIO(signed.data))
    found = next(each for each in reader.embedded_regular_signatures if each.field_name == "S1")
    later = simulate_future_ades_lta_validation(found, policy(), future_validation_time=now() + timedelta(days=400))
    assert asyncio.run(later).ades_subindic is AdESPassed.OK


@pytest.mark.row("P-17")
def test_three_hundred_random_changes_are_all_caught(db_session: scoped_session[Session]) -> None:
    """Each by the digest kept; those outside the hole of the last signature by the signatures themselves too."""
    prepared = prepare(plain(), places=PLACES[:1], title="Devis", certify=False)
    signed = seal(
        prepared.data,
        field="S1",
        signer=CLARA,
        stamp=Stamp(words("Clara Fontaine", now())),
        reason="Accord",
        level="B-B",
        expected_sha256=prepared.sha256,
    )
    reader = PdfFileReader(io.BytesIO(signed.data))
    _, hole, after, _ = reader.embedded_regular_signatures[0].byte_range
    draw = random.Random(4)
    for _turn in range(300):
        at = draw.randrange(len(signed.data))
        changed = bytearray(signed.data)
        changed[at] ^= 1 << draw.randrange(8)
        assert hashlib.sha256(changed).hexdigest() != signed.sha256
        if not hole <= at < after:
            assert digest_of(bytes(changed), hole, after) != digest_of(signed.data, hole, after)
    for at in (200, len(signed.data) // 3, len(signed.data) - 60):
        changed = bytearray(signed.data)
        changed[at] ^= 4
        assert not stands(bytes(changed), "S1")


def test_what_is_added_after_a_signature_is_seen(db_session: scoped_session[Session]) -> None:
    data = circuit().data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"0 0 300 300 re f")
        out = io.BytesIO()
        pdf.save(out)
    assert not any(each.stands for each in signatures_of(out.getvalue()))


def test_changed_document_is_signed_by_nobody(db_session: scoped_session[Session]) -> None:
    prepared = prepare(plain(), places=PLACES, title="Devis")
    with pytest.raises(Changed, match="a changé"):
        sealed(prepared.data + b"\n", "S1", CLARA, digest=prepared.sha256)
    first = sealed(prepared.data, "S1", CLARA)
    with pytest.raises(Changed):  # a second signer who still has the version before the first one in hand
        sealed(first.data, "S2", NGUYEN, digest=prepared.sha256)
    second = sealed(first.data, "S2", NGUYEN, digest=first.sha256)
    assert [each.field for each in signatures_of(second.data) if each.kind == "signature"] == ["S1", "S2"]


def test_field_is_signed_once(db_session: scoped_session[Session]) -> None:
    prepared = prepare(plain(), places=PLACES[:1], title="Devis")
    first = sealed(prepared.data, "S1", CLARA)
    with pytest.raises(Refused, match="déjà posée"):
        sealed(first.data, "S1", CLARA)


def test_own_seal_of_a_proof_file(db_session: scoped_session[Session]) -> None:
    made = seal_pdf(plain(2), reason="Dossier de preuve")
    assert [each.kind for each in signatures_of(made)] == ["signature", "timestamp"]
    assert all(each.stands and each.ours and each.timestamped for each in signatures_of(made))


def test_anybody_can_check_with_openssl(db_session: scoped_session[Session], tmp_path: Path) -> None:
    """The recipe that the proof file prints: cut the signed bytes out, check them against the authority."""
    prepared = prepare(plain(), places=PLACES[:1], title="Devis")
    signed = sealed(prepared.data, "S1", CLARA).data
    found = next(each for each in PdfFileReader(io.BytesIO(signed)).embedded_signatures if each.field_name == "S1")
    start, length, after, rest = found.byte_range
    (tmp_path / "content").write_bytes(signed[start:length] + signed[after : after + rest])
    (tmp_path / "sig.p7s").write_bytes(found.pkcs7_content)
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", authority().certificate.dump()))
    command = "openssl cms -verify -inform DER -in sig.p7s -content content -binary -CAfile root.pem -purpose any"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def circuit() -> Sealed:
    """Certified, signed by two, countersigned."""
    prepared: Prepared | Sealed = prepare(plain(), places=PLACES, title="Devis")
    first = sealed(prepared.data, "S1", CLARA)
    second = sealed(first.data, "S2", NGUYEN)
    return company_seal(
        second.data,
        field="Societe",
        stamp=Stamp(words("Guichet", now())),
        reason="Bon pour accord",
        expected_sha256=second.sha256,
    )


def sealed(data: bytes, field: str, signer: Sealer, digest: str | None = None) -> Sealed:
    return seal(
        data,
        field=field,
        signer=signer,
        stamp=Stamp(words(signer.common_name, now(), signer.organisation)),
        reason="Bon pour accord",
        expected_sha256=digest or hashlib.sha256(data).hexdigest(),
    )


def stands(data: bytes, field: str) -> bool:
    try:
        found = [each for each in signatures_of(data) if each.field == field]
    except Refused:
        return False
    return bool(found) and all(each.stands for each in found)


def digest_of(data: bytes, hole: int, after: int) -> bytes:
    return hashlib.sha256(data[:hole] + data[after:]).digest()


def verdict(data: bytes, field: str) -> object:
    reader = PdfFileReader(io.BytesIO(data))
    found = next(each for each in reader.embedded_regular_signatures if each.field_name == field)
    return asyncio.run(ades_lta_validation(found, policy())).ades_subindic


def policy() -> PdfSignatureValidationSpec:
    """Offline, and nothing trusted but the authority: what is needed must be in the file."""
    trust = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[authority().certificate]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    gathering = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = SignatureValidationSpec(trust, revinfo_gathering_policy=gathering, local_knowledge=LocalKnowledge())
    return PdfSignatureValidationSpec(replace(spec, ts_cert_validation_policy=trust))
