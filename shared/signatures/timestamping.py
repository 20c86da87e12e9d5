"""Who says when: the timestamp servers of the settings in their order, then our own authority (RFC 3161).

A signature without a timestamp is never made in the place of one that should have it.
"""

import secrets
import time
import uuid
from collections.abc import Iterator
from hashlib import sha256

from asn1crypto import algos, cms, core, tsp, x509
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from sqlalchemy import select

from shared.clock import now
from shared.extensions import db
from shared.signatures.authority import own_key
from shared.signatures.authority_models import KeyKind, TimestampServer
from shared.signatures.keys import Held, PrivateKey, held
from shared.signatures.signers import mechanism, signed
from shared.signatures.timestamp_servers import ServerStamper

POLICY = "0.4.0.2023.1.1"  # ETSI EN 319 421, best practices policy
RESTS = 60.0  # seconds during which a server that failed is not asked again

_failed: dict[uuid.UUID, float] = {}
_stampers: dict[uuid.UUID, "OwnStamper"] = {}


class OwnStamper(TimeStamper):
    """Our own authority, within this process."""

    def __init__(self, key: Held) -> None:
        super().__init__()
        if key.private is None:
            raise ValueError("The timestamp key is kept here.")
        self._key: PrivateKey = key.private
        self._certificate, self._chain = key.certificate, key.chain

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer to one request."""
        return answered(req, self._key, self._certificate, self._chain)


def stampers() -> Iterator[tuple[str, TimeStamper]]:
    """Who may be asked, with the name of each: the servers that did not just fail, then our own authority."""
    for server in db.session.scalars(select(TimestampServer).order_by(TimestampServer.position)):
        if server.anchor is not None and time.monotonic() - _failed.get(server.id, -RESTS) >= RESTS:
            yield server.url, ServerStamper.of(server)
    yield "", own_stamper()


def own_stamper() -> OwnStamper:
    """Our own authority; kept with its dummy token, which pyHanko asks for once."""
    key = held(own_key(KeyKind.TIMESTAMP))
    if key.id not in _stampers:
        _stampers[key.id] = OwnStamper(key)
    return _stampers[key.id]


def has_failed(url: str) -> None:
    """Let this server rest."""
    for identity in db.session.scalars(select(TimestampServer.id).where(TimestampServer.url == url)):
        _failed[identity] = time.monotonic()


def answered(
    request: tsp.TimeStampReq, key: PrivateKey, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]
) -> tsp.TimeStampResp:
    """A timestamp token on the digest of the request, at the present second of this machine's clock."""
    instant = now()
    told = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": request["message_imprint"],
        "serial_number": secrets.randbits(63),
        "gen_time": instant,
        "accuracy": {"seconds": 1},
        "tsa": x509.GeneralName(name="directory_name", value=certificate.subject),
    }
    if request["nonce"].native is not None:
        told["nonce"] = request["nonce"]
    info = tsp.TSTInfo(told).dump()
    attributes = cms.CMSAttributes(
        [
            simple_cms_attribute("content_type", "tst_info"),
            simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(instant)})),
            simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(certificate)),
            simple_cms_attribute("message_digest", sha256(info).digest()),
        ]
    )
    token = _signed_data(info, attributes, key, certificate, chain)
    status = tsp.PKIStatusInfo({"status": tsp.PKIStatus("granted")})
    return tsp.TimeStampResp({"status": status, "time_stamp_token": token})


def _signed_data(
    info: bytes,
    attributes: cms.CMSAttributes,
    key: PrivateKey,
    certificate: x509.Certificate,
    chain: tuple[x509.Certificate, ...],
) -> cms.ContentInfo:
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    issuer = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(issuer)}),
        "digest_algorithm": digest,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": mechanism(key)}),
        "signed_attrs": attributes,
        "signature": signed(key, attributes.dump()),
    }
    content = {"content_type": cms.ContentType("tst_info"), "content": cms.ParsableOctetString(info)}
    data = {
        "version": "v3",
        "digest_algorithms": cms.DigestAlgorithms((digest,)),
        "encap_content_info": cms.EncapsulatedContentInfo(content),
        "certificates": [certificate, *chain],
        "signer_infos": [signer],
    }
    return cms.ContentInfo({"content_type": cms.ContentType("signed_data"), "content": cms.SignedData(data)})


def known_chain() -> SimpleCertificateStore:
    """The certificates of our own authority for timestamps, for whoever builds a path."""
    key, store = held(own_key(KeyKind.TIMESTAMP)), SimpleCertificateStore()
    store.register_multiple([key.certificate, *key.chain])
    return store
