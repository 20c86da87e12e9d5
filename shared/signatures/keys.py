"""The keys that serve here: read from the base, opened once a process, made on first use."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from sqlalchemy import func, select

from shared.clock import now
from shared.extensions import db, uuid7
from shared.secrets import seal_bytes, unseal_bytes
from shared.signatures.authority_models import KeyKind, KeySource, SigningKey

if TYPE_CHECKING:
    from asn1crypto import x509 as asn1

PURPOSE = "signing-key"

PrivateKey = EllipticCurvePrivateKey | RSAPrivateKey


@dataclass(frozen=True)
class Held:
    """A key ready to sign; `private` is None when it never leaves its PKCS#11 token."""

    id: uuid.UUID
    source: KeySource
    certificate: "asn1.Certificate"
    chain: "tuple[asn1.Certificate, ...]"
    private: PrivateKey | None
    not_after: datetime


_open: dict[uuid.UUID, Held] = {}


def current(kind: KeyKind) -> SigningKey | None:
    """The row that serves for this, or None before the first use."""
    return db.session.scalars(
        select(SigningKey).where(SigningKey.kind == kind, SigningKey.retired_at.is_(None))
    ).one_or_none()


def held(row: SigningKey) -> Held:
    """The key of a row, its private part opened once a process."""
    if row.id not in _open:
        # Fifteen megabytes: loaded by what signs or verifies, not by every page that asks whether there is a key.
        from asn1crypto import x509 as asn1

        _open[row.id] = Held(
            id=row.id,
            source=row.source,
            certificate=asn1.Certificate.load(row.certificate),
            chain=tuple(asn1.Certificate.load(each) for each in row.chain),
            private=_private(row),
            not_after=row.not_after,
        )
    return _open[row.id]


def lock(kind: KeyKind) -> None:
    """Held until the end of the transaction: two processes that start together make one key, not two."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"signing-key:{kind}", 0))))


def keep(
    *,
    kind: KeyKind,
    source: KeySource,
    certificate: bytes,
    chain: list[bytes],
    private: PrivateKey | None,
    by: str,
    token: dict[str, str] | None = None,
    pin: str = "",
) -> SigningKey:
    """Make this the key that serves; the one before is retired, its row stays. Certificates in DER."""
    before = current(kind)
    if before is not None:
        before.retired_at = now()
        db.session.flush()
    row = SigningKey(
        id=uuid7(),
        kind=kind,
        source=source,
        certificate=certificate,
        chain=chain,
        token=token or {},
        not_after=x509.load_der_x509_certificate(certificate).not_valid_after_utc,
        made_by=by,
    )
    secret = _written(private) if private is not None else pin.encode()
    row.sealed_key = seal_bytes(secret, PURPOSE, str(row.id))
    db.session.add(row)
    db.session.flush()
    return row


def pin_of(row: SigningKey) -> str:
    """The PIN of a PKCS#11 token, for whoever opens it."""
    return unseal_bytes(row.sealed_key or b"", PURPOSE, str(row.id)).decode()


def _private(row: SigningKey) -> PrivateKey | None:
    if row.source is KeySource.PKCS11 or row.sealed_key is None:
        return None
    key = load_der_private_key(unseal_bytes(row.sealed_key, PURPOSE, str(row.id)), password=None)
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise ValueError("A signing key is elliptic or RSA.")
    return key


def _written(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
