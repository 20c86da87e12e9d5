"""Signatures as CMS structures (RFC 5652) with their CAdES attributes, written directly in DER.

A general ASN.1 library takes ten times as long to write the same bytes; what reads them is pyHanko, in the tests too.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from asn1crypto import core, x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from shared.signatures.keys import PrivateKey

SEQUENCE, SET, OCTETS, INTEGER, NULL = 0x30, 0x31, 0x04, 0x02, 0x05
FIRST, SECOND = 0xA0, 0xA1  # context tags

DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
TIMESTAMP_INFO = "1.2.840.113549.1.9.16.1.4"
TIMESTAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"
CONTENT_TYPE, DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"  # RFC 5035
PROTECTION = "1.2.840.113549.1.9.52"  # RFC 6211
SHA_256, ECDSA_256, RSA_256 = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2", "1.2.840.113549.1.1.11"


class Hand:
    """A key and its certificates, with all that stays the same from one signature to the next written once."""

    def __init__(self, key: PrivateKey, certificate: x509.Certificate, chain: Iterable[x509.Certificate]) -> None:
        self.key = key
        elliptic = isinstance(key, EllipticCurvePrivateKey)
        self._algorithm = der(SEQUENCE, oid(ECDSA_256)) if elliptic else der(SEQUENCE, oid(RSA_256), der(NULL))
        self._certificates = der(FIRST, certificate.dump(), *(each.dump() for each in chain))
        self._who = der(SEQUENCE, certificate.issuer.dump(), core.Integer(certificate.serial_number).dump())
        names = der(SEQUENCE, der(0xA4, certificate.issuer.dump()))
        serial = core.Integer(certificate.serial_number).dump()
        identity = der(SEQUENCE, der(OCTETS, certificate.sha256), der(SEQUENCE, names, serial))
        listed = der(SEQUENCE, der(SEQUENCE, identity))
        protected = der(SEQUENCE, _digest_algorithm(), bytes([SECOND]) + self._algorithm[1:])
        self._always = (attribute(SIGNING_CERTIFICATE, listed), attribute(PROTECTION, protected))

    def attributes(self, content_type: str, digest: bytes) -> bytes:
        """What is signed: the digest of the content, its type, by which certificate and algorithms. A SET, in DER."""
        own = attribute(CONTENT_TYPE, oid(content_type)), attribute(DIGEST, der(OCTETS, digest))
        return der(SET, *sorted((*own, *self._always)))

    def sign(self, attributes: bytes) -> bytes:
        """The signature value: ECDSA or RSA (PKCS#1 v1.5) over SHA-256."""
        if isinstance(self.key, EllipticCurvePrivateKey):
            return self.key.sign(attributes, ECDSA(SHA256()))
        return self.key.sign(attributes, PKCS1v15(), SHA256())

    def container(
        self, content_type: str, attributes: bytes, signature: bytes, *, content: bytes = b"", token: bytes = b""
    ) -> bytes:
        """The whole ContentInfo; without `content` it is detached, `token` is the timestamp of the signature."""
        signer = der(
            SEQUENCE,
            integer(1),
            self._who,
            _digest_algorithm(),
            bytes([FIRST]) + attributes[1:],
            self._algorithm,
            der(OCTETS, signature),
            der(SECOND, attribute(TIMESTAMP_TOKEN, token)) if token else b"",
        )
        inside = der(SEQUENCE, oid(content_type), der(FIRST, der(OCTETS, content)) if content else b"")
        version = integer(1 if content_type == DATA else 3)
        parts = (version, der(SET, _digest_algorithm()), inside, self._certificates, der(SET, signer))
        return der(SEQUENCE, oid(SIGNED_DATA), der(FIRST, der(SEQUENCE, *parts)))


def der(tag: int, *parts: bytes) -> bytes:
    """One value: its tag, the length of what it holds, that."""
    inside = b"".join(parts)
    size = len(inside)
    if size < 128:
        return bytes((tag, size)) + inside
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + inside


def attribute(name: str, value: bytes) -> bytes:
    """An attribute of one value."""
    return der(SEQUENCE, oid(name), der(SET, value))


def integer(value: int) -> bytes:
    """A number that is not negative."""
    return der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


@lru_cache(maxsize=64)
def oid(dotted: str) -> bytes:
    """An object identifier."""
    written: bytes = core.ObjectIdentifier(dotted).dump()
    return written


def sha256(data: bytes) -> bytes:
    """The only digest used here."""
    return hashlib.sha256(data).digest()


def _digest_algorithm() -> bytes:
    return der(SEQUENCE, oid(SHA_256))
