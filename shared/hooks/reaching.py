"""Calling an address of the network: nothing inside is reached, nothing is followed, ten seconds at most.

The name is resolved once, every address it has is judged, and the call goes to the one that was judged: a name that
changes its mind in between leads nowhere else.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

from shared.config import config, is_loopback
from shared.words import N_

LIMIT = 10.0  # seconds, all of it
LARGEST = 2048  # bytes of an answer worth keeping
NAT64 = ipaddress.ip_network("64:ff9b::/96")
UNICAST = ipaddress.ip_network("2000::/3")  # all that is public (RFC 4291): « fec0:: » and « ::1.2.3.4 » are not

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """Why the call was not made, or had no answer: a French sentence."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """POST `body`; the status and the beginning of the answer, as text. Raises Unreachable."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = _judged(host, port)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Pinned(host, port, address, secure=secure)
    watch = threading.Timer(LIMIT, connection.cut)
    watch.start()
    try:
        connection.request("POST", target, body, {**headers, "Host": parts.netloc, "Connection": "close"})
        answer = connection.getresponse()
        said = answer.read(LARGEST)
        return answer.status, _readable(said)
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: not an address of the web after all
        raise Unreachable(_why(error, connection.was_cut)) from error
    finally:
        watch.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """Goes to one address, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: Address, *, secure: bool) -> None:
        super().__init__(host, port, timeout=LIMIT)
        self.address, self.secure, self.was_cut = address, secure, False

    def connect(self) -> None:
        """Certificates are checked against the name."""
        self.sock = socket.create_connection((str(self.address), self.port), LIMIT)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """Time is over, wherever it stands."""
        self.was_cut = True
        if self.sock is not None:
            with contextlib.suppress(OSError):  # it may just have ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)


def _judged(host: str, port: int) -> Address:
    """One address of the name, when all of them are of the public network; this machine for one that has it only."""
    inside = is_loopback(config().public_host)
    found = _addresses(host, port)
    for address in found:
        if not is_public(address) and not (inside and address.is_loopback):
            raise Unreachable(N_("Cette adresse mène au réseau interne : elle n’est pas appelée."))
    return found[0]


def is_public(address: Address) -> bool:
    """Whether an address is of the public network, itself and whatever it wraps."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if wrapped is None and address in NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None and not is_public(wrapped):
            return False
        if wrapped is None and address not in UNICAST:
            return False
    return address.is_global and not address.is_multicast


def _addresses(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(N_("Ce nom n’existe pas.")) from error
    return [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _why(error: Exception, was_cut: bool) -> str:
    if was_cut or isinstance(error, TimeoutError):
        return N_("Pas de réponse en dix secondes.")
    if isinstance(error, ssl.SSLError):
        return N_("Son certificat n’est pas valable.")
    if isinstance(error, UnicodeError):
        return N_("Cette adresse contient un accent : copiez-la depuis un navigateur.")
    return N_("La connexion est refusée ou interrompue.")


def _readable(said: bytes) -> str:
    text = said.decode("utf-8", "replace")
    return "".join(mark if mark.isprintable() or mark == "\n" else " " for mark in text)[:500]
