"""Certificates as they are written (RFC 5280): whose, how long, what for."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from shared.clock import now
from shared.signatures.keys import PrivateKey

TIMESTAMPS = ExtendedKeyUsageOID.TIME_STAMPING
DOCUMENTS = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
SKEW = timedelta(minutes=5)  # a clock that is late must not find the certificate unborn
LONGEST = 64  # characters of a name (RFC 5280, ub-common-name)


def named(common: str, organisation: str | None, serial: str | None = None) -> x509.Name:
    """A name of printable marks, cut where the format ends."""
    told = [(NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common), (NameOID.SERIAL_NUMBER, serial)]
    return x509.Name([x509.NameAttribute(oid, _short(value)) for oid, value in told if value and _short(value)])


def of_authority(name: x509.Name, key: EllipticCurvePrivateKey, life: timedelta) -> bytes:
    """The self-signed certificate of an authority that issues no other authority. DER."""
    return (
        _begun(name, name, key.public_key(), life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certifies=True), critical=True)
        .sign(key, SHA384())
        .public_bytes(Encoding.DER)
    )


def issued(
    subject: x509.Name,
    public: EllipticCurvePublicKey,
    life: timedelta,
    use: ObjectIdentifier,
    *,
    issuer: x509.Name,
    signer: PrivateKey,
    email: str = "",
) -> bytes:
    """A certificate for one use, signed by the authority's key. DER."""
    builder = (
        _begun(subject, issuer, public, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certifies=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=use == TIMESTAMPS)  # RFC 3161, 2.3
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if email and email.isascii():
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
    return builder.sign(signer, SHA384()).public_bytes(Encoding.DER)


def _begun(
    subject: x509.Name, issuer: x509.Name, public: EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    instant = now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(instant - SKEW)
        .not_valid_after(instant + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


def _short(text: str) -> str:
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:LONGEST].strip()
