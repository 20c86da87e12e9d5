"""The company's certificate from outside: brought, refused with a sentence, used, told before it ends."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from sqlalchemy.orm import Session, scoped_session

from shared.config import CHECKOUT
from shared.errors import Refused
from shared.signatures.authority_models import KeyKind, KeySource
from shared.signatures.bringing import bring_pkcs12, bring_token, make_again
from shared.signatures.expiring import days_left, warn
from shared.signatures.keys import current, held
from shared.signatures.preparing import Place, prepare
from shared.signatures.sealing import company_seal
from shared.signatures.stamping import Stamp
from shared.signatures.trying import try_signature
from shared.signatures.validating import Found, signatures_of
from tests.shared.signatures.foreign import somebody
from tests.shared.signatures.papers import plain

PLACES = (Path("/usr/lib"), CHECKOUT / ".cache/debian/usr/lib")
SOFTHSM = str(next((found for place in PLACES for found in place.glob("**/softhsm/libsofthsm2.so")), "libsofthsm2.so"))


def test_brought_certificate_seals(db_session: scoped_session[Session]) -> None:
    row = bring_pkcs12(data=a_file(), password="motdepasse", by="test")
    assert row.source is KeySource.PKCS12
    assert b"BEGIN" not in (row.sealed_key or b"")
    found = countersigned()
    assert found.signer == "Notaire Dupont"
    assert found.stands and found.ours and found.timestamped
    make_again(compromised=False, by="test")
    again = countersigned()
    assert again.signer != "Notaire Dupont"
    assert again.stands and again.ours


@pytest.mark.parametrize(
    ("data", "password", "words"),
    [
        (lambda: a_file(), "autre", "vérifiez le mot de passe"),
        (lambda: b"pas un certificat", "motdepasse", "vérifiez le mot de passe"),
        (lambda: a_file(days=-2), "motdepasse", "a expiré"),
        (lambda: a_file(bits=1024), "motdepasse", "trop courte"),
        (lambda: bytes(200_000), "", "trop grand"),
    ],
    ids=["password", "other-file", "expired", "short", "huge"],
)
def test_refused_with_a_sentence(db_session: scoped_session[Session], data: object, password: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        bring_pkcs12(data=data(), password=password, by="test")  # type: ignore[operator]
    assert current(KeyKind.COMPANY) is None


def test_its_end_is_told_sixty_days_before(db_session: scoped_session[Session]) -> None:
    assert days_left() is None
    bring_pkcs12(data=a_file(), password="motdepasse", by="test")
    assert days_left() is None
    assert warn() is None
    bring_pkcs12(data=a_file(days=20), password="motdepasse", by="test")
    assert days_left() in (19, 20)
    assert [warn(), warn()] == [30, None]
    bring_pkcs12(data=a_file(days=5), password="motdepasse", by="test")
    assert [warn(), warn()] == [7, None]


def test_compromised_certificate_is_revoked(db_session: scoped_session[Session]) -> None:
    prepared = prepare(plain(), places=[Place("Societe", "Société", "right")], title="Devis", certify=False)
    stolen = make_again(compromised=False, by="test")
    make_again(compromised=True, by="test")
    assert stolen.revoked_at is not None and stolen.retired_at is not None
    sealed = company_seal(
        prepared.data, field="Societe", stamp=Stamp(["x"]), reason="Accord", expected_sha256=prepared.sha256
    )
    assert all(each.stands and each.ours for each in signatures_of(sealed.data))
    assert held(stolen).certificate.serial_number != int(sealed.serial, 16)


def test_trial_goes_through_every_stage(db_session: scoped_session[Session]) -> None:
    walked = try_signature()
    assert [stage["key"] for stage in walked] == ["company_key", "seal", "validation"]
    assert all(stage["ok"] for stage in walked), walked


def test_token_seals_without_giving_its_key(
    db_session: scoped_session[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match="n’existe pas sur la machine"):
        bring_token(module="/nowhere/lib.so", token="Guichet", label="societe", pin="1234", by="test")
    a_token(tmp_path, monkeypatch)
    with pytest.raises(Refused, match="code PIN"):
        bring_token(module=SOFTHSM, token="Guichet", label="societe", pin="9999", by="test")
    row = bring_token(module=SOFTHSM, token="Guichet", label="societe", pin="1234", by="test")
    assert row.source is KeySource.PKCS11
    assert b"1234" not in (row.sealed_key or b"")
    found = countersigned()
    assert found.signer == "Notaire Dupont"
    assert found.stands and found.ours and found.timestamped


def countersigned() -> Found:
    prepared = prepare(plain(), places=[Place("Societe", "Société", "right")], title="Devis", certify=False)
    sealed = company_seal(
        prepared.data,
        field="Societe",
        stamp=Stamp(["Signé électroniquement par", "La société"]),
        reason="Bon pour accord",
        expected_sha256=hashlib.sha256(prepared.data).hexdigest(),
    )
    return next(each for each in signatures_of(sealed.data) if each.field == "Societe")


def a_file(days: int = 900, bits: int = 2048) -> bytes:
    certificate, key = somebody(days, bits)
    return serialize_key_and_certificates(b"societe", key, certificate, None, BestAvailableEncryption(b"motdepasse"))


def a_token(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in software that holds the key and the certificate."""
    (folder / "tokens").mkdir()
    (folder / "softhsm.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm.conf"))
    certificate, key = somebody()
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "cert.der").write_bytes(certificate.public_bytes(Encoding.DER))
    told = "softhsm2-util --init-token --free --label Guichet --so-pin 12345678 --pin 1234"
    subprocess.run(told.split(), check=True, capture_output=True)
    told = "softhsm2-util --import key.pem --token Guichet --label societe --id a1 --pin 1234"
    subprocess.run(told.split(), check=True, capture_output=True, cwd=folder)
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    token = pkcs11.lib(SOFTHSM).get_token(token_label="Guichet")
    with token.open(rw=True, user_pin="1234") as session:
        told_of = decode_x509_certificate((folder / "cert.der").read_bytes())
        told_of |= {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: "societe", pkcs11.Attribute.ID: b"\xa1"}
        session.create_object(told_of)
