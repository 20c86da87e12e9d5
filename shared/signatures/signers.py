"""What pyHanko signs with: a key opened once, instead of parsed twice for each signature (51 ms in RSA-2048)."""

import logging
from collections.abc import Iterable

from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from shared.signatures.keys import PrivateKey

# pyHanko writes whole tracebacks on each signature that it cannot tell: what matters comes back as a value.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

HASHES: dict[str, HashAlgorithm] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}


class KeySigner(Signer):
    """Signs in this process with an elliptic or RSA key."""

    def __init__(self, certificate: asn1.Certificate, chain: Iterable[asn1.Certificate], key: PrivateKey) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple([certificate, *chain])
        super().__init__(signing_cert=certificate, cert_registry=registry, embed_roots=True)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature alone; a dry run only wants its size."""
        if dry_run:
            return bytes((self._key.key_size + 7) // 8 if not _is_elliptic(self._key) else 144)
        return signed(self._key, data, digest_algorithm)


def signed(key: PrivateKey, data: bytes, digest_algorithm: str = "sha256") -> bytes:
    """ECDSA, or RSA after PKCS#1 v1.5, as validators of PDF know them."""
    hashing = HASHES[digest_algorithm]
    if isinstance(key, EllipticCurvePrivateKey):
        return key.sign(data, ECDSA(hashing))
    return key.sign(data, PKCS1v15(), hashing)


def mechanism(key: PrivateKey) -> str:
    """The name of what `signed` does with SHA-256, in a CMS structure."""
    return "sha256_ecdsa" if _is_elliptic(key) else "sha256_rsa"


def _is_elliptic(key: PrivateKey) -> bool:
    return isinstance(key, EllipticCurvePrivateKey)
