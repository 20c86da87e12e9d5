"""Somebody else's signatures: an RSA certificate that nobody here has issued."""

import functools
import io
from datetime import UTC, datetime, timedelta

from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper

from shared.signatures import certificates, cms
from shared.signatures.signers import KeySigner
from shared.signatures.timestamping import answered


@functools.cache
def somebody(
    days: int = 900, bits: int = 2048, named: str = "Notaire Dupont"
) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    """A self-signed certificate for `days` more days, and its key."""
    key = rsa.generate_private_key(65537, bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, named)])
    use = certificates.TIMESTAMPS if named.startswith("Horodateur") else certificates.DOCUMENTS
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=500))
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=True)
        .sign(key, SHA256())
    )
    return made, key


def stamped(data: bytes) -> bytes:
    """The file with the timestamp of a server that nobody here knows."""
    certificate, key = somebody(900, 2048, "Horodateur Martin")
    hand = cms.Hand(key, asn1.Certificate.load(certificate.public_bytes(Encoding.DER)), [])
    stamper = Stamper()
    stamper.hand = hand
    made = PdfTimeStamper(stamper).timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), "sha256")
    return bytes(made.getvalue())


class Stamper(TimeStamper):
    """Answers by itself."""

    hand: cms.Hand

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return answered(self.hand, req)


def signed(data: bytes, certifies: MDPPerm | None = None) -> bytes:
    """The file with their signature, which certifies it at that level."""
    certificate, key = somebody()
    hand = KeySigner(asn1.Certificate.load(certificate.public_bytes(Encoding.DER)), [], key)
    meta = PdfSignatureMetadata(
        field_name="Notaire",
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=certifies is not None,
        docmdp_permissions=certifies or MDPPerm.FILL_FORMS,
    )
    made = PdfSigner(meta, hand).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), bytes_reserved=8192)
    return bytes(made.getvalue())
