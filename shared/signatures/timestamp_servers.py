"""A timestamp server of the network: what may be asked, and the asking, 5 s at most."""

import ipaddress
import socket
from asyncio import to_thread
from urllib.parse import urlsplit

import requests
from asn1crypto import tsp, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from shared.config import config, is_loopback
from shared.secrets import unseal
from shared.signatures.authority_models import TimestampServer
from shared.signatures.timestamp_listing import PASSWORD

TIMEOUT = 5.0  # seconds
LARGEST = 65_536  # bytes of an answer
LONGEST_CHAIN = 8


class ServerStamper(TimeStamper):
    """Asks one server; any trouble is a TimestampRequestError, never a token made up."""

    def __init__(self, url: str, login: tuple[str, str] | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url, self.login = url, login

    @classmethod
    def of(cls, server: TimestampServer) -> "ServerStamper":
        """The one that a row describes."""
        login = (server.username, unseal(server.sealed_password, PASSWORD)) if server.username else None
        return cls(server.url, login)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The server's answer, read as such."""
        data = await to_thread(self._posted, req.dump())
        try:
            answer = tsp.TimeStampResp.load(data)
            imprint = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed["message_imprint"]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TimestampRequestError("not a timestamp") from error
        if imprint.dump() != req["message_imprint"].dump():
            raise TimestampRequestError("a timestamp of something else")
        return answer

    def top(self) -> x509.Certificate:
        """The last certificate of the chain under which it answered. Raises ValueError before the first answer."""
        at = next(iter(self._certs.values()), None)
        if at is None:
            raise ValueError("It has not answered yet.")
        for _level in range(LONGEST_CHAIN):
            above = None if at.subject == at.issuer else self.cert_registry.retrieve_by_name(at.issuer)
            if not above:
                break
            at = above[0]
        return at

    def _posted(self, body: bytes) -> bytes:
        check_reachable(self.url)
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            with requests.post(
                self.url,
                body,
                headers=headers,
                auth=self.login,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != 200:
                    raise TimestampRequestError(f"HTTP {answer.status_code}")
                return bytes(answer.raw.read(LARGEST, decode_content=True))
        except (OSError, ValueError) as error:
            raise TimestampRequestError(type(error).__name__) from error


def check_reachable(url: str) -> None:
    """Raises TimestampRequestError when the name leads inside: to this machine or to a private network.

    Only an installation that itself runs on this machine alone (the demo, the tests) may ask its own.
    """
    for address in _addresses(url):
        if not address.is_global and not (address.is_loopback and is_loopback(config().public_host)):
            raise TimestampRequestError("private address")


def _addresses(url: str) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    parts = urlsplit(url)
    try:
        return {ipaddress.ip_address(parts.hostname or "")}
    except ValueError:  # a name
        pass
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TimestampRequestError("unknown name") from error
    return {ipaddress.ip_address(each[4][0]) for each in found}
