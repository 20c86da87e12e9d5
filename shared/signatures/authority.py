"""The installation's own authority: it issues a certificate for each signature, and says which ones are revoked.

X.509 after RFC 5280. Everything a validator needs later is embedded in the signed file, so nothing is published.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ObjectIdentifier
from sqlalchemy import select

from shared.clock import now
from shared.extensions import db
from shared.settings.reading import company
from shared.signatures import certificates
from shared.signatures.authority_models import KeyKind, KeySource, SigningKey
from shared.signatures.keys import Held, PrivateKey, current, held, keep, lock

AUTHORITY_LIFE = timedelta(days=20 * 365)
TIMESTAMP_LIFE = timedelta(days=10 * 365)
COMPANY_LIFE = timedelta(days=3 * 365)
ONE_SHOT_LIFE = timedelta(hours=1)
RENEWED = timedelta(days=60)  # before the end of a key made here, another takes its place
CRL_LIFE = timedelta(days=7)
CRL_KEPT = timedelta(minutes=1)


@dataclass(frozen=True)
class Sealer:
    """Who signs; `serial` is what the installation calls this person, never a social security number."""

    common_name: str
    serial: str
    organisation: str | None = None
    email: str | None = None


def authority() -> Held:
    """The authority, made on first use. Its certificate is what the settings page offers for download."""
    row = current(KeyKind.AUTHORITY)
    if row is None:
        lock(KeyKind.AUTHORITY)
        row = current(KeyKind.AUTHORITY) or _make_authority()
    return held(row)


def own_key(kind: KeyKind) -> SigningKey:
    """The row of the timestamp or company key, made here on first use and renewed before its end."""
    row = current(kind)
    if row is None or _is_ending(row):
        lock(kind)
        row = current(kind)
        if row is None or _is_ending(row):
            row = make_own(kind, by="system")
    return row


def make_own(kind: KeyKind, *, by: str) -> SigningKey:
    """Another timestamp or company key, issued by the authority; the one before is retired."""
    issuer, key = authority(), ec.generate_private_key(ec.SECP256R1())
    name = company().name or "Guichet"
    if kind is KeyKind.TIMESTAMP:
        subject = certificates.named(f"Horodatage de {name}", name)
        certificate = _issue(issuer, subject, key, TIMESTAMP_LIFE, certificates.TIMESTAMPS)
    else:
        certificate = _issue(issuer, certificates.named(name, name), key, COMPANY_LIFE, certificates.DOCUMENTS)
    chain = [issuer.certificate.dump()]
    return keep(kind=kind, source=KeySource.MADE, certificate=certificate, chain=chain, private=key, by=by)


def one_shot(sealer: Sealer) -> tuple[asn1.Certificate, EllipticCurvePrivateKey]:
    """A certificate for one signature and its P-256 key, which the caller forgets at once. Valid one hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = certificates.named(sealer.common_name, sealer.organisation, sealer.serial)
    made = _issue(authority(), subject, key, ONE_SHOT_LIFE, certificates.DOCUMENTS, sealer.email or "")
    return asn1.Certificate.load(made), key


_crls: dict[uuid.UUID, tuple[datetime, tuple[int, ...], asn1_crl.CertificateList]] = {}


def revocations() -> asn1_crl.CertificateList:
    """What the authority has revoked, signed (RFC 5280, 5); made again every minute, and after a revocation."""
    issuer = authority()
    revoked = _revoked()
    made = _crls.get(issuer.id)
    serials = tuple(serial for serial, _at in revoked)
    if made is not None and made[0] > now() - CRL_KEPT and made[1] == serials:
        return made[2]
    instant = now()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_subject(issuer))
        .last_update(instant)
        .next_update(instant + CRL_LIFE)
        .add_extension(x509.CRLNumber(int(instant.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(_private(issuer).public_key()), False)
    )
    for serial, at in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
        builder = builder.add_revoked_certificate(entry)
    signed = builder.sign(_private(issuer), SHA384()).public_bytes(Encoding.DER)
    _crls[issuer.id] = (instant, serials, asn1_crl.CertificateList.load(signed))
    return _crls[issuer.id][2]


def revoke(row: SigningKey) -> None:
    """Say that a key issued here is no longer to be trusted, from now on."""
    row.revoked_at = now()
    db.session.flush()


def _revoked() -> list[tuple[int, datetime]]:
    rows = db.session.execute(
        select(SigningKey.certificate, SigningKey.revoked_at)
        .where(SigningKey.revoked_at.is_not(None), SigningKey.source == KeySource.MADE)
        .order_by(SigningKey.id)
    )
    return [(asn1.Certificate.load(certificate).serial_number, at) for certificate, at in rows if at is not None]


def _make_authority() -> SigningKey:
    key, ours = ec.generate_private_key(ec.SECP384R1()), company().name or "Guichet"
    made = certificates.of_authority(certificates.named(f"Autorité de signature de {ours}", ours), key, AUTHORITY_LIFE)
    return keep(kind=KeyKind.AUTHORITY, source=KeySource.MADE, certificate=made, chain=[], private=key, by="system")


def _issue(
    issuer: Held,
    subject: x509.Name,
    key: EllipticCurvePrivateKey,
    life: timedelta,
    use: ObjectIdentifier,
    email: str = "",
) -> bytes:
    return certificates.issued(
        subject, key.public_key(), life, use, issuer=_subject(issuer), signer=_private(issuer), email=email
    )


def _subject(of: Held) -> x509.Name:
    return x509.load_der_x509_certificate(of.certificate.dump()).subject


def _private(of: Held) -> PrivateKey:
    if of.private is None:
        raise ValueError("The authority's key is kept here.")
    return of.private


def _is_ending(row: SigningKey) -> bool:
    return row.source is KeySource.MADE and row.not_after < now() + RENEWED
