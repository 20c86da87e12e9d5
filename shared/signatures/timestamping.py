"""Who says when: the timestamp servers of the settings in their order, then our own authority (RFC 3161).

A signature without a timestamp is never made in the place of one that should have it.
"""

import secrets
import time
import uuid
from collections.abc import Iterator

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from sqlalchemy import select

from shared.clock import now
from shared.extensions import db
from shared.signatures import cms
from shared.signatures.authority import own_key
from shared.signatures.authority_models import KeyKind, TimestampServer
from shared.signatures.keys import Held, held
from shared.signatures.timestamp_servers import ServerStamper

POLICY = "0.4.0.2023.1.1"  # ETSI EN 319 421, best practices policy
ACCURACY = 1  # second
GENERALIZED_TIME = 0x18
RESTS = 60.0  # seconds during which a server that failed is not asked again

_failed: dict[uuid.UUID, float] = {}
_stampers: dict[uuid.UUID, "OwnStamper"] = {}


class OwnStamper(TimeStamper):
    """Our own authority, within this process."""

    def __init__(self, key: Held) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if key.private is None:
            raise ValueError("The timestamp key is kept here.")
        self._hand = cms.Hand(key.private, key.certificate, key.chain)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer to one request."""
        return answered(self._hand, req)


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


def answered(hand: cms.Hand, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
    """A timestamp token on the digest of the request (RFC 3161, 2.4.2), at the present second of this machine."""
    instant = now().strftime("%Y%m%d%H%M%SZ").encode()
    nonce = request["nonce"]
    info = cms.der(
        cms.SEQUENCE,
        cms.integer(1),
        cms.oid(POLICY),
        request["message_imprint"].dump(),
        cms.integer(secrets.randbits(63)),
        cms.der(GENERALIZED_TIME, instant),
        cms.der(cms.SEQUENCE, cms.integer(ACCURACY)),
        nonce.dump() if nonce.native is not None else b"",
    )
    attributes = hand.attributes(cms.TIMESTAMP_INFO, cms.sha256(info))
    token = hand.container(cms.TIMESTAMP_INFO, attributes, hand.sign(attributes), content=info)
    granted = cms.der(cms.SEQUENCE, cms.integer(0))
    return tsp.TimeStampResp.load(cms.der(cms.SEQUENCE, granted, token))
