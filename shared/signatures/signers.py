"""What pyHanko signs with: a key opened once, instead of parsed twice for each signature (51 ms in RSA-2048)."""

import logging
from collections.abc import Iterable
from typing import Any

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from shared.signatures import cms
from shared.signatures.keys import PrivateKey

# pyHanko writes whole tracebacks on each signature that it cannot tell: what matters comes back as a value.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

LARGEST = 512  # bytes of a signature value


class KeySigner(Signer):
    """Signs in this process with an elliptic or RSA key, always over SHA-256."""

    def __init__(self, certificate: asn1.Certificate, chain: Iterable[asn1.Certificate], key: PrivateKey) -> None:
        registry, chain = SimpleCertificateStore(), [*chain]  # type: ignore[no-untyped-call]
        registry.register_multiple([certificate, *chain])
        super().__init__(signing_cert=certificate, cert_registry=registry, embed_roots=True)
        self._hand = cms.Hand(key, certificate, chain)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature alone."""
        return bytes(LARGEST) if dry_run else self._hand.sign(data)

    async def async_sign(  # type: ignore[override]
        self,
        data_digest: bytes,
        digest_algorithm: str,
        dry_run: bool = False,
        timestamper: TimeStamper | None = None,
        **_settings: Any,
    ) -> asn1_cms.ContentInfo:
        """The detached signature of a PDF, with the timestamp of its value when somebody gives one."""
        attributes = self._hand.attributes(cms.DATA, data_digest)
        signature = await self.async_sign_raw(attributes, digest_algorithm, dry_run)
        token = b""
        if timestamper is not None:
            token = (await timestamper.async_timestamp(cms.sha256(signature), "sha256")).dump()
        return asn1_cms.ContentInfo.load(self._hand.container(cms.DATA, attributes, signature, token=token))
